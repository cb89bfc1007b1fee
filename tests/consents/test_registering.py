"""Agreeing while registering: the form and its JSON twin, and that a known address costs and gets the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select

from crosslinks.consents.models import ConsentEntry, ConsentText
from crosslinks.consents.queries import list_present
from crosslinks.consents.rules import Purpose, Topic
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.models import Registration
from tests.consents.factories import ask, asking_sponsor
from tests.factories import make_edition
from tests.registration.test_form import GOOD

PHOTO = Topic(Purpose.PHOTO)
API = "/api/v1/crosslinks/2024/registrations"
FORM = "/crosslinks/2024/register"


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        edition = make_edition()
        ask(edition)
        return edition


@pytest.fixture
def sponsor_field(edition: Edition) -> str:
    with transaction():
        return f"consent_sponsor_{asking_sponsor(edition, 'Nordvik Biotech').id}"


def fill(client: FlaskClient, **more: str) -> Any:
    return client.post(FORM, data=GOOD | more)


def payload(**more: Any) -> dict[str, Any]:
    return {
        "given_name": "Ingrid", "family_name": "Bakke", "email": "ingrid@example.org", "mode": "onsite",
        "profession": "other", "consent_privacy": True, **more,
    }  # fmt: skip


def person(email: str) -> Registration:
    db.session.rollback()
    return db.session.scalars(select(Registration).where(Registration.email == email)).one()


def agreed(email: str) -> set[str]:
    return {topic.field for topic, one in list_present(person(email).id).items() if one.given}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is sent to the database, by its first word and table."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_the_form_asks_each_by_itself_and_none_is_ticked(client: FlaskClient, edition: Edition, sponsor_field: str):
    page = client.get(FORM).text
    for field in ("consent_photo", "consent_list", "consent_next", sponsor_field):
        box = page[page.index(f'name="{field}"') - 80 : page.index(f'name="{field}"') + 80]
        assert "checked" not in box
    assert "Nordvik Biotech may contact me" in page


def test_an_edition_that_asks_nothing_has_no_boxes(client: FlaskClient, app: Flask):
    with transaction():
        make_edition()
    page = client.get(FORM).text
    assert "consent_photo" not in page
    assert "consent_privacy" in page


def test_what_is_ticked_is_kept_in_its_words(client: FlaskClient, edition: Edition, sponsor_field: str):
    answer = fill(client, **{"email": "kari@example.org", "consent_photo": "y", sponsor_field: "y"})
    assert answer.status_code == 303
    assert agreed("kari@example.org") == {"consent_photo", sponsor_field}
    entry = db.session.scalars(select(ConsentEntry).where(ConsentEntry.purpose == Purpose.SPONSOR)).one()
    assert "Nordvik Biotech" in entry.text.texts["en"]
    assert (entry.language, entry.actor_kind) == ("en", "visitor")


def test_a_form_with_mistakes_keeps_the_ticks(client: FlaskClient, edition: Edition, sponsor_field: str):
    page = fill(client, **{"email": "", sponsor_field: "y"})
    assert page.status_code == 422
    assert f'name="{sponsor_field}" value="y" checked' in page.text
    assert 'name="consent_photo" value="y">' in page.text


@pytest.mark.parametrize(
    "field", ["consent_sponsor_999", "consent_sponsor_x", "consent_sponsor_", "consent_\x00", "consent_"]
)
def test_a_box_that_is_not_asked_is_passed_over(client: FlaskClient, edition: Edition, field: str):
    assert fill(client, **{"email": "kari@example.org", field: "y"}).status_code == 303
    assert agreed("kari@example.org") == set()


def test_a_sponsor_of_another_edition_cannot_be_agreed_to(client: FlaskClient, edition: Edition):
    with transaction():
        other = make_edition(edition.conference, slug="2025", number=17)
        field = f"consent_sponsor_{asking_sponsor(other).id}"
    assert fill(client, **{"email": "kari@example.org", field: "y"}).status_code == 303
    assert agreed("kari@example.org") == set()
    refused = client.post(API, json=payload(**{field: True}))
    assert refused.status_code == 422
    assert refused.json["error"]["fields"] == {field: "This is not asked here."}


def test_the_json_twin_takes_the_same_names(client: FlaskClient, edition: Edition, sponsor_field: str):
    sent = payload(consent_photo=True, consent_list=False, consent_next=True, **{sponsor_field: True})
    assert client.post(API, json=sent).status_code == 201
    assert agreed("ingrid@example.org") == {"consent_photo", "consent_next", sponsor_field}


@pytest.mark.parametrize("value", ["yes", 1, None, [], {}, "true"])
def test_json_takes_only_yes_and_no(client: FlaskClient, edition: Edition, sponsor_field: str, value: Any):
    for field in (sponsor_field, "consent_photo"):
        answer = client.post(API, json=payload(**{field: value}))
        assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, [field])
    assert db.session.scalars(select(Registration)).all() == []


def test_json_says_what_is_not_asked(client: FlaskClient, app: Flask):
    with transaction():
        make_edition()
    assert client.post(API, json=payload(consent_photo=False, consent_sponsor_5=False)).status_code == 201
    for field in ("consent_photo", "consent_sponsor_5", "consent_sponsor_x"):
        answer = client.post(API, json=payload(**{field: True}))
        assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, [field])


@pytest.mark.parametrize(
    "body",
    [
        b'["consent_sponsor_1"]',
        b'{"consent_sponsor_1": tru',
        b'"consent_sponsor_"',
        b"[" * 100_000 + b'"consent_sponsor_',
    ],
)
def test_what_is_not_json_is_refused(client: FlaskClient, edition: Edition, body: bytes):
    answer = client.post(API, data=body, content_type="application/json")
    assert answer.status_code in {400, 422}


def test_a_known_address_writes_as_much_and_agrees_to_nothing(
    client: FlaskClient, edition: Edition, sponsor_field: str
):
    ticks = {"consent_photo": True, sponsor_field: True}
    assert client.post(API, json=payload(email="first@example.org", **ticks)).status_code == 201
    with statements() as new:
        answer = client.post(API, json=payload(**ticks))
    assert client.post(API, json=payload(email="ticked@example.org")).status_code == 201
    with statements() as known:
        again = client.post(API, json=payload(email="ticked@example.org", **ticks))
    assert (answer.status_code, answer.json.keys()) == (again.status_code, again.json.keys())
    assert len(new) == len(known)
    assert sum(is_write(one) for one in new) == sum(is_write(one) for one in known)
    assert agreed("ticked@example.org") == set()
    assert len(db.session.scalars(select(ConsentText)).all()) == 2


def is_write(statement: str) -> bool:
    return statement.lstrip().split(None, 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}


def test_nothing_more_is_asked_or_written_when_nothing_is_ticked(
    client: FlaskClient, edition: Edition, sponsor_field: str
):
    with statements() as seen:
        assert client.post(API, json=payload()).status_code == 201
    assert [one for one in seen if re.search(r"(from|into|update) (consent|sponsor)", one.lower())] == []
