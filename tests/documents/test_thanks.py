"""One line of thanks to sponsors on badges: in full where it fits, never over anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crosslinks.documents.badges import render_badges
from crosslinks.documents.rules import badge_formats
from tests.documents.paper import SHEET, a_badge, look_at

pytestmark = pytest.mark.usefixtures("app")

THANKS = "Made possible by Bristol Myers Squibb and Daiichi-Sankyo."


@pytest.mark.parametrize("stock", ["l7418", "a6", "label-62x100", "5395"])
def test_the_thanks_stand_under_the_name_of_the_conference(printer, stock):
    badge = a_badge("Ingrid", "Solheim Bakke")
    result = render_badges([badge], replace(SHEET, thanks=THANKS), badge_formats()[stock], renderer=printer)
    page = look_at(result.pdf)[0]
    assert THANKS in page.text.replace("\r\n", "\n")
    assert [code.text for code in page.codes] == [badge.ticket_text]


def test_without_thanks_nothing_stands_there_and_small_labels_have_none(printer):
    plain = render_badges([a_badge()], SHEET, badge_formats()["l7418"], renderer=printer)
    assert "possible" not in look_at(plain.pdf)[0].text
    small = render_badges([a_badge()], replace(SHEET, thanks=THANKS), badge_formats()["label-29x90"], renderer=printer)
    assert "possible" not in look_at(small.pdf)[0].text
