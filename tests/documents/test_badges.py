"""Badges on paper: what they say, where it stands, and that every code is read."""

from __future__ import annotations

from collections import Counter

import pypdfium2
import pytest

from crosslinks.documents.badges import render_badges
from crosslinks.documents.rules import Calibration, badge_formats
from tests.documents.paper import SHEET, a_badge, look_at

pytestmark = pytest.mark.usefixtures("app")

L7418 = badge_formats()["l7418"]
A6 = badge_formats()["a6"]
FIFTY = "Wolfeschlegelsteinhausenbergerdorffvoralternwaren"
ROLES = ("participant", "speaker", "moderator", "organizer", "sponsor", "press")
NAMES = (
    (FIFTY, "X" * 50),
    ("عبد الرحمن", "المنصوري"),
    ("Ŋiŋŋá-Elle", "Đuođđá"),
    ("Anne-Margrethe Elisabeth", "Wesenlund Holmberg-Grønlie"),
    ("W" * 50, "M" * 50),
    ("Li", ""),
    ("", "Suharto"),
    ("Renée Zoë", "Ő'Şahin ễ"),
)


def print_them(printer, badges, stock=L7418, **more):
    result = render_badges(badges, SHEET, stock, renderer=printer, **more)
    return result, look_at(result.pdf)


def in_cells(stock, badges, pages):
    """Pair each badge with its page and box."""
    for number, badge in enumerate(badges):
        page, cell = divmod(number, stock.per_page)
        left, top = stock.cell(cell)
        yield badge, pages[page], (left, top, left + stock.badge[0], top + stock.badge[1])


@pytest.mark.parametrize("name", [*badge_formats()])
def test_every_stock_prints_all_names_and_codes(printer, name):
    stock = badge_formats()[name]
    badges = [a_badge(f"Given{number}", f"Family{number}") for number in range(stock.per_page + 1)]
    result, pages = print_them(printer, badges, stock)
    assert (result.badges, result.pages, len(pages)) == (stock.per_page + 1, 2, 2)
    labels = 2 if name in {"a6", "a6-4up"} else 1
    assert pages[1].text.count("Cancer Crosslinks 2024") == labels, "nothing is printed on badges that stay empty"
    for badge, page, (left, top, right, bottom) in in_cells(stock, badges, pages):
        assert page.width == pytest.approx(stock.page[0], abs=0.1)
        words = page.words_in(left, top, right, bottom)
        assert badge.given_name in words
        assert badge.family_name in words
        assert "Participant" in words
        assert "K7QF-2M" in words
        codes = [code for code in page.codes if left <= code.left and code.right <= right and top <= code.top <= bottom]
        if name == "label-29x90":
            assert codes == []
            continue
        [code] = codes
        assert code.text == badge.ticket_text
        assert code.side >= 29.7, "30 mm, less what the picture's resolution hides"
        assert code.bottom <= bottom
        quiet = 30 * 4 / 41
        assert page.words_in(code.left - quiet, code.top - quiet, code.right + quiet, code.bottom + quiet).strip() == ""


@pytest.mark.parametrize("stock", [L7418, A6], ids=["l7418", "a6"])
def test_long_and_foreign_names_are_whole_and_inside(printer, stock):
    badges = [a_badge(given, family, organisation="Ullevål " * 12, no_photo=True) for given, family in NAMES]
    result, pages = print_them(printer, badges, stock)
    assert result.missing_glyphs == ()
    for badge, page, box in in_cells(stock, badges, pages):
        left, top, right, bottom = box
        mine = [
            letter
            for letter in page.letters
            if left <= letter[1] <= right and top <= (letter[2] + letter[4]) / 2 <= bottom
        ]
        assert mine
        assert all(x0 >= left and x1 <= right and y0 >= top - 0.1 and y1 <= bottom + 0.1 for _, x0, y0, x1, y1 in mine)
        assert Counter(f"{badge.given_name}{badge.family_name}".replace(" ", "")) <= Counter(
            letter for letter, *_ in mine
        )


def test_names_do_not_run_into_the_code(printer):
    badges = [a_badge(given, family) for given, family in NAMES]
    _, pages = print_them(printer, badges)
    for _, page, (left, top, right, bottom) in in_cells(L7418, badges, pages):
        [code] = [code for code in page.codes if left <= code.left <= right and top <= code.top <= bottom]
        letters = page.words_in(code.left - 2.5, code.top - 2.5, code.right + 2.5, code.bottom + 2.5)
        assert letters.strip() == ""


def test_a_role_is_a_word_and_a_look(printer):
    badges = [a_badge(role=role, role_word=role.title()) for role in ROLES]
    result, [page] = print_them(printer, badges)
    for role in ROLES:
        assert role.title() in page.text
    assert {badge.role: badge.band.value for badge in badges} == {
        "participant": "plain",
        "speaker": "filled",
        "moderator": "filled",
        "organizer": "filled",
        "sponsor": "outlined",
        "press": "outlined",
    }
    bands = [_band_colour(result.pdf, number) for number in range(len(ROLES))]
    assert [bands[number] for number in (1, 2, 3)] == [(62, 46, 123)] * 3
    assert [bands[number] for number in (0, 4, 5)] == [(255, 255, 255)] * 3


def _band_colour(pdf, number):
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=4).to_pil().convert("RGB")
    left, top = L7418.cell(number)
    return picture.getpixel((round((left + 2.5) / 25.4 * 72 * 4), round((top + 50.5) / 25.4 * 72 * 4)))


def test_hostile_names_stay_text(printer):
    hostile = a_badge(
        "<b>Bob</b>", "</p><img src=x>", organisation="{{ 7*7 }} <script>x</script>", role_word="<i>R</i>"
    )
    _, [page] = print_them(printer, [hostile])
    for text in ("<b>Bob</b>", "{{ 7*7 }}", "<i>R</i>"):
        assert text in page.text.replace("\r\n", "")
    assert len(page.codes) == 1


def test_letters_that_no_font_has_are_reported_and_left_to_the_pen(printer):
    badges = [a_badge("王", "Li", reference="AAAAAA"), a_badge("Anna🎉", "Berg", reference="BBBBBB"), a_badge()]
    result, [page] = print_them(printer, badges)
    assert [(missing.reference, missing.characters) for missing in result.missing_glyphs] == [
        ("AAAAAA", "王"),
        ("BBBBBB", "🎉"),
    ]
    assert "王" not in page.text
    assert "Anna" in page.text


def test_a_printer_that_is_off_is_corrected_and_used_cells_are_skipped(printer):
    badge = a_badge()
    _, [plain] = print_them(printer, [badge])
    result, [moved] = print_them(printer, [badge], calibration=Calibration(dx=2, dy=-1.5, skip=3))
    assert result.pages == 1
    dx, dy = moved.codes[0].left - plain.codes[0].left, moved.codes[0].top - plain.codes[0].top
    assert dx == pytest.approx(86 + 2, abs=0.3)
    assert dy == pytest.approx(55 - 1.5, abs=0.3)


def test_the_folded_badge_tells_the_day_on_its_turned_half(printer):
    _, [page] = print_them(printer, [a_badge(no_photo=True)], A6)
    front, back = page.words_in(0, 0, 105, 74), page.words_in(0, 74, 105, 148)
    assert "No photo" in front
    assert "New technologies" in back
    assert "Solheim" in back
    welcome = next(letter for letter in page.letters if letter[0] == "W" and letter[2] > 74)
    closing = next(letter for letter in page.letters if letter[0] == "N" and letter[2] > 74)
    assert welcome[2] > closing[2], "upside down, so that it is upright once folded"


def test_progress_is_told_and_nobody_is_nothing(printer):
    heard: list[int] = []
    result, pages = print_them(printer, [a_badge() for _ in range(20)], on_progress=heard.append)
    assert heard[-1] == 20
    assert len(pages) == 3
    assert render_badges([], SHEET, L7418, renderer=printer).pdf == b""
    assert result.pdf.startswith(b"%PDF")
