"""The file itself: a ZIP with ``edition.json`` and the pictures beside it. The same content gives the same bytes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Never, Self

from crosslinks.copies.export import Document
from crosslinks.copies.refusals import BadFile
from crosslinks.copies.rules import MANIFEST, MOST_ENTRIES, MOST_JSON, PICTURE_NAME
from crosslinks.web.uploads import MAX_BYTES

_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_UNIX = 3


def pack(document: Document, target: IO[bytes]) -> None:
    """Write a document with its pictures; nothing in it depends on when or where that happens."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry(MANIFEST, zipfile.ZIP_DEFLATED), as_text(document.content))
        for name in sorted(document.pictures):
            archive.writestr(_entry(name, zipfile.ZIP_STORED), document.pictures[name].read_bytes())


def as_text(content: dict[str, Any]) -> bytes:
    """Return a document as people can read it, in an order that never changes."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _entry(name: str, how: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type, info.external_attr, info.create_system = how, _MODE, _UNIX
    return info


class Package:
    """A file that was sent: looked through before anything of it is read, and nothing of it is ever unpacked.

    Raises ``BadFile`` for what is no such file.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise BadFile.of("", "no_zip") from error
        try:
            self._entries = _look_through(self._archive.infolist())
        except BadFile:
            self._archive.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._archive.close()

    def has(self, name: str) -> bool:
        """Say whether there is such a picture."""
        return name in self._entries and name != MANIFEST

    def picture(self, name: str) -> bytes:
        """Return the bytes of a picture; raises ``BadFile``."""
        return self._read(name, MAX_BYTES)

    def content(self) -> Any:
        """Return what the document says, as JSON; raises ``BadFile``."""
        return parse(self._read(MANIFEST, MOST_JSON))

    def _read(self, name: str, most: int) -> bytes:
        info = self._entries.get(name)
        if info is None:
            raise BadFile.of(name, "file_missing")
        if info.file_size > most:
            raise BadFile.of(name, "file_too_large")
        try:
            with self._archive.open(info) as stream:
                content = stream.read(most + 1)
        except Exception as error:  # decoders of archives raise almost anything on hostile bytes
            raise BadFile.of(name, "file_broken") from error
        if len(content) > most:
            raise BadFile.of(name, "file_too_large")
        return content


def _look_through(entries: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    for info in entries:
        if info.filename in found:
            raise BadFile.of(info.filename, "file_twice")
        if info.filename != MANIFEST and not PICTURE_NAME.fullmatch(info.filename):
            raise BadFile.of(info.filename, "file_name")
        if info.flag_bits & 1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise BadFile.of(info.filename, "file_broken")
        found[info.filename] = info
        if len(found) > MOST_ENTRIES:
            raise BadFile.of("", "files_too_many", str(MOST_ENTRIES))
    if MANIFEST not in found:
        raise BadFile.of(MANIFEST, "file_missing")
    return found


def parse(content: bytes) -> Any:
    """Return JSON in which no name stands twice and every number is one; raises ``BadFile``."""
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except BadFile:
        raise
    except json.JSONDecodeError as error:
        raise BadFile.of(MANIFEST, "no_json", f"{error.lineno}:{error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise BadFile.of(MANIFEST, "no_json") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise BadFile.of(MANIFEST, "name_twice", next(name for name in names if names.count(name) > 1)[:60])
    return found


def _no_number(_word: str) -> Never:
    raise BadFile.of(MANIFEST, "no_json")
