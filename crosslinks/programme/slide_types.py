"""What kind of file somebody sent, told by its content alone. Nothing of it is run, drawn or unpacked."""

from __future__ import annotations

import struct
import zipfile
from typing import IO

from crosslinks.kernel.errors import Invalid
from crosslinks.programme.rules import SlideKind

MAX_BYTES = 200_000_000
MOST_ENTRIES = 20_000
MOST_DIRECTORY = 8_000_000
MOST_UNPACKED = 2_000_000_000
MOST_RATIO = 100
"""How much larger an archive may be unpacked: presentations hold pictures, which hardly shrink."""
_SMALL = 10_000_000
_PDF_END = 4_096
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
_LOCATOR_AND_END_64 = 20 + 56


def read_kind(stream: IO[bytes]) -> SlideKind:
    """Return what the whole file in ``stream`` is; raises ``Invalid``, and always leaves the stream at its start."""
    try:
        size = stream.seek(0, 2)
        if size > MAX_BYTES:
            raise Invalid("slides.too_large")
        stream.seek(0)
        head = stream.read(8)
        if head.startswith(b"%PDF-"):
            return _pdf(stream, size)
        if head.startswith(b"PK\x03\x04"):
            return _archive(stream, size)
        raise Invalid("slides.unknown_kind" if size else "slides.empty")
    finally:
        stream.seek(0)


def _pdf(stream: IO[bytes], size: int) -> SlideKind:
    stream.seek(max(0, size - _PDF_END))
    if b"%%EOF" not in stream.read(_PDF_END):
        raise Invalid("slides.incomplete")
    return SlideKind.PDF


def _archive(stream: IO[bytes], size: int) -> SlideKind:
    if _directory_bytes(stream, size) > MOST_DIRECTORY:
        raise Invalid("slides.bomb")
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries, size)
            return _presentation(archive, {entry.filename for entry in entries})
    except Invalid:
        raise
    except Exception as error:  # the library raises almost anything on hostile bytes
        raise Invalid("slides.incomplete") from error


def _directory_bytes(stream: IO[bytes], size: int) -> int:
    """Return how long the archive's list of entries says it is: the library would read all of that into memory."""
    start = max(0, size - _END_SIZE - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read(_END_SIZE + _LONGEST_COMMENT)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise Invalid("slides.incomplete")
    found = int(struct.unpack("<I", tail[place + 12 : place + 16])[0])
    stream.seek(max(0, start + place - _LOCATOR_AND_END_64))
    wide = stream.read(56)
    if wide.startswith(_END_64) and len(wide) == 56:
        found = max(found if found < 0xFFFFFFFF else 0, int(struct.unpack("<Q", wide[40:48])[0]))
    return found


def _refuse_bomb(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise Invalid("slides.bomb")
    if unpacked > _SMALL and unpacked > MOST_RATIO * size:
        raise Invalid("slides.bomb")


def _presentation(archive: zipfile.ZipFile, names: set[str]) -> SlideKind:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid("slides.macros")
    if {"[Content_Types].xml", "ppt/presentation.xml"} <= names:
        return SlideKind.PPTX
    if "mimetype" in names:
        with archive.open("mimetype") as entry:
            if entry.read(100).strip() == SlideKind.ODP.media_type.encode():
                return SlideKind.ODP
    if "Index/Document.iwa" in names or "Index.zip" in names:
        return SlideKind.KEY
    raise Invalid("slides.unknown_kind")
