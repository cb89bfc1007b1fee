"""QR codes of tickets: version 6, level M, always the same mask; as one SVG path, or as a PNG for mail."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import groupby

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

VERSION = 6
MODULES = 41
QUIET_MODULES = 4
DOTS_PER_MODULE = 8
MASK = 2
"""Looking for the best mask costs five times the rest; a signed, random text has no pattern to break up."""


@dataclass(frozen=True)
class CodePath:
    """The dark modules as one SVG path, within a square of ``size`` modules that includes the quiet zone."""

    path: str
    size: int


def code_modules(text: str, quiet: int = 0) -> list[list[bool]]:
    """Return the modules of the QR code of ``text``, row by row, true where dark; ``quiet`` light modules around it.

    A text too long for version 6 gets the next version that holds it.
    """
    code = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=quiet, mask_pattern=MASK)
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


def code_path(text: str) -> CodePath:
    """Return the code of ``text`` for a page."""
    modules = code_modules(text, QUIET_MODULES)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in code_runs(modules))
    return CodePath(path, len(modules))


def code_png(text: str) -> bytes:
    """Return the code of ``text`` as a PNG with its quiet zone, 8 dots a module, for mail programs."""
    modules = code_modules(text, QUIET_MODULES)
    side = len(modules)
    picture = Image.frombytes("L", (side, side), bytes(0 if dark else 255 for row in modules for dark in row))
    large = picture.resize((side * DOTS_PER_MODULE,) * 2, Image.Resampling.NEAREST).convert("1")
    out = io.BytesIO()
    large.save(out, "PNG", optimize=True)
    return out.getvalue()
