"""The accent of a conference, derived from one number: a hue in OKLCH (0 to 359), or a whole colour above ``COLOUR``.

Of a hue the lightness is fixed, so that contrast holds for any; chroma is lowered in small steps until the colour fits
sRGB. An organizer's own colour is taken as it is on light paper, once it can be read there; all else is derived from
its hue and chroma as from a hue's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from crosslinks.web.colours import contrast as contrast
from crosslinks.web.colours import from_oklch, to_oklch

DEFAULT_HUE = 288
COUNTERSTAIN = 66
"""Degrees from the accent to the colour of the stream: eosin beside haematoxylin."""

HUES = (180, 195, 210, 225, 240, 255, 270, 288, 300, 315, 330, 345)
"""What an organizer may pick: none is close to the green, amber and red of the states."""

COLOUR = 1 << 24
"""An accent number from here on is a colour: this and its 24 bits."""
LIGHT_PAPERS = ("#fbf9f4", "#ffffff", "#f3f0e9")
DARK_PAPERS = ("#13121b", "#1d1c27", "#0d0c13")
READABLE = 4.5
"""WCAG 2.2, level AA, for text."""
_GREY = 0.03
_STEP = 0.008


@dataclass(frozen=True)
class Accent:
    """The accent colours of one conference in one mode, as ``#rrggbb``."""

    accent: str
    accent_deep: str
    on_accent: str
    tint: str
    accent_line: str
    counter: str


def accent_number(colour: str) -> int:
    """Return the accent number of ``#rrggbb``."""
    return COLOUR + int(colour[1:], 16)


def own_colour(number: int) -> str:
    """Return the colour of an accent number as ``#rrggbb``; empty for a hue."""
    return f"#{number - COLOUR:06x}" if number >= COLOUR else ""


def light_accent(number: int) -> Accent:
    """Return the accent on light paper; ``number`` is a hue in degrees, or a colour's."""
    colour = own_colour(number)
    if not colour:
        return _light(from_oklch(0.365, 0.125, number), from_oklch(0.285, 0.110, number), number, 1)
    lightness, chroma, hue = to_oklch(colour)
    deep = from_oklch(max(lightness - 0.08, 0), chroma * 0.88, hue)
    return _light(colour, deep, *_character(chroma, hue))


def _character(chroma: float, hue: float) -> tuple[float, float]:
    """Return the hue, and how much of the usual chroma the derived colours have; a grey keeps the first drawings' hue.

    So that a grey conference is grey, and its stream still has a colour of its own.
    """
    return (DEFAULT_HUE, 0) if chroma < _GREY else (hue, min(1, chroma / 0.125))


def _light(accent: str, deep: str, hue: float, strength: float) -> Accent:
    return Accent(
        accent=accent,
        accent_deep=deep,
        on_accent="#ffffff",
        tint=from_oklch(0.955, 0.014 * strength, hue),
        accent_line=from_oklch(0.750, 0.075 * strength, hue),
        counter=from_oklch(0.610, 0.155, hue + COUNTERSTAIN),
    )


def dark_accent(number: int) -> Accent:
    """Return the accent on dark paper; ``number`` is a hue in degrees, or a colour's."""
    colour = own_colour(number)
    hue, strength = _character(*to_oklch(colour)[1:]) if colour else (number, 1)
    return Accent(
        accent=from_oklch(0.810, 0.075 * strength, hue),
        accent_deep=from_oklch(0.885, 0.055 * strength, hue),
        on_accent="#16131f",
        tint=from_oklch(0.270, 0.035 * strength, hue),
        accent_line=from_oklch(0.500, 0.085 * strength, hue),
        counter=from_oklch(0.740, 0.125, hue + COUNTERSTAIN),
    )


def worst_contrast(number: int) -> float:
    """Return the lowest contrast of an accent as text and under text, over light and dark."""
    light, dark = light_accent(number), dark_accent(number)
    return min(
        *(contrast(light.accent, paper) for paper in (*LIGHT_PAPERS, light.tint, light.on_accent)),
        *(contrast(dark.accent, paper) for paper in (*DARK_PAPERS, dark.tint, dark.on_accent)),
    )


def nearest_readable(colour: str) -> str:
    """Return ``#rrggbb`` itself when it can be read everywhere, else the nearest darker colour of its hue that can."""
    lightness, chroma, hue = to_oklch(colour)
    found = colour
    while worst_contrast(accent_number(found)) < READABLE:
        lightness -= _STEP
        found = from_oklch(max(lightness, 0), chroma, hue)
    return found


def is_accent(number: int) -> bool:
    """Say whether a number is a hue, or a colour that can be read."""
    return 0 <= number < 360 or (COLOUR <= number < 2 * COLOUR and worst_contrast(number) >= READABLE)


@lru_cache(maxsize=360)
def accent_css(number: int) -> str:
    """Return the rules that set an accent over the built stylesheet."""
    light, dark = _declarations(light_accent(number)), _declarations(dark_accent(number))
    return f"@layer tokens{{:root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}}}\n"


def _declarations(accent: Accent) -> str:
    return (
        f"--accent:{accent.accent};--accent-deep:{accent.accent_deep};--on-accent:{accent.on_accent};"
        f"--tint:{accent.tint};--accent-line:{accent.accent_line};--counter:{accent.counter}"
    )
