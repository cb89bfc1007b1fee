"""The personal link: what it shows, what it allows, and that looking changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import show_reference
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place, Receipt
from tests.conftest import NOW
from tests.factories import make_edition
from tests.registration.factories import take_place


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(onsite=2, digital=2)


@pytest.fixture
def place(edition: Edition) -> Receipt:
    with transaction():
        return take_place(edition, given_name="Ingrid", family_name="Bakke")


def person(receipt: Receipt) -> Registration:
    db.session.rollback()
    return db.session.get_one(Registration, receipt.registration_id, populate_existing=True)


def url(receipt: Receipt, deed: str = "") -> str:
    return f"/r/{place_token(person(receipt))}{deed}"


def traces() -> tuple[int | None, int | None]:
    db.session.rollback()
    return (
        db.session.scalar(select(func.count()).select_from(OutboxMail)),
        db.session.scalar(select(func.count()).select_from(AuditEntry)),
    )


DEEDS = ("", "/switch", "/switch?to=digital", "/cancel", "/name", "/assistance", "/calendar.ics")


@pytest.mark.parametrize("deed", DEEDS)
def test_looking_changes_nothing_and_tells_nobody(client: FlaskClient, place: Receipt, deed: str) -> None:
    before = traces()
    answer = client.get(url(place, deed))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert traces() == before
    assert person(place).place is Place.ONSITE


def test_the_page_of_a_place(client: FlaskClient, place: Receipt) -> None:
    page = client.get(url(place)).text
    assert "Confirmed, in the room" in page
    assert "Your place, Ingrid" in page
    assert show_reference(place.reference) in page
    assert re.search(r'<path fill="#000" d="M4 4h7', page)
    assert "ticket.pdf" in page
    order = [page.index(words) for words in ("Follow the stream instead", "Correct your name", "I can’t come")]
    assert order == sorted(order)


def test_switch_and_back(client: FlaskClient, place: Receipt) -> None:
    asked = client.get(url(place, "/switch")).text
    assert asked.count("<form") == 1
    assert "Follow the stream instead?" in asked
    answer = client.post(url(place, "/switch"), data={"to": "digital"})
    assert answer.status_code == 303
    assert "Confirmed, on the stream" in client.get(answer.headers["Location"]).text
    assert person(place).place is Place.DIGITAL
    client.post(url(place, "/switch"), data={"to": "digital"})
    client.post(url(place, "/switch"), data={"to": "onsite"})
    assert person(place).place is Place.ONSITE
    kinds = db.session.scalars(select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds == ["registration.confirmed", "registration.switched", "registration.switched"]


def test_waiting_with_and_without_the_stream(client: FlaskClient, edition: Edition, place: Receipt) -> None:
    with transaction():
        take_place(edition)
        waits = take_place(edition)
    assert "Number 1 in line for the room" in client.get(url(waits)).text
    client.post(url(waits, "/switch"), data={"to": "digital", "meanwhile": "1"})
    assert (person(waits).place, person(waits).wants) == (Place.DIGITAL, Place.ONSITE)
    page = client.get(url(waits)).text
    assert "Confirmed, on the stream. Number 1 in line for the room" in page
    assert re.search(r"Leave the line <[^>]*>\(Stay on the stream\)", page)
    assert ">Leave the line<" in client.get(url(waits, "/switch?to=digital")).text
    client.post(url(waits, "/switch"), data={"to": "digital"})
    assert person(waits).wants is Place.NONE
    client.post(url(waits, "/switch"), data={"to": "onsite"})
    assert person(waits).wants is Place.ONSITE
    client.post(url(place, "/cancel"))
    assert (person(waits).place, person(waits).wants) == (Place.ONSITE, Place.NONE)


def test_the_badge_is_named_to_those_who_may_get_one(client: FlaskClient, edition: Edition, place: Receipt) -> None:
    with transaction():
        watches = take_place(edition, Mode.DIGITAL)
    for deed in ("", "/name"):
        assert "It is printed on your badge." in client.get(url(place, deed)).text
        assert "printed on your badge" not in client.get(url(watches, deed)).text


def test_the_way_back_with_places_comes_first(client: FlaskClient, edition: Edition, place: Receipt) -> None:
    client.post(url(place, "/cancel"))
    again = [f"Take a place {where} again" for where in ("in the room", "on the stream")]
    page = client.get(url(place)).text
    assert page.index(again[0]) < page.index(again[1])
    with transaction():
        take_place(edition)
        take_place(edition)
    page = client.get(url(place)).text
    assert page.index(again[1]) < page.index(again[0])


def test_cancel_and_come_back(client: FlaskClient, place: Receipt) -> None:
    link = url(place)
    answer = client.post(f"{link}/cancel")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "Your registration is cancelled. You are welcome back" in page
    assert f'action="{link}/return"' in page
    before = traces()
    for deed in DEEDS[:-1]:
        assert "welcome back" in client.get(link + deed).text
    for deed in ("/cancel", "/switch", "/name", "/assistance"):
        client.post(link + deed, data={"given_name": "A", "family_name": "B"})
    assert traces() == before


def test_a_name_is_corrected_without_a_mail(client: FlaskClient, place: Receipt) -> None:
    before, seq = traces(), person(place).roster_seq
    answer = client.post(
        url(place, "/name"), data={"given_name": "Ingrid", "family_name": "Solheim  Bakke", "organisation": "Lillevik"}
    )
    assert answer.status_code == 303
    changed = person(place)
    assert (changed.name, changed.organisation, changed.name_key) == (
        "Ingrid Solheim Bakke",
        "Lillevik",
        "ingrid solheim bakke",
    )
    assert changed.roster_seq > seq
    assert changed.rev == 1
    assert traces()[0] == before[0]
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_kind, entry.actor_id) == (
        "registration.renamed",
        "registrant",
        str(place.registration_id),
    )
    refused = client.post(url(place, "/name"), data={"given_name": "", "family_name": "<b>"})
    assert refused.status_code == 422
    assert "&lt;b&gt;" in refused.text
    assert person(place).family_name == "Solheim Bakke"


def test_assistance(client: FlaskClient, place: Receipt) -> None:
    client.post(url(place, "/assistance"), data={"needs_assistance": "y"})
    assert person(place).needs_assistance
    assert "You told us that you need assistance." in client.get(url(place)).text
    client.post(url(place, "/assistance"), data={"csrf_token": ""})
    assert not person(place).needs_assistance


def test_the_calendar_file(client: FlaskClient, place: Receipt) -> None:
    answer = client.get(url(place, "/calendar.ics"))
    assert answer.mimetype == "text/calendar"
    event = Calendar.from_ical(answer.data).events[0]
    assert event["summary"] == "Cancer Crosslinks 2024"
    assert event["dtstart"].dt.utcoffset().total_seconds() == 3600
    assert "/r/" not in answer.text


@pytest.mark.parametrize("change", ["short", "long", "flipped", "other", "epoch", "empty", "hostile"])
def test_any_other_token_opens_nothing(client: FlaskClient, edition: Edition, place: Receipt, change: str) -> None:
    token = place_token(person(place))
    if change == "epoch":
        with transaction():
            db.session.get_one(Registration, place.registration_id).epoch += 1
    flipped = token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]
    tried = {
        "short": token[:-1],
        "long": token + "A",
        "flipped": flipped,
        "other": "_" * 30,
        "epoch": token,
        "empty": "%20",
        "hostile": "%00%ff",
    }[change]
    for deed in DEEDS:
        answer = client.get(f"/r/{tried}{deed}")
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"
        if tried != "%00%ff":
            assert "This link does not open anything" in answer.text
    assert client.post(f"/r/{tried}/cancel").status_code == 404


def test_guessing_ends(client: FlaskClient, place: Receipt) -> None:
    answers = [client.get(f"/r/{'A' * 29}{letter}").status_code for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"]
    assert answers.count(404) == 30
    assert answers[-1] == 429
    assert client.get(url(place)).status_code == 200


def test_after_the_day_nothing_can_be_given_back(client: FlaskClient, edition: Edition, place: Receipt) -> None:
    with transaction():
        found = db.session.get_one(Edition, edition.id)
        found.starts_at, found.ends_at = NOW.replace(hour=6), NOW.replace(hour=7)
    page = client.get(url(place)).text
    assert "I can’t come" not in page
    before = traces()
    for deed in ("/switch", "/cancel"):
        for answer in (client.get(url(place, deed)), client.post(url(place, deed))):
            assert answer.status_code == 409
            assert "This edition is over" in answer.text
    assert traces() == before
    assert person(place).place is Place.ONSITE


@pytest.mark.parametrize("to", ["balcony", "none", "\x00", "onsite\n"])
def test_there_is_no_such_mode(client: FlaskClient, place: Receipt, to: str) -> None:
    assert client.post(url(place, "/switch"), data={"to": to}).status_code == 404
    assert person(place).place is Place.ONSITE


def test_forms_carry_a_secret(app: Flask, place: Receipt) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    visitor: Any = app.test_client()
    assert visitor.post(url(place, "/cancel")).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(url(place, "/cancel")).text)
    assert token
    assert visitor.post(url(place, "/cancel"), data={"csrf_token": token[1]}).status_code == 303
    assert person(place).cancelled_at is not None


def test_a_digital_place_shows_no_code(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        receipt = take_place(edition, Mode.DIGITAL)
    page = client.get(url(receipt)).text
    assert 'class="qr"' not in page
    assert "ticket.pdf" not in page
    assert show_reference(receipt.reference) in page
