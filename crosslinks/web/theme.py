"""The accent of a conference, derived from one number: its hue in OKLCH.

Lightness is fixed, so that contrast holds for any hue; chroma is lowered in small steps until the
colour fits sRGB.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin

CHROMA_STEP = 0.002
DEFAULT_HUE = 288
COUNTERSTAIN = 66
"""Degrees from the accent to the colour of the stream: eosin beside haematoxylin."""

HUES = (180, 195, 210, 225, 240, 255, 270, 288, 300, 315, 330, 345)
"""What an organizer may pick: none is close to the green, amber and red of the states."""


@dataclass(frozen=True)
class Accent:
    """The accent colours of one conference in one mode, as ``#rrggbb``."""

    accent: str
    accent_deep: str
    on_accent: str
    tint: str
    accent_line: str
    counter: str


def light_accent(hue: int) -> Accent:
    """Return the accent on light paper; hue is in degrees."""
    return Accent(
        accent=_hex(0.365, 0.125, hue),
        accent_deep=_hex(0.285, 0.110, hue),
        on_accent="#ffffff",
        tint=_hex(0.955, 0.014, hue),
        accent_line=_hex(0.750, 0.075, hue),
        counter=_hex(0.610, 0.155, hue + COUNTERSTAIN),
    )


def dark_accent(hue: int) -> Accent:
    """Return the accent on dark paper; hue is in degrees."""
    return Accent(
        accent=_hex(0.810, 0.075, hue),
        accent_deep=_hex(0.885, 0.055, hue),
        on_accent="#16131f",
        tint=_hex(0.270, 0.035, hue),
        accent_line=_hex(0.500, 0.085, hue),
        counter=_hex(0.740, 0.125, hue + COUNTERSTAIN),
    )


@lru_cache(maxsize=360)
def accent_css(hue: int) -> str:
    """Return the rules that set the accent of a hue over the built stylesheet; hue is in degrees."""
    light, dark = _declarations(light_accent(hue)), _declarations(dark_accent(hue))
    return f"@layer tokens{{:root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}}}\n"


def _declarations(accent: Accent) -> str:
    return (
        f"--accent:{accent.accent};--accent-deep:{accent.accent_deep};--on-accent:{accent.on_accent};"
        f"--tint:{accent.tint};--accent-line:{accent.accent_line};--counter:{accent.counter}"
    )


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_expand(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _expand(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _compress(value: float) -> float:
    if value <= 0.0031308:
        return value * 12.92
    return float(1.055 * value ** (1 / 2.4) - 0.055)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour as ``#rrggbb``, with as much of the chroma as sRGB can show."""
    channels = _linear(lightness, chroma, hue)
    while chroma > 0 and not all(-1e-4 <= channel <= 1 + 1e-4 for channel in channels):
        chroma -= CHROMA_STEP
        channels = _linear(lightness, max(chroma, 0), hue)
    return "#" + "".join(f"{round(255 * _compress(min(max(channel, 0), 1))):02x}" for channel in channels)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """OKLCH to linear sRGB, after Björn Ottosson's definition of Oklab."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
