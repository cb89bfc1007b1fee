"""Where things stand on a badge, for each stock; millimetres from the badge's upper left corner.

Design A (``CODE``) has the code on the front, design B folds: front above, the day and the code below.
The figures are those of an 86 × 55 mm badge; larger stock gets everything larger.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crosslinks.documents.codes import QUIET_MM, SYMBOL_MM
from crosslinks.documents.fitting import NameStyle
from crosslinks.documents.rules import BadgeFormat

A_WIDTH, A_HEIGHT = 86.0, 55.0
LOW_HEIGHT = 53.0
STRANDS_WIDTH = 13.0
CODE_MM = SYMBOL_MM + 2 * QUIET_MM


class Design(StrEnum):
    """The designs: code beside the name, code under it, folded, and name only."""

    CODE = "code"
    STACK = "stack"
    FOLD = "fold"
    STRIP = "strip"


@dataclass(frozen=True)
class Box:
    """A place on the badge."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """All places and type sizes of one badge. ``scale`` is that of the fixed type; ``code`` is the symbol alone."""

    design: Design
    scale: float
    label: Box
    date: Box
    name: Box
    organisation: Box
    code: Box | None
    band: Box
    style: NameStyle
    organisation_size: float
    back: Box | None = None
    back_label: Box | None = None
    back_name: Box | None = None
    day: Box | None = None
    thanks: Box | None = None
    """The line of thanks under the label; small labels have no room for it."""


def layout_for(stock: BadgeFormat) -> Layout:
    """Return the layout that fits a stock; where no 30 mm code has room, the name alone."""
    width, height = stock.badge
    if height < 2 * QUIET_MM + CODE_MM:
        return _strip(width, height)
    if width >= height:
        return _code(width, height)
    return _fold(width, height) if height >= 2 * A_HEIGHT else _stack(width, height)


def _code(width: float, height: float) -> Layout:
    scale = max(1.0, min(width / A_WIDTH, height / A_HEIGHT))
    low = height < LOW_HEIGHT
    top, band, name_top = (2.8, 7.4, 8.4) if low else (4.2 * scale, 9 * scale, 11 * scale)
    side, quiet = SYMBOL_MM * scale, QUIET_MM * scale
    column = width - 42 * scale
    organisation_top = height - band - 2.8 * scale - 8 * scale
    code_top = height - band - 0.6 * scale - quiet - side
    return Layout(
        design=Design.CODE,
        scale=scale,
        label=Box(5 * scale, top, width - 33 * scale, 3.3 * scale),
        date=Box(width - 27 * scale, top, 23 * scale, 3.3 * scale),
        name=Box(5 * scale, name_top, column, height - band - 2.8 * scale - name_top),
        organisation=Box(5 * scale, organisation_top, column, 8 * scale),
        code=Box(width - 4 * scale - side, code_top, side, side),
        band=Box(0, height - band, width, band),
        style=NameStyle(9 * scale, 6, 5.6 * scale, 4.4, 0.8 * scale),
        organisation_size=3.2 * scale,
        thanks=Box(5 * scale, top + 3.4 * scale, width - 9 * scale, 2.2 * scale),
    )


def _stack(width: float, height: float) -> Layout:
    band = 10.0
    code_top = height - band - 0.8 - CODE_MM
    return Layout(
        design=Design.STACK,
        scale=1.0,
        label=Box(5, 5, width - 33, 3.3),
        date=Box(width - 28, 5, 23, 3.3),
        name=Box(5, 13, width - 10, code_top - 13),
        organisation=Box(5, code_top - 9, width - 10, 9),
        code=Box(5, code_top + QUIET_MM, SYMBOL_MM, SYMBOL_MM),
        band=Box(0, height - band, width, band),
        style=NameStyle(12.5, 6, 7.2, 5, 1.2, 1.0),
        organisation_size=3.6,
        thanks=Box(5, 8.6, width - 10, 2.4),
    )


def _strip(width: float, height: float) -> Layout:
    band = 6.0
    return Layout(
        design=Design.STRIP,
        scale=0.8,
        label=Box(4, 1.6, width - 32, 2.7),
        date=Box(width - 27, 1.6, 23, 2.7),
        name=Box(4, 4.8, width - 8, height - band - 5.4),
        organisation=Box(4, height - band, width - 8, 0),
        code=None,
        band=Box(0, height - band, width, band),
        style=NameStyle(8, 6, 5, 4, 0.5, 1.0),
        organisation_size=2.6,
    )


def _fold(width: float, height: float) -> Layout:
    half = height / 2
    scale = 1.2
    left = STRANDS_WIDTH + 4
    code = SYMBOL_MM * scale
    return Layout(
        design=Design.FOLD,
        scale=scale,
        label=Box(left, 5.4, width - left - 33, 4),
        date=Box(width - 31, 5.4, 26, 4),
        name=Box(left, 15, width - left - 5, half - 15 - 15),
        organisation=Box(left, half - 15 - 12, width - left - 5, 12),
        code=Box(6, half - 6 - code, code, code),
        band=Box(left, half - 12, width - left - 5, 7),
        style=NameStyle(15, 8, 8.6, 6, 1.6, 1.0),
        organisation_size=4.4,
        thanks=Box(left, 9.9, width - left - 5, 2.6),
        back=Box(0, half, width, half),
        back_label=Box(6, 5.4, width - 12, 4),
        back_name=Box(6, 10.6, width - 12, 12),
        day=Box(code + 12, 26, width - code - 18, half - 32),
    )
