"""Photographs in several sizes, so that a phone loads no more than it shows.

The smaller ones are named after the largest: ``photos/<name>.jpg``, ``photos/<name>-480.jpg``.
"""

from __future__ import annotations

import io
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from flask import Flask
from PIL import Image

from crosslinks.config import settings
from crosslinks.kernel.errors import Invalid
from crosslinks.web.media import media_url
from crosslinks.web.own_jpegs import is_own_jpeg
from crosslinks.web.pictures import refusal_words
from crosslinks.web.uploads import open_picture

PHOTOS, COVERS = "photos", "covers"
WIDTHS = (480, 960)
LARGEST = (1600, 1600)
QUALITY = 80


@dataclass(frozen=True)
class Photograph:
    """A stored photograph: the name of its largest size, and that one's pixels."""

    name: str
    width: int
    height: int


def store_photograph(stream: IO[bytes], uploads: Path, folder: str = PHOTOS) -> Photograph:
    """Decode a picture and store it anew in every size that is smaller than itself. Raises ``Invalid`` with a code."""
    picture = open_picture(stream, 2 * max(LARGEST)).convert("RGB")
    picture.thumbnail(LARGEST, Image.Resampling.LANCZOS, reducing_gap=2.0)
    picture.info = {}
    return _store(picture, _encoded(picture), uploads, folder)


def keep_photograph(content: bytes, uploads: Path, folder: str = PHOTOS) -> Photograph:
    """Store a photograph as ``store_photograph`` does, its largest size unchanged where we have written that before."""
    if not is_own_jpeg(content, *LARGEST):
        return store_photograph(io.BytesIO(content), uploads, folder)
    return _store(open_picture(io.BytesIO(content), 2 * max(LARGEST)), content, uploads, folder)


def _store(picture: Image.Image, largest: bytes, uploads: Path, folder: str) -> Photograph:
    stem = f"{folder}/{secrets.token_hex(16)}"
    _write(uploads / f"{stem}.jpg", largest)
    for width in WIDTHS:
        if width < picture.width:
            height = max(1, round(picture.height * width / picture.width))
            small = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
            _write(uploads / f"{stem}-{width}.jpg", _encoded(small))
    return Photograph(f"{stem}.jpg", picture.width, picture.height)


def _encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue()


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(target)


def sizes_of(name: str, width: int) -> list[tuple[str, int]]:
    """Return the names and widths of all sizes of a photograph whose largest is ``name``, the smallest first."""
    stem = name.removesuffix(".jpg")
    return [*((f"{stem}-{small}.jpg", small) for small in WIDTHS if small < width), (name, width)]


def photo_srcset(name: str, width: int) -> str:
    """Return the sizes of a photograph as ``srcset`` takes them."""
    return ", ".join(f"{media_url(size)} {pixels}w" for size, pixels in sizes_of(name, width))


def take_photographs(field: Any, most: int) -> list[Photograph] | None:
    """Store the pictures that were sent in ``field``, at most ``most``; empty when none was sent.

    None, with the error noted and nothing kept, when one of them cannot be used.
    """
    sent = [one for one in field.data or [] if getattr(one, "filename", "")]
    if len(sent) > most:
        field.errors = [refusal_words("picture.too_many")]
        return None
    stored: list[Photograph] = []
    try:
        for one in sent:
            stored.append(store_photograph(one.stream, settings().uploads))  # noqa: PERF401 - what came before is dropped
    except Invalid as refused:
        for photograph in stored:
            drop_photograph(photograph.name)
        field.errors = [refusal_words(refused.code)]
        return None
    return stored


def take_photograph(field: Any, uploads: Path, folder: str = PHOTOS) -> Photograph | None:
    """Store the one picture that was sent in ``field``; one without a name when none was sent.

    None, with the error noted, when it cannot be used.
    """
    sent = field.data
    if not getattr(sent, "filename", ""):
        return Photograph("", 0, 0)
    try:
        return store_photograph(sent.stream, uploads, folder)
    except Invalid as refused:
        field.errors = [refusal_words(refused.code)]
        return None


def drop_photograph(name: str) -> None:
    """Delete every size of a photograph that nothing shows any more."""
    for size, _width in sizes_of(name, LARGEST[0] + 1):
        (settings().uploads / size).unlink(missing_ok=True)


def init_photographs(app: Flask) -> None:
    """Give templates ``photo_srcset``."""
    app.jinja_env.globals["photo_srcset"] = photo_srcset
