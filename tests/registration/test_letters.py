"""What participants are written, in both languages."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from icalendar import Calendar
from PIL import Image
from sqlalchemy import select

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import Letter, Rendered
from crosslinks.registration.address_change import ask_for_address
from crosslinks.registration.letters import LETTERS
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel, reissue_ticket, set_capacity, switch_mode
from crosslinks.registration.queries import find_present_ticket, get_by_link_token
from crosslinks.registration.returning import send_place_link
from crosslinks.registration.rules import Source
from crosslinks.registration.tickets import read_ticket_text, verify
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import take_place

HOSTILE = "<script>alert(1)</script>"


def letters() -> list[Letter]:
    rows = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    return [
        Letter(
            row.kind, row.language, row.to_address, row.to_name, row.data, row.message_id, row.edition_id,
            row.registration_id, row.account_id,
        )
        for row in rows
    ]  # fmt: skip


def rendered(kind: str, *, last: bool = True) -> Rendered:
    found = [letter for letter in letters() if letter.kind == f"registration.{kind}"]
    return LETTERS[found[-1 if last else 0].kind](found[-1 if last else 0])


def live_through_everything(language: str = "en") -> Edition:
    """Leave one letter of each kind, and more than one way of being placed."""
    with transaction():
        edition = make_edition(onsite=1, theme={"en": "Bridging", "nb": "Broer"})
        first = take_place(edition, given_name="Ingrid", language=language)
        second = take_place(edition, given_name="Ola", language=language, meanwhile_digital=True)
        take_place(edition, Mode.DIGITAL, given_name="Kari", language=language)
        take_place(edition, email="guest.1@example.org", given_name="Twice", language=language)
        take_place(edition, email="guest.1@example.org", given_name="Twice", language=language)
    with transaction():
        common = {"actor": TESTER, "now": NOW, "registration_id": first.registration_id}
        ask_for_address(**common, email="new@example.org")
        ask_for_address(**common, email="guest.1@example.org")
        send_place_link(now=NOW, edition_id=edition.id, email="guest.1@example.org")
    with transaction():
        switch_mode(actor=TESTER, now=NOW, registration_id=first.registration_id, to=Mode.DIGITAL)
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=9)
        cancel(actor=TESTER, now=NOW, registration_id=second.registration_id)
    return edition


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_letter_in_both_languages(app: Flask, language: str) -> None:
    live_through_everything(language)
    kinds = {letter.kind for letter in letters()}
    assert kinds == set(LETTERS)
    for letter in letters():
        message = LETTERS[letter.kind](letter)
        assert message.subject
        assert "Cancer Crosslinks 2024" in message.subject
        assert message.language == language
        assert ("25. januar 2024" if language == "nb" else "25 January 2024") in message.subject
        for body in (message.text, message.html):
            assert settings().base_url in body
        assert "{{" not in message.text + message.html


def test_the_code_in_the_mail_is_the_ticket(app: Flask) -> None:
    with transaction():
        edition = make_edition()
        receipt = take_place(edition)
    message = rendered("confirmed")
    picture = next(part for part in message.attachments if part.content_id)
    assert f"cid:{picture.content_id}" in message.html
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.content)).convert("L"))
    ticket_id, signature = read_ticket_text(code.text)
    found = find_present_ticket(receipt.registration_id)
    assert found is not None
    assert found.ticket_id == ticket_id
    assert verify(ticket_id, signature, edition.uuid, edition.ticket_public_key)
    assert receipt.reference[:4] + "-" + receipt.reference[4:] in message.text
    token = message.text.partition("/r/")[2].split()[0]
    assert get_by_link_token(token).id == receipt.registration_id


def test_rows_hold_neither_ticket_nor_link(app: Flask) -> None:
    live_through_everything()
    people = db.session.scalars(select(Registration)).all()
    rows = repr([row.data for row in db.session.scalars(select(OutboxMail))])
    for person in people:
        assert place_token(person) not in rows
        assert person.reference not in rows
        assert person.email not in rows


def test_a_preview_shows_neither_ticket_nor_link(app: Flask) -> None:
    live_through_everything()
    for letter in letters():
        message = LETTERS[letter.kind](replace(letter, preview=True))
        person = db.session.get_one(Registration, letter.registration_id)
        assert place_token(person) not in message.text + message.html
        assert not [part for part in message.attachments if part.media_type == "image/png"]


def test_a_replaced_ticket_is_mailed_anew(app: Flask) -> None:
    with transaction():
        receipt = take_place(make_edition())
    before = rendered("confirmed").attachments
    with transaction():
        reissue_ticket(actor=TESTER, now=NOW, registration_id=receipt.registration_id)
    person = db.session.get_one(Registration, receipt.registration_id)
    assert sorted(ticket.replaced_at is None for ticket in person.tickets) == [False, True]
    assert rendered("confirmed").attachments[-1] != before[-1]


def test_hostile_names_stay_text(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        for _ in range(2):
            take_place(edition, given_name=HOSTILE, family_name="{{ 7 * 7 }}")
        take_place(edition, email="guest.9@example.org", given_name=HOSTILE)
        take_place(edition, email="guest.9@example.org")
    for letter in letters():
        message = LETTERS[letter.kind](letter)
        assert HOSTILE not in message.html
        assert "&lt;script&gt;" in message.html
        assert "\n" not in message.subject


def test_the_calendar_file_keeps_its_identity(app: Flask) -> None:
    with transaction():
        receipt = take_place(make_edition())
    event = Calendar.from_ical(rendered("confirmed").attachments[0].content).events[0]
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=receipt.registration_id)
    gone = Calendar.from_ical(rendered("cancelled").attachments[0].content).events[0]
    assert event["uid"] == gone["uid"]
    assert (event["status"], gone["status"]) == ("CONFIRMED", "CANCELLED")
    assert gone["sequence"] > event["sequence"]
    assert event["dtstart"].params["tzid"] == "Europe/Oslo"
    assert event["dtstart"].dt.hour == 10


def test_waiting_tells_of_the_digital_place(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=0)
        take_place(edition, meanwhile_digital=True)
        take_place(edition)
    assert "Meanwhile you have a place on the stream." in rendered("waiting", last=False).text
    assert "Meanwhile" not in rendered("waiting").text
    assert "number 2" in rendered("waiting").subject
    assert db.session.scalars(select(Registration.source)).first() is Source.FORM
