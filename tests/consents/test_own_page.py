"""The personal page of consents: what one agreed to, to withdraw and to give."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.consents.models import ConsentEntry
from crosslinks.consents.operations import set_asked
from crosslinks.consents.queries import list_present
from crosslinks.consents.rules import Purpose, Topic
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from tests.consents.factories import ask, asking_sponsor, say
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import make_registration

PHOTO = Topic(Purpose.PHOTO)


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        edition = make_edition()
        ask(edition)
        return edition


@pytest.fixture
def person(edition: Edition) -> Registration:
    with transaction():
        person = make_registration(edition, given_name="Ingrid")
        say(edition, person.id, PHOTO)
        return person


def url(person: Registration) -> str:
    return f"/r/{place_token(person)}/consents"


def given(person: Registration) -> set[str]:
    db.session.rollback()
    return {topic.field for topic, one in list_present(person.id).items() if one.given}


def traces() -> tuple[int | None, int | None]:
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in (ConsentEntry, AuditEntry))


def test_looking_twice_changes_nothing(client: FlaskClient, person: Registration):
    before = traces()
    for _ in range(2):
        page = client.get(url(person))
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
    assert traces() == before
    assert "You agreed on 18\u00a0January\u00a02024" in page.text
    assert "You may show photographs" in page.text


def test_withdrawn_and_given_again_with_one_button_each(client: FlaskClient, person: Registration):
    answer = client.post(url(person), data={"topic": "consent_photo", "act": "withdraw"})
    assert answer.status_code == 303
    assert given(person) == set()
    page = client.get(answer.headers["Location"]).text
    assert "Withdrawn. It counts from now on." in page
    assert "You withdrew it on 18\u00a0January\u00a02024" in page
    assert re.search(r"You withdrew: Photographs", page)
    client.post(url(person), data={"topic": "consent_photo", "act": "give"})
    client.post(url(person), data={"topic": "consent_list", "act": "give"})
    assert given(person) == {"consent_photo", "consent_list"}
    entries = db.session.scalars(select(ConsentEntry).order_by(ConsentEntry.id.desc())).all()
    assert (len(entries), entries[0].actor_kind, entries[0].actor_id) == (4, "registrant", str(person.id))


def test_the_same_button_twice_writes_once(client: FlaskClient, person: Registration):
    for _ in range(2):
        assert client.post(url(person), data={"topic": "consent_photo", "act": "withdraw"}).status_code == 303
    assert traces()[0] == 2


def test_also_after_cancelling_and_when_asked_no_more(client: FlaskClient, edition: Edition, person: Registration):
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
        set_asked(
            actor=TESTER, now=NOW, conference_id=edition.conference_id, edition_id=edition.id, purpose=Purpose.PHOTO,
            asked=False, texts={},
        )  # fmt: skip
    assert "/consents" in client.get(f"/r/{place_token(person)}").text
    assert "You agreed on" in client.get(url(person)).text
    assert client.post(url(person), data={"topic": "consent_photo", "act": "withdraw"}).status_code == 303
    assert given(person) == set()
    assert client.post(url(person), data={"topic": "consent_photo", "act": "give"}).status_code == 303


@pytest.mark.parametrize(
    "topic", ["", "consent_privacy", "consent_sponsor_5", "consent_sponsor_99999999999", "\x00", "ø" * 9999]
)
@pytest.mark.parametrize("act", ["give", "withdraw", "", "\x00", "GIVE"])
def test_what_is_not_asked_is_refused(client: FlaskClient, person: Registration, topic: str, act: str):
    before = traces()
    assert client.post(url(person), data={"topic": topic, "act": act}).status_code == 422
    assert traces() == before


def test_another_editions_sponsor_cannot_be_agreed_to(client: FlaskClient, edition: Edition, person: Registration):
    with transaction():
        other = make_edition(edition.conference, slug="2025", number=17)
        sponsor = asking_sponsor(other)
    assert client.post(url(person), data={"topic": f"consent_sponsor_{sponsor.id}", "act": "give"}).status_code == 422


def test_a_link_that_is_none_opens_nothing(client: FlaskClient, person: Registration):
    wrong = url(person).replace("/r/", "/r/A", 1)
    assert client.get(wrong).status_code == 404
    assert client.post(wrong, data={"topic": "consent_photo", "act": "withdraw"}).status_code == 404
    assert given(person) == {"consent_photo"}


def test_the_place_offers_it_only_where_there_is_something(client: FlaskClient, app: Flask):
    with transaction():
        edition = make_edition()
        person = make_registration(edition)
    assert "/consents" not in client.get(f"/r/{place_token(person)}").text
    assert "Nothing is asked of you here." in client.get(url(person)).text
    with transaction():
        asking_sponsor(db.session.merge(edition))
    assert "/consents" in client.get(f"/r/{place_token(person)}").text


def test_in_norwegian(client: FlaskClient, person: Registration):
    page = client.get(url(person) + "?lang=nb").text
    assert "Du samtykket 18.\u00a0januar\u00a02024" in page
    assert 'lang="en"' in page
    assert "Navnet og arbeidsstedet mitt kan stå i deltakerlisten." in page
