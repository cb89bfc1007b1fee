"""A contact person registers colleagues on the public page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.invitations.models import Group, GroupMember
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from tests.factories import make_edition
from tests.registration.factories import take_place

URL = "/crosslinks/2024/register/group"
CONTACT = {
    "contact_name": "Inger Leder", "contact_email": "leder@example.org", "organisation": "Fjordbyen",
    "consent_privacy": "y", "rows": "3",
}  # fmt: skip


def rows(*people: tuple[str, str, str, str]) -> dict[str, str]:
    names = ("given_name", "family_name", "email", "mode")
    return {
        f"p{number}-{name}": value
        for number, person in enumerate(people)
        for name, value in zip(names, person, strict=True)
    }


ASE = ("Åse", "Bø", "aase@example.org", "onsite")
PER = ("Per", "Li", "per@example.org", "digital")


@pytest.fixture(autouse=True)
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(onsite=2)


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def letters(app: Flask) -> dict[str, Any]:
    """Return every mail, rendered, by address."""
    made = app.extensions["crosslinks.letters"]
    found = {}
    for mail in db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all():
        letter = read_letter(mail)
        found[mail.to_address] = made[letter.kind](letter)
    return found


def test_each_gets_a_place_and_a_mail_of_their_own(client: FlaskClient, app: Flask) -> None:
    page = client.get(URL)
    assert page.status_code == 200
    assert len(re.findall(r"<fieldset class=\"colleague\"", page.text)) == 3
    assert URL in client.get("/crosslinks/2024/register").text
    answer = client.post(URL, data=CONTACT | rows(ASE, PER))
    assert answer.status_code == 303
    after = client.get(answer.headers["Location"])
    assert "Your colleagues get their mails now" in after.text
    people = db.session.scalars(select(Registration).order_by(Registration.id)).all()
    assert [(one.name, one.place, one.organisation) for one in people] == [
        ("Åse Bø", Place.ONSITE, "Fjordbyen"), ("Per Li", Place.DIGITAL, "Fjordbyen"),
    ]  # fmt: skip
    mails = letters(app)
    assert set(mails) == {"aase@example.org", "per@example.org", "leder@example.org"}
    for address in ("aase@example.org", "per@example.org"):
        assert "Inger Leder registered you." in mails[address].text
        assert "Inger Leder registered you." in mails[address].html
        assert "/cancel" in mails[address].text
    summary = mails["leder@example.org"].text
    assert "Åse Bø: In the room" in summary
    assert "Per Li: Stream" in summary
    assert "/r/" not in summary
    assert "onfirmed" not in summary
    group = db.session.scalars(select(Group)).one()
    assert [member.name for member in group.members] == ["Åse Bø", "Per Li"]


def test_a_known_address_is_not_told_to_the_contact(client: FlaskClient, edition: Edition, app: Flask) -> None:
    with transaction():
        take_place(edition, email="aase@example.org", given_name="Real", family_name="Name")
    before = count(OutboxMail)
    known = client.post(URL, data=CONTACT | rows(ASE, PER))
    after_known = count(OutboxMail)
    new = client.post(
        URL,
        data=CONTACT
        | {"contact_email": "other@example.org"}
        | rows(("Ny", "En", "ny@example.org", "onsite"), ("Ny", "To", "to@example.org", "digital")),
    )
    assert (known.status_code, known.headers["Location"]) == (new.status_code, new.headers["Location"])
    assert after_known - before == count(OutboxMail) - after_known == 3
    assert count(GroupMember) == 4
    mails = letters(app)
    assert "Inger Leder has just registered you" in mails["aase@example.org"].text
    assert "Nothing has changed" in mails["aase@example.org"].text
    assert "Real" not in mails["leder@example.org"].text
    assert "Åse Bø: In the room" in mails["leder@example.org"].text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Name at least one person"),
        (rows(("Åse", "", "aase@example.org", "onsite")), "Write the family name"),
        (rows(ASE, ("Per", "Li", "per", "digital")), "The @ is missing"),
        (rows(ASE, ("Per", "Li", "AASE@example.org", "digital")), "stands in another row"),
        (rows(ASE, ("Per", "Li", "per@example.org", "moon")), "Choose the room or the stream"),
        (rows(ASE) | {"contact_name": "See https://x.example"}, "Write a name, without an address in it"),
        (rows(ASE) | {"contact_email": ""}, "Write your e-mail address"),
        (rows(ASE) | {"consent_privacy": ""}, "Tick this to go on"),
    ],
)
def test_all_rows_or_nobody(client: FlaskClient, changes: dict[str, str], words: str) -> None:
    answer = client.post(URL, data=CONTACT | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert (count(Registration), count(OutboxMail), count(Group)) == (0, 0, 0)
    for typed in changes.values():
        if typed and typed not in {"moon", ""}:
            assert typed in answer.text


def test_more_rows_without_script(client: FlaskClient) -> None:
    page = client.post(URL, data=CONTACT | rows(ASE) | {"add": "1"})
    assert page.status_code == 200
    assert page.text.count('class="colleague"') == 6
    assert 'value="aase@example.org"' in page.text
    assert count(Registration) == 0
    page = client.post(URL, data=CONTACT | {"rows": "24", "add": "1"})
    assert page.text.count('class="colleague"') == 25
    assert 'name="add"' not in page.text
    for typed in ("999", "-1", "²", "x" * 5000, ""):
        assert client.post(URL, data=CONTACT | {"rows": typed, "add": "1"}).text.count('class="colleague"') <= 25


def test_a_full_room_and_twenty_five(client: FlaskClient) -> None:
    people = [("Kari", f"Nr {number}", f"k{number}@example.org", "onsite") for number in range(25)]
    assert client.post(URL, data=CONTACT | {"rows": "25"} | rows(*people)).status_code == 303
    places = db.session.scalars(select(Registration.place).order_by(Registration.id)).all()
    assert places == [Place.ONSITE] * 2 + [Place.NONE] * 23


def test_closed_and_rates(client: FlaskClient, edition: Edition) -> None:
    for _ in range(3):
        assert client.post(URL, data=CONTACT | rows(ASE)).status_code == 303
    assert client.post(URL, data=CONTACT | rows(ASE)).status_code == 429
    with transaction():
        db.session.get_one(Edition, edition.id).state = EditionState.ARCHIVED
    assert client.get(URL).status_code == 409
    assert client.post(URL, data=CONTACT | rows(ASE)).status_code == 409


def test_programs_are_asked_a_question(client: FlaskClient) -> None:
    answer = client.post(URL, data=CONTACT | rows(ASE) | {"website": "x"})
    assert (answer.status_code, "How much is" in answer.text) == (422, True)
    assert count(Registration) == 0
