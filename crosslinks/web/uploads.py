"""Uploaded pictures: decoded, turned upright, stripped and encoded anew, named by their content.

What cannot be decoded as a picture is refused; nothing of the sent bytes reaches the disk.
"""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image, ImageOps

from crosslinks.kernel.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10_000_000
MAX_PIXELS = 40_000_000
FOLDERS = ("portraits", "logos", "marks", "photos", "covers")


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
    encoded, suffix = _encode(open_picture(stream), rule)
    name = f"{rule.folder}/{hashlib.blake2b(encoded, digest_size=16).hexdigest()}.{suffix}"
    target = uploads / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(encoded)
        part.replace(target)
    return name


def open_picture(stream: IO[bytes], shrink_to: tuple[int, int] | None = None) -> Image.Image:
    """Return the decoded picture, upright. Raises ``Invalid`` with a code for what is none, or too large.

    With ``shrink_to`` a decoder may give a smaller one at once, but none below that size: much less work.
    """
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Invalid("picture.too_large")
    return _decode(content, shrink_to)


def _decode(content: bytes, shrink_to: tuple[int, int] | None) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            _refuse_huge(picture)
            if shrink_to is not None:
                picture.draft("RGB", shrink_to)
            picture.load()
            return ImageOps.exif_transpose(picture)
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("picture.too_many_pixels") from error
    except Exception as error:  # Pillow's decoders raise almost anything on hostile bytes
        raise Invalid("picture.unreadable") from error


def _refuse_huge(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise Invalid("picture.too_many_pixels")


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
