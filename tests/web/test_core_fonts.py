"""The fonts of a first load: what they hold is what the style sheet says, and a page of ours needs little more."""

from __future__ import annotations

import re

from fontTools.ttLib import TTFont

from crosslinks.web.assets import asset_file, dist_folder
from tests.instances import ROOT

NAMES = ("newsreader-core.woff2", "newsreader-core-italic.woff2", "schibsted-core.woff2")
MOST = 70_000


def ranges() -> set[frozenset[int]]:
    css = (ROOT / "static" / "css" / "tokens" / "fonts-core.css").read_text("utf-8")
    found = set()
    for line in re.findall(r"unicode-range: ([^;]+);", css):
        bounds = [part.removeprefix("U+").split("-") for part in line.split(", ")]
        found.add(frozenset(code for part in bounds for code in range(int(part[0], 16), int(part[-1], 16) + 1)))
    return found


def test_the_style_sheet_names_exactly_what_the_fonts_hold() -> None:
    (said,) = ranges()
    for name in NAMES:
        with TTFont(dist_folder() / asset_file(name)) as font:
            assert set(font.getBestCmap()) == said, name


def test_english_and_norwegian_are_all_in_them() -> None:
    (said,) = ranges()
    assert set(map(ord, "Blåbærsyltetøy ÆØÅ «sitat» “quote” 10.30–11.55 Grønlie’s é")) <= said


def test_a_first_load_of_fonts_is_small() -> None:
    assert sum((dist_folder() / asset_file(name)).stat().st_size for name in NAMES) <= MOST
