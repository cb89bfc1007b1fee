"""Files of slides on the disk: stored under a random name, read in pieces, deleted when no row names them."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from crosslinks.config import settings
from crosslinks.kernel.errors import Invalid
from crosslinks.programme.rules import SlideKind
from crosslinks.programme.slide_types import read_kind

FOLDER = "slides"
LONGEST_NAME = 120
_PIECE = 1024 * 1024
_LEFT_FREE = 500_000_000


@dataclass(frozen=True)
class Stored:
    """A file that lies on the disk, and that no row names yet."""

    name: str
    kind: SlideKind
    size: int
    file_name: str


def store_slides(stream: IO[bytes], file_name: str) -> Stored:
    """Look at a whole file, and copy it in pieces to where slides lie. Raises ``Invalid`` and keeps nothing then.

    Call it outside of any transaction: it takes as long as the disk does.
    """
    kind = read_kind(stream)
    size = stream.seek(0, 2)
    stream.seek(0)
    folder = settings().uploads / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size + _LEFT_FREE:
        raise Invalid("slides.no_room")
    name = f"{FOLDER}/{secrets.token_hex(16)}.{kind.value}"
    target = settings().uploads / name
    part = target.with_suffix(".part")
    try:
        with part.open("wb") as output:
            shutil.copyfileobj(stream, output, _PIECE)
            output.flush()
            os.fsync(output.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Stored(name, kind, size, clean_name(file_name, kind))


def clean_name(typed: str, kind: SlideKind) -> str:
    """Return the name that somebody gave a file, fit to be shown: no folder, nothing unprintable, the right ending."""
    last = typed.replace("\\", "/").rpartition("/")[2]
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in last).split())
    stem = shown.rpartition(".")[0] or shown or "slides"
    return f"{stem[:LONGEST_NAME]}.{kind.value}"


def slides_path(stored: str) -> Path:
    """Return where a stored file lies."""
    return settings().uploads / stored


@contextmanager
def dropped_unless_kept(stored: Stored) -> Iterator[None]:
    """Delete a stored file again when the body, which is to keep a row of it, fails."""
    try:
        yield
    except BaseException:
        drop_files([stored.name])
        raise


def drop_files(names: Iterable[str]) -> None:
    """Delete stored files after the transaction that deleted their rows."""
    for name in names:
        slides_path(name).unlink(missing_ok=True)
