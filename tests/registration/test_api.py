"""The JSON twin of the form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import read_reference
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.models import Registration
from tests.conftest import NOW
from tests.factories import make_edition

URL = "/api/v1/crosslinks/2024/registrations"
GOOD: dict[str, Any] = {
    "given_name": "Łukasz",
    "family_name": "Ødegård",
    "email": "lukasz@example.org",
    "organisation": "Fjordbyen Hospital",
    "mode": "onsite",
    "profession": "health",
    "consent_privacy": True,
}


@pytest.fixture(autouse=True)
def edition(app: Flask) -> None:
    with transaction():
        make_edition(onsite=2)


def people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Registration)) or 0


def send(client: FlaskClient, **changes: Any) -> Any:
    return client.post(URL, json=GOOD | changes)


def test_a_place_then_a_position(client: FlaskClient) -> None:
    first = send(client)
    assert first.status_code == 201
    assert first.json["status"] == "confirmed"
    assert set(first.json) == {"status", "reference"}
    assert read_reference(first.json["reference"])
    send(client, email="b@example.org")
    third = send(client, email="c@example.org")
    assert (third.status_code, third.json["status"], third.json["position"]) == (201, "waiting", 1)
    person = db.session.scalars(select(Registration).order_by(Registration.id)).first()
    assert person is not None
    assert (person.name, person.name_key, person.source) == ("Łukasz Ødegård", "lukasz odegard", "api")


@pytest.mark.parametrize("filled", [False, True])
def test_a_known_address_is_answered_like_a_new_one(client: FlaskClient, filled: bool) -> None:
    send(client)
    send(client, email="someone@example.org" if filled else "lukasz@example.org")
    seen: list[list[str]] = []
    answers = []
    for number in range(2):
        statements: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *rest: Any, kept: list[str] = statements) -> None:
            kept.append(statement.split(maxsplit=1)[0] + statement.partition(" SET ")[0].partition("INTO")[2][:14])

        event.listen(db.engine, "before_cursor_execute", note)
        answers.append(send(client, email="new@example.org" if number else "LUKASZ@example.org"))
        event.remove(db.engine, "before_cursor_execute", note)
        seen.append(statements)
    known, new = answers
    assert known.status_code == new.status_code == 201
    assert known.json.keys() == new.json.keys()
    assert known.json["status"] == new.json["status"]
    assert known.json.get("position") == new.json.get("position")
    assert known.json["reference"] != new.json["reference"]
    assert len(seen[0]) == len(seen[1])
    writes = [sum(s.startswith(("INSERT", "UPDATE")) for s in statements) for statements in seen]
    assert writes[0] == writes[1] >= 5


def test_the_truth_goes_by_mail(client: FlaskClient) -> None:
    send(client)
    send(client, given_name="Mallory", family_name="Other")
    rows = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [row.kind for row in rows] == ["registration.confirmed", "registration.already"]
    assert "Mallory" not in json.dumps([row.to_name for row in rows] + [row.data for row in rows])
    assert people() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"given_name": ""}, "given_name"),
        ({"given_name": " \t "}, "given_name"),
        ({"family_name": "x" * 121}, "family_name"),
        ({"family_name": "a\x00b"}, "family_name"),
        ({"family_name": "a\u202eb"}, "family_name"),
        ({"email": "no-at-sign"}, "email"),
        ({"email": "a@b\x00.example.org"}, "email"),
        ({"email": f"{'x' * 250}@example.org"}, "email"),
        ({"email": ["a@example.org"]}, "email"),
        ({"organisation": None}, "organisation"),
        ({"organisation": "\ue000"}, "organisation"),
        ({"mode": "space"}, "mode"),
        ({"mode": 1}, "mode"),
        ({"profession": ""}, "profession"),
        ({"consent_privacy": False}, "consent_privacy"),
        ({"consent_privacy": "true"}, "consent_privacy"),
        ({"<script>": "x"}, "_unknown"),
    ],
)
def test_what_cannot_be_used_is_said_by_field_and_not_repeated(
    client: FlaskClient, changes: dict[str, Any], field: str
) -> None:
    answer = send(client, **changes)
    assert answer.status_code == 422
    error = answer.json["error"]
    assert set(error["fields"]) == {field}
    assert error["code"] == "payload.invalid"
    assert "<script>" not in answer.text
    assert "xxxx" not in answer.text
    assert people() == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"given_name": "\\ud800"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"given_name=A", "application/x-www-form-urlencoded", 415),
        (b'"' + b"x" * 1_000_001 + b'"', "application/json", 413),
    ],
)
def test_what_cannot_be_read_is_refused(client: FlaskClient, body: bytes, kind: str, status: int) -> None:
    answer = client.post(URL, data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.json["error"]["code"]
    assert people() == 0


def test_in_the_callers_language(client: FlaskClient) -> None:
    answer = client.post(URL, json=GOOD | {"given_name": ""}, headers={"Accept-Language": "nb"})
    assert answer.json["error"]["fields"]["given_name"] == "Dette mangler."


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({"state": EditionState.DRAFT}, 404, "edition.unpublished"),
        ({"state": EditionState.ARCHIVED}, 409, "edition.over"),
        ({"registration_opens_at": NOW.replace(hour=10)}, 409, "registration.not_open"),
        ({"registration_closes_at": NOW.replace(hour=8)}, 409, "registration.closed"),
        ({"ends_at": NOW.replace(hour=8), "starts_at": NOW.replace(hour=7)}, 409, "edition.over"),
    ],
)
def test_closed(client: FlaskClient, facts: dict[str, Any], status: int, code: str) -> None:
    with transaction():
        edition = get_edition("crosslinks", "2024")
        for name, value in facts.items():
            setattr(edition, name, value)
    answer = send(client)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert people() == 0


def test_unknown_addresses(client: FlaskClient) -> None:
    assert client.post("/api/v1/nothing/2024/registrations", json=GOOD).json["error"]["code"] == "conference.unknown"
    assert client.post("/api/v1/crosslinks/1999/registrations", json=GOOD).json["error"]["code"] == "edition.unknown"


def test_five_writes_an_hour_for_an_address(client: FlaskClient) -> None:
    answers = [send(client, email="Lukasz@EXAMPLE.org" if n % 2 else "lukasz@example.org") for n in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 60


def test_the_description_is_true(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    operation = document["paths"]["/api/v1/{conference}/{edition}/registrations"]["post"]
    assert {"201", "404", "409", "422", "429"} <= set(operation["responses"])
    schema = document["components"]["schemas"]["RegistrationPayload"]
    assert set(schema["required"]) == set(GOOD) - {"organisation"}
    assert schema["additionalProperties"] is False
    references = set(json.dumps(document).split('"#/components/schemas/')[1:])
    assert {reference.partition('"')[0] for reference in references} <= set(document["components"]["schemas"])
