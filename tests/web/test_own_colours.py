from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosslinks.web.colours import from_oklch, read_colour, to_oklch
from crosslinks.web.theme import (
    DARK_PAPERS,
    LIGHT_PAPERS,
    READABLE,
    accent_number,
    contrast,
    dark_accent,
    light_accent,
    nearest_readable,
    own_colour,
)

COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOUR)
def test_what_is_offered_can_be_read_on_every_paper_in_light_and_dark(colour: str) -> None:
    number = accent_number(nearest_readable(colour))
    light, dark = light_accent(number), dark_accent(number)
    for paper in (*LIGHT_PAPERS, light.tint, light.on_accent):
        assert contrast(light.accent, paper) >= READABLE
    for paper in (*DARK_PAPERS, dark.tint, dark.on_accent):
        assert contrast(dark.accent, paper) >= READABLE
    for paper in LIGHT_PAPERS:
        assert contrast(light.accent_deep, paper) >= READABLE
        assert contrast(light.counter, paper) >= 3


@given(COLOUR)
def test_a_colour_that_can_be_read_is_taken_as_it_is(colour: str) -> None:
    readable = nearest_readable(colour)
    assert nearest_readable(readable) == readable
    assert light_accent(accent_number(readable)).accent == readable
    assert own_colour(accent_number(colour)) == colour


@given(COLOUR)
def test_a_colour_comes_back_from_oklch(colour: str) -> None:
    again = from_oklch(*to_oklch(colour))
    far = max(abs(int(colour[at : at + 2], 16) - int(again[at : at + 2], 16)) for at in (1, 3, 5))
    assert far <= 3


@pytest.mark.parametrize(
    ("typed", "colour"),
    [("#3E2E7B", "#3e2e7b"), (" abc ", "#aabbcc"), ("", None), ("#12", None), ("red", None), ("#1234567", None)],
)
def test_a_typed_colour_is_read(typed: str, colour: str | None) -> None:
    assert read_colour(typed) == colour
