"""What is shown of the answers: never so little that somebody could be known by it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from crosslinks.editions.kept import keep_figures
from crosslinks.editions.models import Edition
from crosslinks.feedback.models import FeedbackAnswer
from crosslinks.feedback.queries import count_places
from crosslinks.feedback.rules import USUAL, Question, QuestionKind, Sheet, results_of
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from tests.accounts.factories import sign_in
from tests.factories import make_edition

MANAGE = "/manage/crosslinks/2024/feedback"


def sheet(mode: str = "onsite", **answers: int | str) -> Sheet:
    return Sheet(mode, answers)


def result(sheets: list[Sheet], key: str = "overall"):
    found = results_of(USUAL, sheets)
    return next((one for one in found if one.question.key == key), None)


def test_nothing_shows_before_five_have_answered() -> None:
    assert results_of(USUAL, [sheet(overall=5, better="x")] * 4) == []
    shown = result([sheet(overall=5)] * 5)
    assert (shown.count, shown.counts, shown.average) == (5, (0, 0, 0, 0, 5), 5.0)
    few = result([sheet(overall=5)] * 4 + [sheet(again=1)])
    assert (few.count, few.counts, few.average, few.is_shown) == (4, (), None, False)


def test_words_of_a_few_who_alone_were_asked_are_not_shown() -> None:
    asked = [Question("sound", QuestionKind.TEXT, {"en": "The sound?"}, mode="digital")]
    room, stream = sheet("onsite", overall=5), sheet("digital", sound="I sat in Tromsø")
    (few,) = results_of(asked, [room] * 9 + [stream] * 4)
    assert (few.texts, few.is_shown) == ((), False)
    (enough,) = results_of(asked, [stream, *[sheet("digital", overall=4)] * 4])
    assert enough.texts == ("I sat in Tromsø",)


def test_the_ways_of_taking_part_show_together_or_not_at_all() -> None:
    room, stream = sheet("onsite", overall=5), sheet("digital", overall=3)
    assert result([room] * 9 + [stream] * 4).by_mode == (), "what is left out could be worked out from the rest"
    assert result([room] * 9).by_mode == ()
    both = result([room] * 6 + [stream] * 5).by_mode
    assert [(one.mode, one.count, one.average) for one in both] == [("onsite", 6, 5.0), ("digital", 5, 3.0)]


def test_words_are_shuffled_and_complete() -> None:
    written = [f"words {number}" for number in range(40)]
    sheets = [sheet(better=words) for words in written]
    seen = [result(sheets, "better").texts for _ in range(3)]
    assert all(sorted(texts) == sorted(written) for texts in seen)
    assert any(list(texts) != written for texts in seen)


@given(
    st.lists(
        st.builds(
            Sheet,
            st.sampled_from(["onsite", "digital"]),
            st.dictionaries(
                st.sampled_from([one.key for one in USUAL]), st.sampled_from([-1, 1, 3, 5, 6, "words"]), max_size=4
            ),
        ),
        max_size=16,
    )
)
def test_no_group_of_fewer_than_five_ever_shows(sheets: list[Sheet]) -> None:
    for one in results_of(USUAL, sheets):
        assert len(sheets) >= 5
        if one.question.kind is not QuestionKind.TEXT and one.is_shown:
            assert one.count == sum(one.counts) >= 5
        assert all(mode.count >= 5 for mode in one.by_mode)
        assert sum(mode.count for mode in one.by_mode) in {0, one.count}


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


def fill(edition: Edition, count: int, first: int = 1, better: str = "=1+1 <b>Coffee</b>") -> None:
    with transaction():
        db.session.add_all(
            FeedbackAnswer(
                id=first + number, edition_id=edition.id, mode="onsite" if number % 2 else "digital",
                day=date(2024, 1, 26), answers={"overall": 4 + number % 2, "again": 1, "better": better},
            )
            for number in range(count)
        )  # fmt: skip


def test_the_page_shows_pictures_with_tables_and_a_file_without_formulas(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    assert "Nobody has answered yet" in client.get(MANAGE).text
    fill(edition, 4)
    few = client.get(MANAGE).text
    assert "4 people have answered" in few
    assert "Coffee" not in few
    assert client.get(f"{MANAGE}/results.csv").text.count("\n") == 1
    fill(edition, 8, first=100)
    page = client.get(MANAGE).text
    assert "<b>4.5</b> of 5, on average" in page
    assert "Show as table" in page
    assert re.search(r"In the room: <b>5\.0</b> \(6 answers\)\. On the stream: <b>4\.0</b> \(6 answers\)", page)
    assert "&lt;b&gt;Coffee" in page
    assert "<b>Coffee" not in page
    assert "<b>4,5</b> av 5 i snitt" in client.get(f"{MANAGE}?lang=nb").text
    client.get(f"{MANAGE}?lang=en")
    rows = list(csv.reader(io.StringIO(client.get(f"{MANAGE}/results.csv").text.removeprefix("\ufeff"))))
    assert ["How was it, all in all?", "5", "6"] in rows
    assert ["Would you come again?", "Yes", "12"] in rows
    assert ["What should we do better?", "'=1+1 <b>Coffee</b>", "1"] in rows


def test_another_editions_answers_are_not_among_them(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        found = db.session.get_one(Edition, edition.id)
        other = make_edition(found.conference, slug="2025", number=17)
    fill(other, 9)
    sign_in(client, Role.PROGRAMME)
    assert "Nobody has answered yet" in client.get(MANAGE).text


def test_the_page_costs_the_same_for_few_and_for_many(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    counted: list[int] = []
    for first, people in ((1, 6), (1000, 300)):
        fill(edition, people, first)
        statements: list[str] = []
        note = noting(statements)
        event.listen(db.engine, "before_cursor_execute", note)
        assert client.get(MANAGE).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        counted.append(len(statements))
    assert counted[0] == counted[1]


def noting(statements: list[str]) -> Callable[..., None]:
    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    return note


def test_who_was_erased_had_a_place_all_the_same(app: Flask) -> None:
    with transaction():
        edition = make_edition()
        keep_figures(edition_id=edition.id, figures={("onsite", "2024-01-18"): 3, ("digital", "2024-01-18"): 2})
    assert count_places(edition.id) == 5
