"""QR codes of tickets: version 6, level M, always the same mask, drawn as one path."""

from __future__ import annotations

from itertools import groupby

from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

VERSION = 6
MODULES = 41
QUIET_MODULES = 4
MASK = 2
"""Looking for the best mask costs five times the rest; a signed, random text has no pattern to break up."""

SYMBOL_MM = 30.0
QUIET_MM = SYMBOL_MM * QUIET_MODULES / MODULES


def code_modules(text: str) -> list[list[bool]]:
    """Return the modules of the QR code of ``text``, row by row, true where dark, without quiet zone.

    A text too long for version 6 gets the next version that holds it.
    """
    code = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(text, optimize=0)
    try:
        code.make(fit=False)
    except DataOverflowError:
        code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def code_runs(modules: list[list[bool]]) -> list[tuple[int, int, int]]:
    """Return the dark runs of a code as ``(x, y, length)`` in modules: a path of these is the whole symbol."""
    runs = []
    for y, row in enumerate(modules):
        x = 0
        for dark, cells in groupby(row):
            length = len(list(cells))
            if dark:
                runs.append((x, y, length))
            x += length
    return runs
