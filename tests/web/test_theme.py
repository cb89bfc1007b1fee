import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosslinks.web.theme import HUES, Accent, accent_css, contrast, dark_accent, light_accent

HUE = st.integers(0, 359)
LIGHT_PAPERS = ("#fbf9f4", "#ffffff", "#f3f0e9")
DARK_PAPERS = ("#13121b", "#1d1c27", "#0d0c13")


def test_the_hue_of_cancer_crosslinks_gives_its_listed_colours() -> None:
    assert light_accent(288) == Accent("#3e2e7b", "#2a1b5c", "#ffffff", "#efeff9", "#aba7db", "#c75589")
    assert dark_accent(288) == Accent("#bebaef", "#d7d4fc", "#16131f", "#252437", "#615b91", "#e888b0")


@given(HUE)
def test_the_accent_can_be_read_on_every_paper_whatever_the_hue(hue: int) -> None:
    light, dark = light_accent(hue), dark_accent(hue)
    for paper in LIGHT_PAPERS:
        assert contrast(light.accent, paper) >= 8.8
        assert contrast(light.counter, paper) >= 3.0
    for paper in DARK_PAPERS:
        assert contrast(dark.accent, paper) >= 8.1
        assert contrast(dark.counter, paper) >= 3.0
    assert contrast(light.on_accent, light.accent) >= 7
    assert contrast(dark.on_accent, dark.accent) >= 7


@given(HUE)
def test_hints_can_be_read_on_the_tint_whatever_the_hue(hue: int) -> None:
    assert contrast("#605e6a", light_accent(hue).tint) >= 4.5
    assert contrast("#a09eaa", dark_accent(hue).tint) >= 4.5


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


def test_the_override_sets_the_accent_in_light_and_dark_and_nothing_else() -> None:
    css = accent_css(210)
    light, dark = css.split("@media (prefers-color-scheme:dark)")
    assert f"--accent:{light_accent(210).accent};" in light
    assert f"--accent:{dark_accent(210).accent};" in dark
    assert "--paper" not in css
    assert css.count("{") == css.count("}")


def test_no_offered_hue_can_be_taken_for_a_state() -> None:
    assert len(HUES) == 12
    assert all(180 <= hue <= 345 for hue in HUES)
