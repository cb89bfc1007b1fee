"""Text made to fit its place on paper: measured with the real fonts, shrunk, then broken, never cut.

Widths are in em (multiples of the font size), lengths and sizes in millimetres.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont

from crosslinks.documents.fonts import font_of, missing_in, print_fonts

BOLD, SEMIBOLD, REGULAR = 700, 600, 400
_MEASURING_SIZE = 500
_SLACK = 1.015
"""Pillow and Pango round differently; a name may be this much narrower than its place."""
_STEP = 0.05
_SHRINK = 0.94
_BREAKS = re.compile(r"[^\s-]+-?|-")


@cache
def _face(path: Path, weight: int) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(str(path), _MEASURING_SIZE)
    try:
        axes = face.get_variation_axes()
    except OSError:
        return face
    values = [weight if axis["name"] == b"Weight" else axis["default"] for axis in axes]
    face.set_variation_by_axes([float(value or 0) for value in values])
    return face


@lru_cache(maxsize=8192)
def width_of(text: str, weight: int) -> float:
    """Return the width of ``text`` in em, each letter in the first font that has it."""
    first = print_fonts()[0]
    total = 0.0
    for font, letters in groupby(text, key=lambda letter: font_of(letter) or first):
        total += _face(font.path, weight).getlength("".join(letters))
    return total / _MEASURING_SIZE * _SLACK


def largest_size(text: str, weight: int, width: float, wanted: float) -> float:
    """Return the largest size up to ``wanted`` at which ``text`` is no wider than ``width``, on steps of 0.05 mm."""
    em = width_of(text, weight)
    size = wanted if em == 0 else min(wanted, width / em)
    return round(math.floor(size / _STEP + 1e-9) * _STEP, 2)


def break_lines(text: str, weight: int, size: float, width: float) -> list[str]:
    """Return ``text`` in lines no wider than ``width``: after spaces and hyphens, inside a word only where it must."""
    lines: list[str] = []
    line = ""
    for gap, word in _pieces(text):
        joined = line + (gap if line else "") + word
        if width_of(joined, weight) * size <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _split_word(word, weight, size, width)
        lines += full
    return [*lines, line] if line else lines


def _pieces(text: str) -> list[tuple[str, str]]:
    return [
        (" " if word.start() and text[word.start() - 1].isspace() else "", word[0]) for word in _BREAKS.finditer(text)
    ]


def _split_word(word: str, weight: int, size: float, width: float) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and not unicodedata.combining(letter) and width_of(parts[-1] + letter, weight) * size > width:
            parts.append("")
        parts[-1] += letter
    return parts


@dataclass(frozen=True)
class Fitted:
    """Lines of text at one size; no lines but ``by_hand`` is a rule to write on."""

    lines: tuple[str, ...]
    size: float
    by_hand: bool = False

    def height(self, line_height: float) -> float:
        """Return the height of all lines."""
        return (len(self.lines) or int(self.by_hand)) * self.size * line_height


@dataclass(frozen=True)
class NameStyle:
    """How large a name wants to be, how small it gets before it is broken, and its leading."""

    given: float
    given_least: float
    family: float
    family_least: float
    gap: float
    given_leading: float = 1.06
    family_leading: float = 1.12


@dataclass(frozen=True)
class FittedName:
    """A name in its place."""

    given: Fitted
    family: Fitted
    gap: float


def fit_name(given: str, family: str, style: NameStyle, width: float, height: float) -> FittedName:
    """Return the name at the largest sizes that fit: each part on one line down to its least size, then broken.

    Where even that is too high, both shrink together. A part that no font can print becomes a rule to write on.
    """
    if not given:
        given, family = family, ""
    scale = 1.0
    while True:
        fitted = FittedName(
            _fit_part(given, BOLD, width, style.given, style.given_least, scale),
            _fit_part(family, SEMIBOLD, width, style.family, style.family_least, scale),
            style.gap,
        )
        used = fitted.given.height(style.given_leading) + style.gap + fitted.family.height(style.family_leading)
        if used <= height or scale < _STEP:
            return fitted
        scale *= _SHRINK


def _fit_part(text: str, weight: int, width: float, wanted: float, least: float, scale: float) -> Fitted:
    if not text:
        return Fitted((), wanted * scale)
    printed = printable(text)
    if printed is None:
        return Fitted((), wanted * scale, by_hand=True)
    size = largest_size(printed, weight, width, wanted * scale)
    if size >= least * scale:
        return Fitted((printed,), size)
    size = least * scale
    return Fitted(tuple(break_lines(printed, weight, size, width)), size)


def fit_text(text: str, weight: int, width: float, wanted: float, least: float, most_lines: int = 1) -> Fitted:
    """Return a lesser text (workplace, label) in at most ``most_lines``; what is left over ends in an ellipsis."""
    printed = printable(text) or ""
    if not printed:
        return Fitted((), wanted)
    size = largest_size(printed, weight, width, wanted)
    if size >= least:
        return Fitted((printed,), size)
    size, lines = wanted, break_lines(printed, weight, wanted, width)
    while len(lines) > most_lines and size * _SHRINK >= least:
        size *= _SHRINK
        lines = break_lines(printed, weight, size, width)
    if len(lines) > most_lines:
        last = lines[most_lines - 1]
        while last and width_of(last + "…", weight) * size > width:
            last = last[:-1]
        lines = [*lines[: most_lines - 1], last.rstrip() + "…"]
    return Fitted(tuple(lines), size)


def printable(text: str) -> str | None:
    """Return ``text`` as it can be printed, or None when a letter of it is in no font.

    Signs that no font has (such as emoji) are left out; ``missing_glyphs`` reports them all the same.
    """
    missing = missing_in(text)
    if any(unicodedata.category(letter)[0] in "LMN" for letter in missing):
        return None
    return " ".join("".join(letter for letter in text if letter not in missing and letter >= " ").split())
