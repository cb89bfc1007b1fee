"""JPEGs that are exactly as this software writes them: they may be kept as they are, since coding a JPEG anew loses.

Such a file holds nothing but the picture: tables, frame and scans, no comment, no profile, no thumbnail, nothing after
its end. Everything else is coded anew like any upload.
"""

from __future__ import annotations

import io

from crosslinks.web.uploads import open_picture

_START, _END, _SCAN, _FIRST_APP = 0xD8, 0xD9, 0xDA, 0xE0
_TABLES = {0xDB, 0xC4, 0xC0, 0xC2, 0xDD}
"""Quantization and Huffman tables, baseline and progressive frames, restart intervals."""
_JFIF = b"JFIF\x00\x01"
_JFIF_LENGTH = 16
_WHOLE = 100_000


def is_own_jpeg(content: bytes, width: int, height: int) -> bool:
    """Say whether a picture holds nothing but itself, decodes to its end, and is at most that large.

    Raises ``Invalid`` with a code for what is no picture, or too large.
    """
    picture = open_picture(io.BytesIO(content), _WHOLE)
    fits = picture.width <= width and picture.height <= height
    return fits and picture.mode == "RGB" and _is_bare(content)


def _is_bare(content: bytes) -> bool:
    if content[:2] != bytes((0xFF, _START)) or content[-2:] != bytes((0xFF, _END)):
        return False
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            return False
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        if marker == _FIRST_APP:
            is_plain = place == 2 and length == _JFIF_LENGTH and content[place + 4 : place + 10] == _JFIF
            if not is_plain or content[place + 16 : place + 18] != b"\x00\x00":
                return False
        elif marker not in _TABLES and marker != _SCAN:
            return False
        place += 2 + length
        if marker == _SCAN:
            place = _after_scan(content, place)
    return place == len(content) - 2 and content[place + 1] == _END


def _after_scan(content: bytes, place: int) -> int:
    """Return where the next marker begins: in a scan 0xFF is followed by zero or a restart."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            return len(content)
        if content[place + 1] != 0 and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 2
