"""The fonts of everything that is printed: installed as packages, never the machine's own.

Any further ``fontpkg-*`` package that is installed widens what can be printed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import fontpkg
from fontTools.ttLib import TTFont

NAMES_FIRST = ("Noto Sans", "Noto Sans Arabic")


@dataclass(frozen=True)
class PrintFont:
    """One upright font file and the family name under which style sheets know it."""

    family: str
    path: Path


@cache
def print_fonts() -> tuple[PrintFont, ...]:
    """Return the upright fonts, those of names first: the order in which letters are looked for."""
    found = [
        PrintFont(family.name, next(file.path for file in family.files if file.style == "normal"))
        for family in fontpkg.families().values()
    ]
    order = {name: number for number, name in enumerate(NAMES_FIRST)}
    return tuple(sorted(found, key=lambda font: (order.get(font.family, len(order)), font.family)))


def font_folders() -> list[Path]:
    """Return the folders with all styles of all print fonts."""
    return sorted({font.path.parent for font in print_fonts()})


def font_stack() -> str:
    """Return the CSS ``font-family`` of names."""
    return ", ".join(f'"{font.family}"' for font in print_fonts())


def fontconfig(cache_folder: Path) -> str:
    """Return a fontconfig file that knows our fonts only, so that every machine prints the same."""
    folders = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in font_folders())
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig>{folders}<cachedir>{escape(str(cache_folder))}</cachedir></fontconfig>"
    )


@cache
def _letters(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def font_of(character: str) -> PrintFont | None:
    """Return the first print font that has ``character``, or None when it cannot be printed."""
    return next((font for font in print_fonts() if ord(character) in _letters(font.path)), None)


def missing_in(text: str) -> str:
    """Return the characters of ``text`` that should be seen but are in no print font, each once, in order."""
    seen = (letter for letter in text if not letter.isspace() and unicodedata.category(letter) not in {"Cc", "Cf"})
    return "".join(dict.fromkeys(letter for letter in seen if font_of(letter) is None))
