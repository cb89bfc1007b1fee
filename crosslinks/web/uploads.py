"""Uploaded pictures: decoded, turned upright, stripped and encoded anew, each under a name of its own.

What cannot be decoded as a picture is refused; nothing of the sent bytes reaches the disk. Two people who send the
same picture have a file each, so that deleting one's leaves the other's.
"""

from __future__ import annotations

import io
import os
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import ExifTags, Image, ImageOps

from crosslinks.kernel.errors import Invalid

MAX_BYTES = 10_000_000
MAX_PIXELS = {"JPEG": 40_000_000, "PNG": 20_000_000, "WEBP": 12_000_000}
"""A JPEG is decoded at a fraction of its size, the others at full size and WebP twice at once: each below 250 MB."""
FOLDERS = ("portraits", "logos", "faces", "originals", "marks", "photos", "covers")


@dataclass(frozen=True)
class PictureRule:
    """What becomes of a kind of picture: its largest size in pixels, and whether it keeps transparency."""

    folder: str
    width: int
    height: int
    transparent: bool = False


PORTRAIT = PictureRule("portraits", 960, 1200)
LOGO = PictureRule("logos", 960, 480, transparent=True)
MARK = PictureRule("marks", 480, 160, transparent=True)
"""A conference's own logo: it goes into every mail, so it is small."""


def store_picture(stream: IO[bytes], rule: PictureRule, uploads: Path) -> str:
    """Decode, shrink and store one picture; return its name within ``uploads``. Raises ``Invalid`` with a code."""
    side = 2 * max(rule.width, rule.height)
    encoded, suffix = _encode(open_picture(stream, side), rule)
    return place_picture(encoded, suffix, rule, uploads)


def place_picture(encoded: bytes, suffix: str, rule: PictureRule, uploads: Path) -> str:
    """Store a picture that we have encoded, under a name of its own; return that."""
    name = f"{rule.folder}/{secrets.token_hex(16)}.{suffix}"
    target = uploads / name
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(encoded)
    part.replace(target)
    return name


def open_picture(stream: IO[bytes], side: int) -> Image.Image:
    """Return the decoded picture, upright. Raises ``Invalid`` with a code for what is none, or too large.

    A decoder may give a smaller one at once, but none whose longer side is below ``side`` pixels: less memory and work.
    """
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Invalid("picture.too_large")
    return _decode(content, side)


def _decode(content: bytes, side: int) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=tuple(MAX_PIXELS))
            _refuse_huge(picture)
            picture.draft(None, (side, side))
            picture.load()
            return ImageOps.exif_transpose(_reduce(picture, side))
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("picture.too_many_pixels") from error
    except Exception as error:  # Pillow's decoders raise almost anything on hostile bytes
        raise Invalid("picture.unreadable") from error


def _refuse_huge(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS[picture.format or ""]:
        raise Invalid("picture.too_many_pixels")


def _reduce(picture: Image.Image, side: int) -> Image.Image:
    """Return the picture near twice the size that it will be shown at, before anything copies it whole."""
    factor = max(picture.size) // side
    if factor < 2 or picture.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        return picture
    turned = picture.getexif().get(ExifTags.Base.Orientation)
    small = picture.reduce(factor)
    if turned:
        small.getexif()[ExifTags.Base.Orientation] = turned
    return small


def _encode(picture: Image.Image, rule: PictureRule) -> tuple[bytes, str]:
    clean = picture.convert("RGBA" if rule.transparent else "RGB")
    clean.thumbnail((rule.width, rule.height), Image.Resampling.LANCZOS)
    clean.info = {}
    out = io.BytesIO()
    if rule.transparent:
        clean.save(out, "PNG", optimize=True)
        return out.getvalue(), "png"
    clean.save(out, "JPEG", quality=86, optimize=True, progressive=True)
    return out.getvalue(), "jpg"
