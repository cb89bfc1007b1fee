"""Portraits: the sent picture is kept upright and clean, and what pages show is cut out of it, in several widths."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from flask import Flask
from PIL import Image

from crosslinks.kernel.errors import Invalid
from crosslinks.web.media import media_url
from crosslinks.web.uploads import PictureRule, store_picture

ORIGINAL = PictureRule("originals", 2400, 2400)
FOLDER = "faces"
WIDTHS = (160, 320, 640)
"""Beside the whole one, of at most ``WIDEST``; the name of a face says that these are there."""
WIDEST = 960
_RATIO = 4 / 5


@dataclass(frozen=True)
class Box:
    """What is cut out: ``x`` and ``y`` from one edge (0) to the other (100), ``zoom`` 100 for the largest part."""

    x: int = 50
    y: int = 25
    zoom: int = 100

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Box:
        """Return the box that a row keeps, or the usual one."""
        return cls(**{name: kept[name] for name in ("x", "y", "zoom")}) if kept else cls()

    def edges(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom within a picture of that size, 4:5."""
        whole = (height * _RATIO, height) if width / height > _RATIO else (width, width / _RATIO)
        wide, high = (side * 100 / self.zoom for side in whole)
        left, top = (width - wide) * self.x / 100, (height - high) * self.y / 100
        return round(left), round(top), max(round(left + wide), round(left) + 1), max(round(top + high), round(top) + 1)


def store_original(stream: IO[bytes], uploads: Path) -> str:
    """Decode and store a sent picture; return its name within ``uploads``. Raises ``Invalid`` with a code."""
    return store_picture(stream, ORIGINAL, uploads)


def cut_portrait(original: str, box: Box, uploads: Path) -> str:
    """Cut a portrait out of a stored picture, in every width; return its name. Raises ``Invalid`` when it is gone."""
    try:
        with Image.open(uploads / original, formats=("JPEG",)) as picture:
            cut = picture.convert("RGB").crop(box.edges(picture.width, picture.height))
    except OSError as error:
        raise Invalid("picture.unreadable") from error
    name = f"{FOLDER}/{secrets.token_hex(16)}.jpg"
    _place(uploads / name, _encoded(cut, WIDEST))
    for width in WIDTHS:
        _place(uploads / sized(name, width), _encoded(cut, width))
    return name


def sized(name: str, width: int) -> str:
    """Return the name of a face in one of ``WIDTHS``."""
    return name.removesuffix(".jpg") + f"-{width}.jpg"


def _encoded(cut: Image.Image, width: int) -> bytes:
    shown = cut.copy()
    shown.thumbnail((width, round(width / _RATIO)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=86 if width > WIDTHS[0] else 82, optimize=True, progressive=True)
    return out.getvalue()


def _place(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(target)


def drop_portrait(uploads: Path, *names: str) -> None:
    """Delete stored pictures, with their widths, that nothing shows any more."""
    for name in filter(None, names):
        (uploads / name).unlink(missing_ok=True)
        for width in WIDTHS:
            (uploads / sized(name, width)).unlink(missing_ok=True)


def face_srcset(url: str) -> str:
    """Return the ``srcset`` for the address of a portrait; empty for one that has no widths."""
    if not url.startswith(media_url(FOLDER)):
        return ""
    return ", ".join([*(f"{sized(url, width)} {width}w" for width in WIDTHS), f"{url} {WIDEST}w"])


def init_portraits(app: Flask) -> None:
    """Give templates the filter ``face_srcset``."""
    app.jinja_env.filters["face_srcset"] = face_srcset
