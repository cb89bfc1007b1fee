"""What is asked: the organizer changes it, in both languages, without losing answers."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.feedback.models import FeedbackAnswer, FeedbackForm
from crosslinks.feedback.queries import list_question_rows, list_questions
from crosslinks.feedback.rules import MOST_QUESTIONS, USUAL, Opening
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from tests.accounts.factories import sign_in
from tests.factories import make_edition

MANAGE = "/manage/crosslinks/2024/feedback"
CHOICE = {
    "kind": "choice",
    "label_en": "Which session was best?",
    "label_nb": "Hvilken sesjon var best?",
    "options_en": "First\nSecond\n\n  Third  ",
    "options_nb": "Første\r\nAndre\r\nTredje",
    "mode": "digital",
}


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition()
    sign_in(client)
    return made


def keys(edition: Edition) -> list[str]:
    db.session.rollback()
    return [question.key for question in list_questions(edition.id)]


def row_of(edition: Edition, key: str) -> int:
    db.session.rollback()
    return next(row.id for row in list_question_rows(edition.id) if row.key == key)


def answered(edition: Edition) -> None:
    with transaction():
        db.session.add(
            FeedbackAnswer(id=7, edition_id=edition.id, mode="onsite", day=date(2024, 1, 25), answers={"length": 3})
        )


def test_looking_makes_nothing_and_the_usual_questions_can_be_taken_over(client: FlaskClient, edition: Edition) -> None:
    assert client.get(MANAGE).status_code == 200
    assert "These are the usual questions" in client.get(f"{MANAGE}/form").text
    db.session.rollback()
    assert db.session.get(FeedbackForm, edition.id) is None
    assert client.post(f"{MANAGE}/form/own").status_code == 303
    assert keys(edition) == [question.key for question in USUAL]
    assert client.post(f"{MANAGE}/form/own").status_code == 303
    assert len(keys(edition)) == len(USUAL)


def test_a_question_is_added_changed_moved_and_deleted(client: FlaskClient, edition: Edition) -> None:
    assert client.post(f"{MANAGE}/items/new", data=CHOICE).status_code == 303
    assert len(keys(edition)) == len(USUAL) + 1
    row = list_question_rows(edition.id)[-1]
    assert row.options == [
        {"en": "First", "nb": "Første"}, {"en": "Second", "nb": "Andre"}, {"en": "Third", "nb": "Tredje"},
    ]  # fmt: skip
    number, key = row.id, row.key
    page = client.get(f"{MANAGE}/items/{number}").text
    assert "First\nSecond\nThird" in page
    assert client.post(f"{MANAGE}/items/{number}", data=CHOICE | {"label_en": "The best one?"}).status_code == 303
    assert client.post(f"{MANAGE}/items/{number}/move", data={"to": "up"}).status_code == 303
    assert keys(edition)[-2] == key
    for _ in range(3):
        assert client.post(f"{MANAGE}/items/{number}/move", data={"to": "down"}).status_code == 303
    assert keys(edition)[-1] == key
    assert "The best one?" in client.get(f"{MANAGE}/items/{number}/delete").text
    assert client.post(f"{MANAGE}/items/{number}/delete").status_code == 303
    assert keys(edition) == [question.key for question in USUAL]
    assert client.get(f"{MANAGE}/items/{number}").status_code == 404
    deeds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "feedback")).all()
    assert len(deeds) == 7
    assert "Feedback: form changed" in client.get("/manage/crosslinks/2024/log").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"label_en": "", "label_nb": "  "},
        {"label_en": "x" * 201},
        {"label_nb": "a\x00b"},
        {"kind": "mood"},
        {"kind": ""},
        {"mode": "moon"},
        {"options_en": "", "options_nb": ""},
        {"options_en": "Only one", "options_nb": "Bare en"},
        {"options_en": "One\nTwo", "options_nb": "En\nTo\nTre"},
        {"options_en": "\n".join("abcdefghijklm"), "options_nb": ""},
        {"options_en": "x" * 2001},
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_and_kept(
    client: FlaskClient, edition: Edition, wrong: dict[str, str]
) -> None:
    answer = client.post(f"{MANAGE}/items/new", data=CHOICE | wrong)
    assert answer.status_code == 422
    assert 'id="errors"' in answer.text
    assert "Which session was best?" in answer.text or "label_en" in wrong
    assert len(keys(edition)) == len(USUAL)


def test_questions_end_somewhere(client: FlaskClient, edition: Edition) -> None:
    for number in range(MOST_QUESTIONS - len(USUAL)):
        data = {"kind": "text", "label_en": f"Question {number}", "mode": ""}
        assert client.post(f"{MANAGE}/items/new", data=data).status_code == 303
    assert client.post(f"{MANAGE}/items/new", data=CHOICE).status_code == 422
    assert len(keys(edition)) == MOST_QUESTIONS
    assert "Add a question" not in client.get(f"{MANAGE}/form").text


def test_an_option_that_was_chosen_cannot_go(client: FlaskClient, edition: Edition) -> None:
    client.post(f"{MANAGE}/form/own")
    number = row_of(edition, "length")
    shorter = {"kind": "choice", "label_en": "How long", "options_en": "Short\nLong", "options_nb": "", "mode": ""}
    answered(edition)
    answer = client.post(f"{MANAGE}/items/{number}", data=shorter)
    assert answer.status_code == 422
    assert "no option can go" in answer.text
    longer = shorter | {"options_en": "Far too short\nRight\nLong\nFar too long"}
    assert client.post(f"{MANAGE}/items/{number}", data=longer).status_code == 303
    assert keys(edition)[4] == "length"


def test_the_times_are_set(client: FlaskClient, edition: Edition) -> None:
    data = {"is_on": "y", "opening": "begun", "last_day": "2024-02-10"}
    assert client.post(f"{MANAGE}/form", data=data).status_code == 303
    db.session.rollback()
    form = db.session.get_one(FeedbackForm, edition.id, populate_existing=True)
    assert (form.is_on, form.opening, form.last_day) == (True, Opening.BEGUN, date(2024, 2, 10))
    for wrong in (
        {"last_day": "2024-01-24"}, {"last_day": "soon"}, {"last_day": ""}, {"last_day": "99999-01-01"},
        {"opening": "never"}, {"opening": ""},
        {"last_day": "2024-04-25"}, {"last_day": "9999-12-31"},
    ):  # fmt: skip
        answer = client.post(f"{MANAGE}/form", data=data | wrong)
        assert answer.status_code == 422
        assert 'id="errors"' in answer.text


def test_roles_that_may_look_cannot_change(client: FlaskClient, edition: Edition) -> None:
    sign_in(client, Role.PROGRAMME)
    assert client.get(MANAGE).status_code == 200
    for path in ("form", "items/new"):
        assert client.get(f"{MANAGE}/{path}").status_code == 403
        assert client.post(f"{MANAGE}/{path}", data=CHOICE).status_code == 403


def test_another_editions_question_is_out_of_reach(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_edition(db.session.get_one(Edition, edition.id).conference, slug="2025", number=17)
    client.post("/manage/crosslinks/2025/feedback/form/own")
    db.session.rollback()
    other = db.session.scalars(select(Edition).where(Edition.slug == "2025")).one()
    number = row_of(other, "overall")
    for path in ("", "/move", "/delete"):
        assert client.post(f"{MANAGE}/items/{number}{path}", data=CHOICE).status_code == 404
    assert client.post(f"{MANAGE}/items/{2**31}", data=CHOICE).status_code == 404
