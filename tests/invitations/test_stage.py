"""Speakers and moderators get a place and the role without filling a form."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.programme.models import Person
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from crosslinks.registration.rules import BadgeRole, Place
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import make_person, make_session, make_talk
from tests.registration.factories import make_registration

URL = "/manage/crosslinks/2024/invitations/stage"


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    """Two talks and a moderator, in a room that is full."""
    with transaction():
        made = make_edition(onsite=1)
        make_registration(made, email="kjent@example.org", role=BadgeRole.PARTICIPANT)
        speaker = make_person(made, "Ada", "Berg", email="ada@example.org", affiliation="Fjordbyen")
        silent = make_person(made, "Bo", "Dahl", email="")
        known = make_person(made, "Cy", "Elv", email="KJENT@example.org")
        odd = make_person(made, "Di", "Foss", email="no address")
        make_person(made, "Ei", "Utenfor", email="utenfor@example.org")
        session = make_session(made, "10:30", 60, moderators=[known, speaker])
        make_talk(made, session, "10:30", 20, speakers=[speaker, silent, odd])
    sign_in(client)
    return made


def people() -> dict[str, Registration]:
    db.session.rollback()
    return {one.given_name: one for one in db.session.scalars(select(Registration))}


def test_everybody_on_stage_and_once_only(client: FlaskClient, edition: Edition) -> None:
    page = client.get(URL)
    assert "Not registered" in page.text
    assert "Utenfor" not in page.text.split("<main")[1]
    answer = client.post(URL)
    assert answer.status_code == 200
    for words in ("Got a place", "Was registered, and got the role", "No mail can be sent to the address"):
        assert words in answer.text
    ada, bo = people()["Ada"], people()["Bo"]
    assert (ada.place, ada.role, ada.organisation) == (Place.ONSITE, BadgeRole.SPEAKER, "Fjordbyen")
    assert (bo.place, bo.email, bo.role) == (Place.ONSITE, "", BadgeRole.SPEAKER)
    assert people()["Åse"].role is BadgeRole.MODERATOR
    addresses = db.session.scalars(select(OutboxMail.to_address)).all()
    assert sorted(addresses) == ["ada@example.org", "kjent@example.org"]
    count = len(people())
    assert "Had both already" in client.post(URL).text
    assert len(people()) == count


def test_one_person_and_one_who_cancelled(client: FlaskClient, edition: Edition) -> None:
    ada = db.session.scalars(select(Person).where(Person.given_name == "Ada")).one()
    client.post(URL, data={"person": str(ada.id)})
    assert set(people()) == {"Åse", "Ada"}
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=people()["Ada"].id)
    assert "Has cancelled, and was left alone" in client.post(URL).text
    assert people()["Ada"].place is Place.NONE
    for typed in ("x", "²", "-1", "9" * 30, "\x00"):
        assert client.post(URL, data={"person": typed}).status_code == 422
    assert client.post(URL, data={"person": "999999"}).status_code == 200
