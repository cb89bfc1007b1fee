"""Fitting: sizes never grow beyond what is wanted, never stop at what does not fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crosslinks.documents.fitting import BOLD, NameStyle, break_lines, fit_name, fit_text, width_of

STYLE = NameStyle(given=9, given_least=6, family=5.6, family_least=4.4, gap=0.8)
LETTERS = st.text(st.sampled_from("aÅWmi ŋøß-'عبد"), max_size=60).map(lambda text: " ".join(text.split()))


@given(LETTERS, LETTERS)
def test_a_name_fits_its_place_and_loses_nothing(given_name, family_name):
    name = fit_name(given_name, family_name, STYLE, 44, 24)
    height = name.given.height(1.06) + 0.8 + name.family.height(1.12)
    assert height <= 24.01
    for part, most in ((name.given, 9), (name.family, 5.6)):
        assert part.size <= most + 0.001
    for line in name.given.lines:
        assert len(line) == 1 or width_of(line, BOLD) * name.given.size <= 44.05
    said = "".join((*name.given.lines, *name.family.lines)).replace(" ", "")
    assert said == (given_name + family_name).replace(" ", "")


def test_a_short_name_is_as_large_as_the_design_says():
    name = fit_name("Ingrid", "Solheim Bakke", STYLE, 44, 27)
    assert (name.given.size, round(name.family.size, 2)) == (9, 5.6)


def test_a_name_shrinks_to_six_millimetres_before_it_breaks():
    name = fit_name("Annmagritt", "Ås", STYLE, 44, 27)
    assert len(name.given.lines) == 1
    assert 6 <= name.given.size < 9
    broken = fit_name("Anne-Margrethe", "Ås", STYLE, 44, 27)
    assert broken.given.lines == ("Anne-", "Margrethe")
    assert broken.given.size == 6


def test_lines_break_after_spaces_and_hyphens_first():
    assert break_lines("van der Schaar-Hohenlohe", BOLD, 6, 44) == ["van der", "Schaar-", "Hohenlohe"]


def test_only_lesser_texts_end_in_an_ellipsis():
    fitted = fit_text("Universitetssykehuset i Nord-Norge " * 6, 400, 44, 3.2, 2.3, 2)
    assert len(fitted.lines) == 2
    assert fitted.lines[-1].endswith("…")
