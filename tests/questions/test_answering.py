"""Answering: on the form, in JSON, behind the personal link and at the organizers'."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.questions.models import Answer, Question
from crosslinks.questions.operations import remove_question
from crosslinks.questions.queries import answers_of, form_at
from crosslinks.questions.rules import AskedOf, Kind
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.questions.factories import make_every_kind, make_question
from tests.registration.factories import make_registration

FORM = "/crosslinks/2024/register"
API = "/api/v1/crosslinks/2024/registrations"
PEOPLE = "/manage/crosslinks/2024/registrations"
PERSON = {
    "given_name": "Åse", "family_name": "Dahl", "email": "ase@example.org", "mode": "onsite", "profession": "health",
}  # fmt: skip


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(onsite=None)


def send(client: FlaskClient, **more: Any) -> Any:
    return client.post(FORM, data=PERSON | {"consent_privacy": "y"} | more)


def send_json(client: FlaskClient, **more: Any) -> Any:
    return client.post(API, json=PERSON | {"consent_privacy": True} | more)


def only_answers() -> dict[int, Any]:
    db.session.expire_all()
    return answers_of(db.session.scalars(select(Registration.id).order_by(Registration.id.desc())).first() or 0)


def block(page: str, number: int) -> str:
    """Return the HTML of one question."""
    found = re.search(rf'<div class="question"[^>]*>(?:(?!<div class="question").)*q_{number}\b.*', page, re.DOTALL)
    assert found
    return found[0].split('<div class="question"')[1]


def test_every_kind_is_asked_answered_and_kept_as_typed(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        ids = {kind: question.id for kind, question in make_every_kind(edition).items()}
    page = client.get(FORM).text
    assert all(f'name="q_{number}"' in page for number in ids.values())
    typed = {
        Kind.TEXT: "  some   words ", Kind.LONG_TEXT: "one\r\ntwo", Kind.CHOICE: "o2", Kind.SEVERAL: ["o2", "o1"],
        Kind.YES_NO: "no", Kind.NUMBER: " 12 ",
    }  # fmt: skip
    data = {f"q_{ids[kind]}": value for kind, value in typed.items()}
    again = send(client, email="", **data)
    assert again.status_code == 422
    assert 'value="  some   words "' in again.text
    assert "one\r\ntwo</textarea>" in again.text
    assert again.text.count("checked") >= 5
    assert send(client, **data).status_code == 303
    assert only_answers() == {
        ids[Kind.TEXT]: "some words", ids[Kind.LONG_TEXT]: "one\ntwo", ids[Kind.CHOICE]: "o2",
        ids[Kind.SEVERAL]: ["o1", "o2"], ids[Kind.YES_NO]: False, ids[Kind.NUMBER]: 12,
    }  # fmt: skip


def test_required_only_when_asked_with_the_error_beside_it(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        parent = make_question(edition, Kind.CHOICE, "Colour").id
        child = make_question(edition, label="Which red?", required=True, shown=(f"q{parent}", ("o1",))).id
        room = make_question(edition, Kind.YES_NO, "Lunch?", required=True, asked_of=AskedOf.ONSITE).id
    page = client.get(FORM).text
    assert "Only if you answered “Red” to “Colour”." in page
    assert f'data-shown-if="q{parent}" data-shown-values="o1"' in page
    wrong = send(client, **{f"q_{parent}": "o1"})
    assert wrong.status_code == 422
    assert f'href="#q_{child}">Which red: Write an answer' in wrong.text
    assert f'href="#q_{room}-0">Lunch: Choose yes or no' in wrong.text
    assert f'aria-describedby="q_{child}-error q_{child}-when"' in wrong.text
    assert send(client, **{f"q_{parent}": "o2", f"q_{child}": "left over", f"q_{room}": "yes"}).status_code == 303
    assert only_answers() == {parent: "o2", room: True}
    other = {
        "email": "b@example.org",
        "mode": "digital",
        f"q_{parent}": "o1",
        f"q_{child}": "Crimson",
        f"q_{room}": "no",
    }
    assert send(client, **other).status_code == 303
    assert only_answers() == {parent: "o1", child: "Crimson"}


@pytest.mark.parametrize(
    ("source", "values", "sent", "asked"),
    [
        ("profession", ("health",), {"profession": "health"}, True),
        ("profession", ("health",), {"profession": "other"}, False),
        ("mode", ("digital",), {"mode": "onsite"}, False),
        ("mode", ("digital", "onsite"), {"mode": "digital"}, True),
        ("assistance", ("yes",), {"needs_assistance": "y"}, True),
        ("assistance", ("yes",), {}, False),
        ("assistance", ("yes",), {"needs_assistance": "y", "mode": "digital"}, False),
    ],
)
def test_what_every_form_has_decides_too(
    client: FlaskClient, edition: Edition, source: str, values: tuple[str, ...], sent: dict[str, str], asked: bool
) -> None:
    with transaction():
        number = make_question(edition, label="More?", shown=(source, values)).id
    assert send(client, **sent, **{f"q_{number}": "yes indeed"}).status_code == 303
    assert only_answers() == ({number: "yes indeed"} if asked else {})


def test_health_data_takes_a_tick_of_its_own(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        diet = make_question(edition, Kind.SEVERAL, "Food", explicit_consent=True, asked_of=AskedOf.ONSITE).id
        more = make_question(
            edition, label="What else?", explicit_consent=True, asked_of=AskedOf.ONSITE, shown=(f"q{diet}", ("o2",))
        ).id
    page = client.get(FORM).text
    assert page.count("I agree that you keep this.") == 1
    wrong = send(client, **{f"q_{diet}": "o2", f"q_{more}": "Kiwi"})
    assert wrong.status_code == 422
    assert f'href="#q_{diet}_consent"' in wrong.text
    assert "Tick this, or leave the answer out" in wrong.text
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 0
    assert send(client, **{f"q_{diet}": "o2", f"q_{more}": "Kiwi", f"q_{diet}_consent": "yes"}).status_code == 303
    rows = db.session.scalars(select(Answer).order_by(Answer.id)).all()
    assert [(row.question_id, row.consent_version) for row in rows] == [(diet, 1), (more, 1)]
    assert all(row.consented_at is not None for row in rows)
    letters = json.dumps([(row.data, row.to_name) for row in db.session.scalars(select(OutboxMail))])
    assert "Kiwi" not in letters
    assert send(client, email="c@example.org").status_code == 303
    assert send(client, email="d@example.org", **{f"q_{diet}_consent": "yes"}).status_code == 303
    assert only_answers() == {}


def test_the_json_twin_takes_the_same_names(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        ids = {kind: question.id for kind, question in make_every_kind(edition).items()}
        must = make_question(edition, Kind.TEXT, "Must", required=True).id
        gone = make_question(edition, label="Gone")
        health = make_question(edition, label="Health", explicit_consent=True).id
        remove_question(actor=TESTER, now=NOW, edition=edition, question=gone)
    missing = send_json(client)
    assert missing.json["error"]["fields"] == {f"q_{must}": "Write an answer"}
    for name in (f"q_{gone.id}", "q_999999", f"q_{gone.id}_consent"):
        unknown = send_json(client, **{f"q_{must}": "x", name: "x"})
        assert (unknown.status_code, set(unknown.json["error"]["fields"])) == (422, {name})
    assert set(send_json(client, **{f"q_{must}": "x", "q": 1}).json["error"]["fields"]) == {"_unknown"}
    no_tick = send_json(client, **{f"q_{must}": "x", f"q_{health}": "y"})
    assert set(no_tick.json["error"]["fields"]) == {f"q_{health}"}
    odd_tick = send_json(client, **{f"q_{must}": "x", f"q_{health}": "y", f"q_{health}_consent": "yes"})
    assert set(odd_tick.json["error"]["fields"]) == {f"q_{health}", f"q_{health}_consent"}
    values = {
        Kind.TEXT: "words", Kind.LONG_TEXT: "a\nb", Kind.CHOICE: "o1", Kind.SEVERAL: ["o2"], Kind.YES_NO: True,
        Kind.NUMBER: -3,
    }  # fmt: skip
    good = {f"q_{ids[kind]}": value for kind, value in values.items()} | {f"q_{must}": "x"}
    answer = send_json(client, **good, **{f"q_{health}": "y", f"q_{health}_consent": True})
    assert answer.status_code == 201
    assert only_answers() == {ids[kind]: value for kind, value in values.items()} | {must: "x", health: "y"}
    assert "2" not in str(send_json(client, email="z@example.org", **{f"q_{must}": "x"}).json.get("position", ""))
    document = client.get("/api/v1/openapi.json").json
    schema = document["components"]["schemas"]["RegistrationPayload"]
    assert schema["additionalProperties"] is False
    pattern = next(one for one in schema["patternProperties"] if "consent_sponsor" not in one)
    assert re.search(pattern, "q_12")
    assert re.search(pattern, "q_12_consent")
    assert not re.search(pattern, "q_0")


@pytest.mark.parametrize("way", ["form", "json"])
def test_a_known_address_costs_the_same_and_keeps_its_answers(client: FlaskClient, edition: Edition, way: str) -> None:
    with transaction():
        number = make_question(edition, Kind.TEXT, "Why?").id

    def ask(email: str, words: str) -> list[str]:
        statements: list[str] = []
        db.session.remove()

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            statements.append(statement.split(maxsplit=1)[0])

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            answer = (send if way == "form" else send_json)(client, email=email, **{f"q_{number}": words})
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert answer.status_code in {201, 303}
        return statements

    ask("first@example.org", "mine")
    known, new = ask("FIRST@example.org", "a stranger's"), ask("new@example.org", "mine too")
    assert len(known) == len(new)
    writes = [sum(one in {"INSERT", "UPDATE"} for one in seen) for seen in (known, new)]
    assert writes[0] == writes[1]
    words = db.session.scalars(select(Answer.value).order_by(Answer.id)).all()
    assert words == ["mine", "mine too"]


def test_nothing_is_written_or_read_where_nothing_is_asked(client: FlaskClient, edition: Edition) -> None:
    form_at(edition.id, edition.form_rev)
    statements: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert send_json(client).status_code == 201
        assert send(client, email="b@example.org").status_code == 303
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert [statement for statement in statements if "question" in statement] == []


def personal(client: FlaskClient, edition: Edition, **more: Any) -> tuple[str, int]:
    with transaction():
        person = make_registration(edition, **more)
    return f"/r/{place_token(db.session.get_one(Registration, person.id))}", person.id


def test_answers_are_changed_behind_the_personal_link(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        colour = make_question(edition, Kind.CHOICE, "Colour").id
        must = make_question(edition, label="Must", required=True).id
        health = make_question(edition, label="Health", explicit_consent=True).id
    link, person = personal(client, edition)
    assert f"{link}/answers" in client.get(link).text
    wrong = client.post(f"{link}/answers", data={f"q_{colour}": "o2"})
    assert wrong.status_code == 422
    assert 'value="o2" checked' in wrong.text
    data = {f"q_{colour}": "o2", f"q_{must}": "x", f"q_{health}": "h", f"q_{health}_consent": "yes"}
    saved = client.post(f"{link}/answers", data=data)
    assert saved.headers["Location"] == f"{link}?news=answers"
    assert "Your answers are saved." in client.get(saved.headers["Location"]).text
    assert answers_of(person) == {colour: "o2", must: "x", health: "h"}
    agreed = db.session.scalars(select(Answer.consented_at).where(Answer.question_id == health)).one()
    page = client.get(f"{link}/answers").text
    assert 'value="o2" checked' in page
    assert page.count("checked") == 2
    client.post(f"{link}/answers", data=data)
    client.post(f"{link}/answers", data=data | {f"q_{colour}": ""})
    db.session.expire_all()
    assert answers_of(person) == {must: "x", health: "h"}
    assert db.session.scalars(select(Answer.consented_at).where(Answer.question_id == health)).one() == agreed
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.answers_changed")).all()
    assert [entry.after["questions"] for entry in entries] == [["Colour", "Must", "Health"], ["Colour"]]
    sign_in(client)
    history = client.get(f"{PEOPLE}/{person}").text
    assert "Answers changed" in history
    assert "Agreed to on" in history


def test_until_the_deadline(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        number = make_question(edition, label="Why?").id
    link, person = personal(client, edition)
    assert client.post(f"{link}/answers", data={f"q_{number}": "because"}).status_code == 303
    with transaction():
        get_edition("crosslinks", "2024").answers_until = NOW - timedelta(hours=1)
    assert f"{link}/answers" not in client.get(link).text
    late = client.get(f"{link}/answers")
    assert late.status_code == 200
    assert "because" in late.text
    assert f'name="q_{number}"' not in late.text
    assert client.post(f"{link}/answers", data={f"q_{number}": "later"}).status_code == 409
    assert answers_of(person) == {number: "because"}


def test_the_deadline_unless_set(edition: Edition) -> None:
    assert edition.answers_deadline == edition.starts_at
    edition.registration_closes_at = datetime(2024, 1, 24, 12, tzinfo=UTC)
    assert edition.answers_deadline == edition.registration_closes_at
    edition.answers_until = datetime(2024, 1, 23, 12, tzinfo=UTC)
    assert edition.answers_deadline == edition.answers_until
    db.session.rollback()


def test_links_that_open_nothing(client: FlaskClient, edition: Edition) -> None:
    link, _person = personal(client, edition)
    assert client.get(f"{link}/answers").status_code == 404
    assert client.get("/r/not-a-token/answers").status_code == 404
    with transaction():
        make_question(edition)
    client.post(f"{link}/cancel")
    for answer in (client.get(f"{link}/answers"), client.post(f"{link}/answers")):
        assert "Your registration is cancelled" in answer.text


def test_what_is_erased_already_is_not_asked(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        past = make_question(edition, label="Past", erase_after=date(2024, 1, 17)).id
        today = make_question(edition, label="Today", erase_after=date(2024, 1, 18)).id
    page = client.get(FORM).text
    assert f'name="q_{today}"' in page
    assert f'name="q_{past}"' not in page


def test_an_organizer_writes_answers_down(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        must = make_question(edition, label="Must", required=True).id
        colour = make_question(edition, Kind.CHOICE, "Colour").id
    sign_in(client)
    person = {"given_name": "Kari", "role": "participant", "profession": "other", "language": "nb", "mode": "onsite"}
    page = client.get(f"{PEOPLE}/new").text
    assert f'name="q_{colour}"' in page
    assert client.post(f"{PEOPLE}/new", data=person | {f"q_{colour}": "o9"}).status_code == 422
    assert client.post(f"{PEOPLE}/new", data=person | {f"q_{colour}": "o1"}).status_code == 303
    assert only_answers() == {colour: "o1"}
    (number,) = db.session.scalars(select(Registration.id))
    assert client.post(f"{PEOPLE}/{number}/answers", data={f"q_{colour}": "o9"}).status_code == 422
    assert client.post(f"{PEOPLE}/{number}/answers", data={f"q_{colour}": "o2", f"q_{must}": ""}).status_code == 303
    assert only_answers() == {colour: "o2"}
    with transaction():
        other = make_registration(make_edition(make_conference("other")))
    assert client.get(f"{PEOPLE}/{other.id}/answers").status_code == 404


def test_lists_and_files_hold_the_answers(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        several = make_question(edition, Kind.SEVERAL, "Colours")
        formula = make_question(edition, label="=1+1", erase_after=None)
        number = make_question(edition, Kind.NUMBER, "How many?")
        yes = make_question(edition, Kind.YES_NO, "Lunch?")
    names = {"A": ["o1"], "B": ["o1", "o2"], "C": []}
    for name, colours in names.items():
        more = {f"q_{several.id}": colours, f"q_{formula.id}": "@SUM(A1)", f"q_{number.id}": "7", f"q_{yes.id}": "yes"}
        assert send(client, given_name=name, email=f"{name}@example.org", **more).status_code == 303
    with transaction():
        remove_question(actor=TESTER, now=NOW, edition=edition, question=db.session.get_one(Question, several.id))
    sign_in(client)

    def listed(answer: str) -> list[str]:
        page = client.get(f"{PEOPLE}?answer={answer}")
        assert page.status_code == 200
        return re.findall(r'id="name-\d+"[^>]*>Dahl, ([^<]+)</a>', page.text)

    assert listed(f"{several.id}:o1") == ["A", "B"]
    assert listed(f"{several.id}:o2") == ["B"]
    assert listed(f"{yes.id}:no") == []
    assert listed("999:o1") == []
    for odd in ("x", "1", ":", "1:%", "0:o1", f"{'9' * 30}:o1", "1:\x00"):
        assert client.get(PEOPLE, query_string={"answer": odd}).status_code == 422
    page = client.get(f"{PEOPLE}?answer={several.id}:o2").text
    assert f'<option value="{several.id}:o2" selected>Blue</option>' in page
    text = client.post(f"{PEOPLE}/export", data={"format": "csv", "answer": f"{several.id}:o1"}).data
    first, *rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert first[-4:] == ["Colours", "'=1+1", "How many?", "Lunch?"]
    assert [row[-4:] for row in rows] == [["Red", "'@SUM(A1)", "7", "Yes"], ["Red, Blue", "'@SUM(A1)", "7", "Yes"]]
    book = load_workbook(io.BytesIO(client.post(f"{PEOPLE}/export", data={"format": "xlsx"}).data))
    last = [cell.value for cell in list(book.active.iter_rows())[-1]][-4:]
    assert last == [None, "'@SUM(A1)", 7, "Yes"]


def test_statements_do_not_grow_with_answers(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        ids = [make_question(edition, Kind.CHOICE, f"Colour {number}").id for number in range(4)]
    sign_in(client)

    def count(path: str, method: str = "get", **data: Any) -> int:
        seen: list[str] = []
        db.session.remove()

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert getattr(client, method)(path, **data).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    def all_counts() -> list[int]:
        return [
            count("/manage/crosslinks/2024/form"),
            count(f"{PEOPLE}?answer={ids[0]}:o1"),
            count(f"{PEOPLE}/export", "post", data={"format": "csv"}),
        ]

    def add(people: int) -> None:
        for _ in range(people):
            with transaction():
                person = make_registration(edition)
                db.session.add_all(
                    Answer(registration_id=person.id, question_id=one, value="o1", picked="|o1|", answered_at=NOW)
                    for one in ids
                )

    add(3)
    all_counts()
    few = all_counts()
    add(60)
    assert all_counts() == few
