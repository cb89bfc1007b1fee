"""Freed places that are offered for some hours: taken, declined, lapsed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Gone
from crosslinks.kernel.tokens import LinkKind
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.answer_letters import LETTERS
from crosslinks.registration.corrections import change_email
from crosslinks.registration.jobs import lapse
from crosslinks.registration.letters import LETTERS as PLACE_LETTERS
from crosslinks.registration.links import answer_path, answer_token, place_token
from crosslinks.registration.models import Registration
from crosslinks.registration.offers import accept_offer, leave_line
from crosslinks.registration.operations import cancel, resend, set_capacity, switch_mode
from crosslinks.registration.public import pack_answer
from crosslinks.registration.queries import count_modes, waiting_position
from crosslinks.registration.rules import ModeCount, Place, Receipt, Status
from tests.checkin.factories import be_at
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import make_registration, take_place
from tests.registration.test_letters import letters

HOUR = timedelta(hours=1)


def offering(edition: Edition, hours: int | None = 24, capacity: int = 1) -> None:
    set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=capacity, offer_hours=hours)


@pytest.fixture
def edition(app: Flask) -> Edition:
    """An edition with one place in the room, where freed ones are offered for a day."""
    with transaction():
        made = make_edition(onsite=1, digital=5)
        offering(made)
    return made


@pytest.fixture
def line(edition: Edition) -> list[Receipt]:
    """The one who had the place and cancelled, and three in line: the first of them has the offer."""
    with transaction():
        holder = take_place(edition)
        people = [take_place(edition, meanwhile_digital=True), take_place(edition), take_place(edition)]
        cancel(actor=TESTER, now=NOW, registration_id=holder.registration_id)
    return people


def person(receipt: Receipt) -> Registration:
    db.session.rollback()
    return db.session.get_one(Registration, receipt.registration_id, populate_existing=True)


def room(edition: Edition) -> ModeCount:
    return count_modes(edition.id)[Mode.ONSITE]


def kinds(receipt: Receipt) -> list[str]:
    rows = db.session.scalars(
        select(OutboxMail.kind).where(OutboxMail.registration_id == receipt.registration_id).order_by(OutboxMail.id)
    )
    return [kind.removeprefix("registration.") for kind in rows]


def url(receipt: Receipt, kind: LinkKind, query: str = "") -> str:
    return answer_path(kind, answer_token(person(receipt), kind), query)


def test_an_open_offer_counts_as_taken_and_is_out_of_the_line(edition: Edition, line: list[Receipt]) -> None:
    first, second, _third = line
    assert (room(edition).confirmed, room(edition).offered, room(edition).waiting, room(edition).free) == (0, 1, 2, 0)
    assert person(first).offer_until == NOW + 24 * HOUR
    assert (person(first).place, person(first).wants) == (Place.DIGITAL, Place.ONSITE)
    assert waiting_position(person(first)) is None
    assert waiting_position(person(second)) == 1
    assert kinds(first) == ["waiting", "offered"]


def test_accepting_takes_the_place_and_frees_the_stream(edition: Edition, line: list[Receipt]) -> None:
    first = line[0]
    for _ in range(2):
        with transaction():
            accept_offer(actor=TESTER, now=NOW + HOUR, registration_id=first.registration_id)
    assert (person(first).place, person(first).wants, person(first).offer_until) == (Place.ONSITE, Place.NONE, None)
    assert kinds(first) == ["waiting", "offered", "confirmed"]
    assert count_modes(edition.id)[Mode.DIGITAL].confirmed == 0


def test_declining_keeps_the_stream_and_goes_to_the_next(edition: Edition, line: list[Receipt]) -> None:
    first, second, third = line
    with transaction():
        leave_line(actor=TESTER, now=NOW, registration_id=first.registration_id)
    assert (person(first).place, person(first).wants, person(first).status) == (
        Place.DIGITAL, Place.NONE, Status.CONFIRMED,
    )  # fmt: skip
    assert person(second).offer_until is not None
    with transaction():
        leave_line(actor=TESTER, now=NOW, registration_id=second.registration_id)
    assert person(second).status is Status.CANCELLED
    assert person(third).offer_until is not None
    assert kinds(first)[-1] == kinds(second)[-1] == "left"


def test_a_lapsed_offer_goes_on_and_the_person_is_told_once(edition: Edition, line: list[Receipt]) -> None:
    first, second, _third = line
    lapse(NOW + 23 * HOUR)
    assert person(first).offer_until is not None
    with pytest.raises(Gone, match=r"offer\.lapsed"), transaction():
        accept_offer(actor=TESTER, now=NOW + 24 * HOUR, registration_id=first.registration_id)
    for _ in range(2):
        lapse(NOW + 24 * HOUR)
    assert (person(first).place, person(first).wants, person(first).offer_until) == (Place.DIGITAL, Place.NONE, None)
    assert kinds(first) == ["waiting", "offered", "offer_lapsed"]
    assert person(second).offer_until == NOW + 48 * HOUR


def test_who_waits_is_told_that_places_are_offered(client: FlaskClient, line: list[Receipt]) -> None:
    waiting = next(letter for letter in letters() if letter.kind == "registration.waiting")
    assert "It is kept for you for 24 hours" in " ".join(PLACE_LETTERS[waiting.kind](waiting).text.split())
    state = pack_answer(line[1], Mode.ONSITE)
    page = client.get(f"/crosslinks/2024/register/done?state={state}").text
    assert "It is kept for you for 24 hours" in page


def test_no_offer_outlives_the_start_of_the_day(edition: Edition, line: list[Receipt]) -> None:
    almost = edition.starts_at - HOUR
    lapse(almost)
    assert person(line[1]).offer_until == edition.starts_at
    lapse(edition.starts_at)
    last = person(line[2])
    assert (last.place, last.offer_until) == (Place.ONSITE, None)


def test_a_newcomer_overtakes_nobody_who_has_an_offer(edition: Edition, line: list[Receipt]) -> None:
    with transaction():
        offering(edition, capacity=4)
        newcomer = take_place(edition)
    assert newcomer.status is Status.CONFIRMED
    assert (room(edition).offered, room(edition).confirmed, room(edition).free) == (3, 1, 0)


def test_switching_to_the_room_takes_the_offer(edition: Edition, line: list[Receipt]) -> None:
    with transaction():
        switch_mode(actor=TESTER, now=NOW, registration_id=line[0].registration_id, to=Mode.ONSITE)
    assert person(line[0]).place is Place.ONSITE


def test_the_offer_is_sent_again_when_asked_for_or_the_address_is_corrected(
    client: FlaskClient, line: list[Receipt]
) -> None:
    first, second, _third = line
    old = url(first, LinkKind.ACCEPT)
    with transaction():
        resend(actor=TESTER, now=NOW, registration_id=first.registration_id)
        resend(actor=TESTER, now=NOW, registration_id=second.registration_id)
        change_email(actor=TESTER, now=NOW, registration_id=first.registration_id, email="right@example.org")
    assert kinds(first) == ["waiting", "offered", "offered", "offered"]
    assert kinds(second) == ["waiting", "waiting"]
    assert client.get(old).status_code == 404
    last = letters()[-1]
    assert last.to_address == "right@example.org"
    assert url(first, LinkKind.ACCEPT) in LETTERS[last.kind](last).text


def test_who_gave_no_address_is_given_the_place(edition: Edition) -> None:
    with transaction():
        holder = take_place(edition)
        silent = make_registration(db.session.merge(edition), email="")
        cancel(actor=TESTER, now=NOW, registration_id=holder.registration_id)
    assert db.session.get_one(Registration, silent.id).place is Place.ONSITE


@pytest.mark.parametrize("kind", [LinkKind.ACCEPT, LinkKind.DECLINE, LinkKind.COMING])
def test_looking_changes_nothing(client: FlaskClient, line: list[Receipt], kind: LinkKind) -> None:
    def traces() -> tuple[int | None, int | None]:
        db.session.rollback()
        return (
            db.session.scalar(select(func.count()).select_from(OutboxMail)),
            db.session.scalar(select(func.count()).select_from(AuditEntry)),
        )

    before = traces()
    for receipt in line:
        for query in ("", "?to=digital", "?answer=no", "?answer=digital", "?answer=%00"):
            for _ in range(2):
                answer = client.get(url(receipt, kind, query))
                assert answer.status_code == 200
                assert answer.headers["Cache-Control"] == "no-store"
            assert client.get(f"/r/{place_token(person(receipt))}/{kind.value}{query}").status_code == 200
    assert traces() == before


def test_accepting_from_the_mail(client: FlaskClient, edition: Edition, line: list[Receipt]) -> None:
    page = client.get(url(line[0], LinkKind.ACCEPT)).text
    assert "Take the place in the room?" in page
    assert "Friday\u00a019\u00a0January\u00a02024, 10:00" in page
    answer = client.post(url(line[0], LinkKind.ACCEPT))
    assert answer.status_code == 303
    assert "You have a place in the room" in client.get(answer.location).text
    assert person(line[0]).place is Place.ONSITE
    assert client.post(url(line[0], LinkKind.ACCEPT)).status_code == 303
    assert client.post(url(line[1], LinkKind.ACCEPT)).status_code == 409


def test_the_personal_page_shows_the_offer(client: FlaskClient, line: list[Receipt]) -> None:
    own = f"/r/{place_token(person(line[0]))}"
    page = client.get(own).text
    assert "It is yours if you take it by Friday\u00a019\u00a0January\u00a02024, 10:00" in page
    assert f"{own}/accept" in page
    assert f"{own}/decline" in page
    answer = client.post(f"{own}/decline")
    assert answer.location == f"{own}?news=left"
    assert "Confirmed, on the stream" in client.get(answer.location).text


def test_declining_what_was_given_at_once(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        offering(edition, None)
        holder, first, second, third = (take_place(edition) for _ in range(4))
        cancel(actor=TESTER, now=NOW, registration_id=holder.registration_id)
    promoted = next(letter for letter in letters() if letter.kind == "registration.promoted")
    rendered = PLACE_LETTERS[promoted.kind](promoted)
    assert url(first, LinkKind.DECLINE) in rendered.text
    assert url(first, LinkKind.DECLINE) in rendered.html
    stream = url(first, LinkKind.DECLINE, "?to=digital")
    assert "Follow the stream instead?" in client.get(stream).text
    client.post(url(first, LinkKind.DECLINE), data={"to": "digital"})
    assert person(first).place is Place.DIGITAL
    assert person(second).place is Place.ONSITE
    client.post(url(second, LinkKind.DECLINE))
    assert person(second).status is Status.CANCELLED
    assert person(third).place is Place.ONSITE
    assert "no longer registered" in client.get(url(second, LinkKind.DECLINE)).text


def test_a_late_answer_says_so(client: FlaskClient, edition: Edition, line: list[Receipt]) -> None:
    link = url(line[0], LinkKind.ACCEPT)
    other = url(line[1], LinkKind.DECLINE)
    be_at(NOW + 25 * HOUR)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "The time to answer is over" in answer.text
    be_at(edition.ends_at)
    assert client.post(other).status_code == 409


def test_a_link_opens_only_its_own_answer(client: FlaskClient, line: list[Receipt]) -> None:
    accept, decline = (answer_token(person(line[0]), kind) for kind in (LinkKind.ACCEPT, LinkKind.DECLINE))
    own = place_token(person(line[0]))
    for path in (
        f"/accept/{decline}", f"/decline/{accept}", f"/coming/{accept}", f"/r/{accept}", f"/r/{decline}/cancel",
        f"/accept/{own}", f"/r/{accept}/accept", "/accept/x", "/decline/" + "A" * 30, "/coming/%00",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code in {404, 405}, path
    with transaction():
        db.session.get_one(Registration, line[0].registration_id).epoch += 1
    assert client.get(f"/accept/{accept}").status_code == 404


def test_its_forms_are_guarded(app: Flask, line: list[Receipt]) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    browser = app.test_client()
    assert browser.post(url(line[0], LinkKind.ACCEPT)).status_code == 400
    assert person(line[0]).offer_until is not None


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_letters(edition: Edition, language: str) -> None:
    with transaction():
        holder = take_place(edition, language=language)
        first = take_place(edition, meanwhile_digital=True, language=language, given_name="<b>Åse</b>")
        second, third = take_place(edition, language=language), take_place(edition, language=language)
        cancel(actor=TESTER, now=NOW, registration_id=holder.registration_id)
    with transaction():
        leave_line(actor=TESTER, now=NOW, registration_id=first.registration_id)
    lapse(NOW + 24 * HOUR)
    with transaction():
        accept_offer(actor=TESTER, now=NOW + 25 * HOUR, registration_id=third.registration_id)
    written = [letter for letter in letters() if letter.kind in LETTERS]
    assert [letter.kind.removeprefix("registration.") for letter in written] == [
        "offered", "left", "offered", "offer_lapsed", "offered",
    ]  # fmt: skip
    for letter in written:
        message = LETTERS[letter.kind](letter)
        assert "Cancer Crosslinks 2024" in message.subject
        assert "<b>Åse</b>" not in message.html
        assert "{{" not in message.text + message.html
    offered, left, _second, lapsed, _third = (LETTERS[letter.kind](letter) for letter in written)
    until = "fredag 19. januar 2024 kl. 10.00" if language == "nb" else "Friday 19 January 2024, 10:00"
    assert until in offered.text
    assert url(first, LinkKind.ACCEPT) in offered.html
    assert url(first, LinkKind.DECLINE) in offered.text
    assert "switch?to=onsite" in left.text
    assert f"/r/{place_token(person(second))}" in lapsed.text
    assert second.registration_id != third.registration_id


def hidden_fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_a_button_does_what_its_page_said_or_nothing(
    client: FlaskClient, edition: Edition, line: list[Receipt]
) -> None:
    first, second, _third = line
    asked = {receipt.registration_id: client.get(url(receipt, LinkKind.DECLINE)).text for receipt in (first, second)}
    assert "You keep your place on the stream." in asked[first.registration_id]
    be_at(NOW + 25 * HOUR)
    lapse(NOW + 25 * HOUR)
    assert person(second).offer_until is not None
    for receipt in (first, second):
        before = (person(receipt).place, person(receipt).wants, kinds(receipt))
        link = url(receipt, LinkKind.DECLINE)
        answer = client.post(link, data=hidden_fields(asked[receipt.registration_id]))
        assert (answer.status_code, answer.headers["Location"]) == (303, link)
        assert (person(receipt).place, person(receipt).wants, kinds(receipt)) == before
    page = client.get(url(second, LinkKind.DECLINE)).text
    assert client.post(url(second, LinkKind.DECLINE), data=hidden_fields(page)).status_code == 303
    assert kinds(second)[-1] == "left"


def test_one_button_behind_the_link_in_the_mail_brings_back_who_has_left(
    client: FlaskClient, edition: Edition, line: list[Receipt]
) -> None:
    third = line[2]
    with transaction():
        leave_line(actor=TESTER, now=NOW, registration_id=third.registration_id)
    link = f"/r/{place_token(person(third))}"
    assert person(third).status is Status.CANCELLED
    last = [one for one in letters() if one.registration_id == third.registration_id][-1]
    assert f"{link}\n" in LETTERS[last.kind](last).text
    assert client.post(f"{link}/return", data={"mode": "onsite"}).status_code == 303
    assert person(third).status is Status.WAITING
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=third.registration_id)
    last = [one for one in letters() if one.registration_id == third.registration_id][-1]
    text = PLACE_LETTERS[last.kind](last).text
    assert f"{link}\n" in text
    assert "/register" not in text
