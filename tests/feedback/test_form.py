"""The anonymous form: who may answer, when, once, and that nothing leads back to them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.feedback.erasure import erase_person, export_person
from crosslinks.feedback.models import FeedbackAnswer, FeedbackMark
from crosslinks.feedback.operations import change_form
from crosslinks.feedback.queries import has_answered
from crosslinks.feedback.rules import USUAL, Opening
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.registration.operations import cancel
from tests.checkin.factories import be_at
from tests.factories import NOW, TESTER, make_edition
from tests.live.factories import person_on

FULL = {"a_overall": "5", "a_programme": "4", "a_length": "2", "a_again": "1", "a_better": "More coffee, ærlig talt"}


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        made = make_edition(onsite=5, digital=20)
    be_at(made.ends_at + timedelta(hours=1))
    return made


def person(edition: Edition, mode: Mode = Mode.ONSITE, **more: Any) -> tuple[int, str]:
    number, live = person_on(edition, mode, **more)
    return number, live.removesuffix("live") + "feedback"


def sheets() -> list[FeedbackAnswer]:
    db.session.rollback()
    return list(db.session.scalars(select(FeedbackAnswer)))


def test_somebody_answers_once_and_is_thanked(client: FlaskClient, edition: Edition) -> None:
    number, url = person(edition)
    page = client.get(url)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Your answers are anonymous" in page.text
    assert "The venue and the food" in page.text
    assert "stream</legend" not in page.text
    answer = client.post(url, data=FULL | {"a_stream": "1", "a_unknown": "1"})
    assert (answer.status_code, answer.location) == (303, url)
    (sheet,) = sheets()
    assert sheet.answers == {"overall": 5, "programme": 4, "length": 2, "again": 1, "better": FULL["a_better"]}
    assert (sheet.mode, sheet.day) == ("onsite", date(2024, 1, 25))
    assert "do not know which they are" in client.get(url).text
    assert client.post(url, data=FULL).status_code == 409
    assert len(sheets()) == 1
    assert has_answered(edition.id, number)


def test_each_way_of_taking_part_has_its_own_questions(client: FlaskClient, edition: Edition) -> None:
    _number, url = person(edition, Mode.DIGITAL)
    page = client.get(f"{url}?lang=nb").text
    assert "Lyd og bilde i sendingen" in page
    assert "Stedet og maten" not in page
    assert "Svarene dine er anonyme" in page
    assert client.post(url, data={"a_stream": "3"}).status_code == 303
    assert sheets()[0].answers == {"stream": 3}


def test_no_row_of_any_table_leads_from_answers_to_a_person(client: FlaskClient, edition: Edition) -> None:
    _number, url = person(edition, given_name="Ragnhild", email="ragnhild@example.org")
    db.session.rollback()
    logged = db.session.scalar(select(func.count()).select_from(AuditEntry))
    assert client.post(url, data=FULL).status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == logged, (
        "a row with a time would lead back"
    )
    assert set(FeedbackAnswer.__table__.columns.keys()) == {"id", "edition_id", "mode", "day", "answers"}
    assert set(FeedbackMark.__table__.columns.keys()) == {"edition_id", "mark"}
    (mark,) = db.session.scalars(select(FeedbackMark.mark)).all()
    assert len(mark) == 32
    for table in Base.metadata.sorted_tables:
        if table.name != "feedback_answer":
            for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
                assert FULL["a_better"] not in str(row)
    assert set(sheets()[0].answers) <= {question.key for question in USUAL}


def test_answers_stand_in_no_order(client: FlaskClient, edition: Edition) -> None:
    for rating in range(1, 6):
        for _ in range(2):
            _number, url = person(edition, Mode.DIGITAL)
            assert client.post(url, data={"a_overall": str(rating)}).status_code == 303
    found = [sheet.answers["overall"] for sheet in sheets()]
    assert sorted(found) == sorted(list(range(1, 6)) * 2)
    ids = db.session.scalars(select(FeedbackAnswer.id)).all()
    assert max(ids) > 10_000
    assert len({number // 1_000_000 for number in ids}) > 5


def test_who_has_no_place_cannot_answer(client: FlaskClient, edition: Edition) -> None:
    for _ in range(5):
        person(edition)
    _number, waiting = person(edition)
    gone, cancelled = person(edition, Mode.DIGITAL)
    with transaction():
        cancel(actor=Actor.registrant(gone), now=NOW, registration_id=gone)
    for url in (waiting, cancelled):
        assert "for those who had a place" in client.get(url).text
        assert client.post(url, data=FULL).status_code == 403
    assert client.get("/r/nothing/feedback").status_code == 404
    assert client.post(f"/r/{'A' * 30}/feedback", data=FULL).status_code == 404
    assert sheets() == []


def test_it_opens_and_closes_as_it_is_set(client: FlaskClient, edition: Edition) -> None:
    _number, url = person(edition)

    def at(moment: Any) -> str:
        be_at(moment)
        page = client.get(url).text
        is_open = "Send my answers" in page
        assert (client.post(url, data={}).status_code == 422) is is_open
        if is_open:
            return "open"
        told = re.search(r'<p class="lead">([^<]*)', page)
        assert told is not None
        return told[1]

    assert "We ask once it is 25\u00a0January\u00a02024, 15:35." in at(edition.ends_at - timedelta(seconds=9))
    assert at(edition.ends_at) == "open"
    assert at(edition.ends_at + timedelta(days=30)) == "open"
    assert "It took answers until 24\u00a0February\u00a02024." in at(edition.ends_at + timedelta(days=31))

    def set_form(**values: Any) -> None:
        usual = {"is_on": True, "opening": Opening.BEGUN, "last_day": date(2024, 1, 26)}
        with transaction():
            found = db.session.get_one(Edition, edition.id)
            change_form(actor=TESTER, now=NOW, edition=found, **(usual | values))

    set_form()
    assert at(edition.starts_at) == "open"
    assert at(edition.starts_at + timedelta(days=2)) != "open"
    set_form(is_on=False)
    assert "This edition has no form" in at(edition.ends_at)
    assert sheets() == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"a_overall": "6"},
        {"a_overall": "0"},
        {"a_overall": "-1"},
        {"a_overall": "9" * 5000},
        {"a_overall": "five"},
        {"a_length": "4"},
        {"a_better": "x" * 2001},
        {"a_better": "a\x00b"},
        {"a_better": "   "},
        {"a_stream": "5"},
        {"overall": "5"},
    ],
)
def test_what_cannot_be_used_is_refused_and_the_rest_kept(
    client: FlaskClient, edition: Edition, data: dict[str, str]
) -> None:
    _number, url = person(edition)
    more = {} if set(data) <= {"a_stream", "overall"} or data.get("a_better") == "   " or not data else {"a_again": "3"}
    answer = client.post(url, data=data | more)
    assert answer.status_code == 422
    assert 'id="errors"' in answer.text
    assert sheets() == []
    if more:
        assert re.search(r"<input[^>]*checked[^>]*name=\"a_again\"[^>]*value=\"3\"", answer.text)


def test_a_person_can_have_and_erase_only_that_they_answered(client: FlaskClient, edition: Edition) -> None:
    number, url = person(edition)
    other, others = person(edition)
    assert export_person(registration_id=number) == {"feedback": {"answered": False}}
    for address in (url, others):
        client.post(address, data=FULL)
    assert export_person(registration_id=number) == {"feedback": {"answered": True}}
    with transaction():
        erase_person(registration_id=number)
    assert export_person(registration_id=number) == {"feedback": {"answered": False}}
    assert export_person(registration_id=other) == {"feedback": {"answered": True}}
    assert len(sheets()) == 2


def test_the_personal_page_leads_to_it_until_it_is_answered(client: FlaskClient, edition: Edition) -> None:
    _number, url = person(edition)
    place = url.removesuffix("/feedback")
    assert f'href="{url}"' in client.get(place).text
    client.post(url, data=FULL)
    assert f'href="{url}"' not in client.get(place).text
    be_at(edition.starts_at)
    _number, early = person(edition)
    assert f'href="{early}"' not in client.get(early.removesuffix("/feedback")).text
