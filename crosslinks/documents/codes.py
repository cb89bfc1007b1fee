"""QR codes of tickets: version 6, level M, always the same mask."""

from __future__ import annotations

import io

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

VERSION = 6
MODULES = 41
QUIET_MODULES = 4
MASK = 2
"""Looking for the best mask costs five times the rest; a signed, random text has no pattern to break up."""
DOTS_PER_MODULE = 4

SYMBOL_MM = 30.0
QUIET_MM = SYMBOL_MM * QUIET_MODULES / MODULES
CODE_MM = SYMBOL_MM + 2 * QUIET_MM
"""Side of the symbol with its quiet zone when the symbol itself measures 30 mm."""


def draw_code(text: str) -> bytes:
    """Return a PNG of the QR code of ``text`` with its quiet zone, 4 dots a module.

    A text too long for version 6 gets the next version that holds it.
    """
    code = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=QUIET_MODULES, mask_pattern=MASK)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    matrix = code.get_matrix()
    side = len(matrix)
    picture = Image.frombytes("L", (side, side), bytes(0 if dark else 255 for row in matrix for dark in row))
    buffer = io.BytesIO()
    large = picture.resize((side * DOTS_PER_MODULE,) * 2, Image.Resampling.NEAREST)
    large.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()
