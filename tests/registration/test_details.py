"""What only organizers keep about somebody, and that it shows nowhere else."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.registration.details import (
    DETAIL_FIELDS,
    erase_details,
    export_details,
    get_details,
    read_details,
    save_details,
)
from crosslinks.registration.letters import LETTERS
from crosslinks.registration.links import place_token
from crosslinks.registration.models import PersonDetails, Registration
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.hostile import HOSTILE
from tests.registration.factories import make_registration

LIST = "/manage/crosslinks/2024/registrations"
SECRETS = {
    "mobile": "900 11 222", "travel": "SK4435 on 24 January", "hotel": "Hotel Nordlys", "dinner": "Yes, vegan",
    "note": "Knows the minister",
}  # fmt: skip


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        edition = make_edition()
    sign_in(client)
    return edition


@pytest.fixture
def person(edition: Edition) -> Registration:
    with transaction():
        return make_registration(edition, given_name="Ingrid", email="ingrid@example.org")


def typed(person: Registration, **more: str) -> dict[str, str]:
    facts = {"given_name": "Ingrid", "family_name": "Bakke", "email": "ingrid@example.org", "organisation": ""}
    return facts | {"role": "speaker", "profession": "health", "language": "en"} | more


def test_kept_shown_changed_and_forgotten(client: FlaskClient, person: Registration):
    url = f"{LIST}/{person.id}"
    assert client.post(url, data=typed(person, **SECRETS)).status_code == 303
    db.session.rollback()
    assert get_details(person.id) == SECRETS
    page = client.get(url).text
    assert all(value in page for value in SECRETS.values())
    assert "Details changed" in page
    assert export_details(registration_id=person.id) == SECRETS
    client.post(url, data=typed(person))
    db.session.rollback()
    assert db.session.scalars(select(PersonDetails)).all() == []


def test_typed_with_somebody_added_by_hand(client: FlaskClient, edition: Edition):
    sent = {"given_name": "Kari", "role": "press", "profession": "other", "language": "nb", "mode": "onsite"}
    assert client.post(f"{LIST}/new", data=sent | SECRETS).status_code == 303
    db.session.rollback()
    assert list(read_details(edition.id).values()) == [list(SECRETS.values())]


def test_it_shows_on_no_other_page_and_in_no_mail(client: FlaskClient, edition: Edition, person: Registration):
    with transaction():
        save_details(actor=TESTER, now=NOW, registration_id=person.id, **SECRETS)
    own = f"/r/{place_token(person)}"
    pages = [client.get(url).text for url in (own, f"{own}/name", f"{own}/address", LIST, "/crosslinks/2024/")]
    letters = [LETTERS[mail.kind](read_letter(mail)) for mail in db.session.scalars(select(OutboxMail))]
    told = "".join([*pages, *(letter.text + letter.html for letter in letters)])
    assert letters
    assert not any(value in told for value in SECRETS.values())


def test_erased_with_the_person(person: Registration):
    with transaction():
        save_details(actor=TESTER, now=NOW, registration_id=person.id, note="x")
        erase_details(registration_id=person.id)
        erase_details(registration_id=person.id)
    assert get_details(person.id) == dict.fromkeys(DETAIL_FIELDS, "")


def test_hostile_text_is_kept_whole_or_refused_in_words(client: FlaskClient, person: Registration):
    url = f"{LIST}/{person.id}"
    for text in HOSTILE:
        sent = text.encode("utf-8", "replace").decode()
        answer = client.post(url, data=typed(person, **dict.fromkeys(DETAIL_FIELDS, sent)))
        assert answer.status_code in {303, 422}, text
        page = client.get(url).text if answer.status_code == 303 else answer.text
        for broken_out in ("<script>alert", "<svg/onload", "<img src=x"):
            assert broken_out not in page
        assert not re.search(r">\s*49\s*<", page)
