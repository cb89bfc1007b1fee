"""Self-service: another address, coming back, the lost mail. Same answer to everyone; looking changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.jobs.models import Job
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.registration.corrections import change_email
from crosslinks.registration.details import erase_details
from crosslinks.registration.letters import LETTERS
from crosslinks.registration.links import place_token
from crosslinks.registration.models import AddressChange, Registration, Ticket
from crosslinks.registration.operations import cancel
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import Place
from tests.factories import NOW, TESTER, make_edition
from tests.jobs.factories import work_off
from tests.registration.factories import take_place
from tests.registration.test_list import counting

LOST = "/crosslinks/2024/lost"


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(onsite=2, digital=9)


@pytest.fixture
def person(edition: Edition) -> Registration:
    with transaction():
        receipt = take_place(edition, given_name="Ingrid", email="old@example.org")
    return read(receipt.registration_id)


def read(registration_id: int) -> Registration:
    db.session.rollback()
    return db.session.get_one(Registration, registration_id, populate_existing=True)


def link(person: Registration, deed: str = "") -> str:
    return f"/r/{place_token(read(person.id))}{deed}"


def mails(kind: str = "") -> list[OutboxMail]:
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    return [row for row in rows if row.kind.endswith(kind)]


def text_of(mail: OutboxMail) -> str:
    return LETTERS[mail.kind](read_letter(mail)).text


def confirm_link(mail: OutboxMail) -> str:
    found = re.search(r"/confirm-address/[\w-]{30}", text_of(mail))
    assert found
    return found[0]


def ask(client: FlaskClient, person: Registration, email: str) -> Any:
    return client.post(link(person, "/address"), data={"email": email})


def traces() -> list[int | None]:
    db.session.rollback()
    tables = (OutboxMail, AuditEntry, AddressChange, Job, Ticket)
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


def state() -> list[Any]:
    """Everything that a link could have changed."""
    people = db.session.execute(select(Registration.__table__).order_by(Registration.id)).all()
    return [*traces(), *people, *db.session.execute(select(AddressChange.__table__)).all()]


def test_a_new_address_counts_when_confirmed_from_its_mail(client: FlaskClient, person: Registration):
    old = link(person)
    answer = ask(client, person, "New.Me@example.org")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "Check the mail of the new address" in page
    assert "N•••@example.org" in page
    asked, notice = mails("address_confirm")[0], mails("address_notice")[0]
    assert (asked.to_address, notice.to_address) == ("New.Me@example.org", "old@example.org")
    assert "N•••@example.org" in text_of(notice)
    assert "New.Me" not in text_of(notice)
    assert read(person.id).email == "old@example.org"
    opened = confirm_link(asked)
    assert "New.Me@example.org" in client.get(opened).text
    answer = client.post(opened)
    assert answer.status_code == 303
    now = read(person.id)
    assert (now.email, now.email_key) == ("New.Me@example.org", "new.me@example.org")
    assert "Your address is confirmed" in client.get(answer.headers["Location"]).text
    assert client.get(old).status_code == 404
    fresh = mails()[-1]
    assert (fresh.kind, fresh.to_address) == ("registration.confirmed", "New.Me@example.org")
    assert link(person) in text_of(fresh)
    assert client.get(opened).status_code == client.post(opened).status_code == 410


def test_no_letter_names_somebody_to_a_stranger(client: FlaskClient, person: Registration):
    ask(client, person, "typo@example.org")
    letter = LETTERS["registration.address_confirm"](read_letter(mails("address_confirm")[0]))
    for body in (letter.text, letter.html, letter.subject):
        assert "Ingrid" not in body
        assert "old@" not in body
        assert "/r/" not in body


def test_a_known_address_gets_the_same_answer_for_the_same_writes(client: FlaskClient, edition: Edition):
    with transaction():
        people = [take_place(edition, Mode.DIGITAL, email=f"{name}@example.org") for name in ("one", "two", "known")]
    one, two = (read(receipt.registration_id) for receipt in people[:2])
    urls = [link(one, "/address"), link(two, "/address")]
    before = traces()
    with counting() as free:
        first = client.post(urls[0], data={"email": "free@example.org"})
    between = traces()
    with counting() as known:
        second = client.post(urls[1], data={"email": "known@example.org"})
    after = traces()
    assert len(free) == len(known)
    assert [b - a for a, b in zip(before, between, strict=True)] == [b - a for a, b in zip(between, after, strict=True)]
    assert first.status_code == second.status_code == 303
    pages = [client.get(answer.headers["Location"]).text for answer in (first, second)]
    assert all("waits to be confirmed" in page for page in pages)
    truth = mails("address_taken")[0]
    assert truth.to_address == "known@example.org"
    assert truth.registration_id == people[2].registration_id
    assert f"/r/{place_token(read(people[2].registration_id))}" in text_of(truth)


def test_an_address_taken_meanwhile_is_told(client: FlaskClient, edition: Edition, person: Registration):
    ask(client, person, "new@example.org")
    opened = confirm_link(mails("address_confirm")[0])
    with transaction():
        take_place(db.session.merge(edition), email="new@example.org")
    answer = client.post(opened)
    assert answer.status_code == 409
    assert "This address has a place of its own by now" in answer.text
    assert read(person.id).email == "old@example.org"


def test_only_the_last_wish_can_be_confirmed(client: FlaskClient, person: Registration):
    ask(client, person, "first@example.org")
    ask(client, person, "second@example.org")
    first, second = (confirm_link(mail) for mail in mails("address_confirm"))
    assert first != second
    assert client.post(first).status_code == 404
    assert client.post(second).status_code == 303
    assert read(person.id).email == "second@example.org"


def test_the_old_address_can_stop_it(client: FlaskClient, person: Registration):
    ask(client, person, "thief@example.org")
    opened = confirm_link(mails("address_confirm")[0])
    assert link(person, "/address") in text_of(mails("address_notice")[0])
    answer = client.post(link(person, "/address/keep"))
    assert "Your address stays as it is" in client.get(answer.headers["Location"]).text
    assert client.get(opened).status_code == client.post(opened).status_code == 404
    before = traces()
    assert client.post(link(person, "/address/keep")).status_code == 303
    assert traces() == before


def test_a_later_wish_of_somebody_else_is_not_confirmed_by_an_earlier_link(client: FlaskClient, edition: Edition):
    with transaction():
        one, two = (take_place(edition, Mode.DIGITAL, email=f"{name}@example.org") for name in ("one", "two"))
    ask(client, read(one.registration_id), "a@example.org")
    opened = confirm_link(mails("address_confirm")[0])
    client.post(link(read(one.registration_id), "/address/keep"))
    ask(client, read(two.registration_id), "b@example.org")
    assert client.post(opened).status_code == 404
    assert read(two.registration_id).email == "two@example.org"


def test_after_a_day_it_is_too_late(client: FlaskClient, person: Registration):
    ask(client, person, "new@example.org")
    opened = confirm_link(mails("address_confirm")[0])
    clock.offset += timedelta(hours=24, minutes=1)
    assert client.get(opened).status_code == client.post(opened).status_code == 410
    assert read(person.id).email == "old@example.org"
    assert "waits to be confirmed" not in client.get(link(person, "/address")).text


def test_who_has_cancelled_moves_nothing(client: FlaskClient, person: Registration):
    ask(client, person, "new@example.org")
    opened = confirm_link(mails("address_confirm")[0])
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
    assert client.post(opened).status_code == 409
    assert client.get(link(person, "/address")).status_code == 303
    assert ask(client, person, "else@example.org").status_code == 409


def test_the_present_address_and_another_spelling_of_it(client: FlaskClient, person: Registration):
    assert ask(client, person, "OLD@example.org").status_code == 303
    assert mails("address_taken")[0].to_address == "OLD@example.org"
    assert mails("address_confirm") == []


NO_ADDRESSES = [
    "", "x", "a@", "@b", "a@b@c", "a\x00@example.org", "a@example.org\r\nBcc: b@example.org", "x" * 99999,
]  # fmt: skip


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_what_is_no_address_is_said_and_stays_typed(client: FlaskClient, person: Registration, email: str):
    before = state()
    for url in (link(person, "/address"), LOST):
        answer = client.post(url, data={"email": email})
        assert answer.status_code == 422
        assert "One thing needs your attention" in answer.text
    assert state() == before


def test_looking_at_every_link_twice_changes_nothing(client: FlaskClient, person: Registration):
    ask(client, person, "new@example.org")
    client.post(LOST, data={"email": "old@example.org"})
    work_off()
    opened = {url for mail in mails() for url in re.findall(r"http://[^\s]+", text_of(mail))}
    paths = {url.partition("//")[2].partition("/")[2] for url in opened} | {"crosslinks/2024/lost?sent=1"}
    assert any("confirm-address" in path for path in paths)
    before = state()
    for _ in range(2):
        for path in sorted(paths):
            assert client.get(f"/{path}").status_code == 200, path
    assert state() == before


def test_one_address_is_not_flooded(client: FlaskClient, person: Registration):
    answers = [client.post(LOST, data={"email": "victim@example.org"}).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]
    assert ask(client, person, "victim@example.org").status_code == 429


def test_back_with_one_button_to_a_new_ticket(client: FlaskClient, person: Registration):
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
    page = client.get(link(person)).text
    assert "Take a place in the room again" in page
    answer = client.post(link(person, "/return"), data={"mode": "onsite"})
    assert answer.status_code == 303
    assert "Welcome back" in client.get(answer.headers["Location"]).text
    now = read(person.id)
    assert (now.place, now.wants, now.cancelled_at) == (Place.ONSITE, Place.NONE, None)
    tickets = db.session.scalars(select(Ticket).where(Ticket.registration_id == person.id).order_by(Ticket.id)).all()
    assert [ticket.replaced_at is None for ticket in tickets] == [False, True]
    assert [mail.kind.rpartition(".")[2] for mail in mails()] == ["confirmed", "cancelled", "confirmed"]
    before = traces()
    assert client.post(link(person, "/return"), data={"mode": "digital"}).status_code == 303
    assert traces() == before


def test_back_into_the_line_when_it_is_full(client: FlaskClient, edition: Edition, person: Registration):
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
        for _ in range(3):
            take_place(db.session.merge(edition))
    assert "You would be number 2 in line" in client.get(link(person)).text
    client.post(link(person, "/return"), data={"mode": "onsite"})
    now = read(person.id)
    assert (now.place, now.wants) == (Place.NONE, Place.ONSITE)
    assert mails()[-1].data["position"] == 2
    count = count_modes(edition.id)[Mode.ONSITE]
    assert (count.confirmed, count.waiting) == (2, 2)


def test_back_although_the_address_is_registered_anew(client: FlaskClient, edition: Edition, person: Registration):
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
        again = take_place(db.session.merge(edition), Mode.DIGITAL, email="OLD@example.org")
    answer = client.post(link(person, "/return"), data={"mode": "onsite"})
    assert "You have registered with the same address since" in client.get(answer.headers["Location"]).text
    assert read(person.id).cancelled_at is not None
    assert (mails()[-1].kind, mails()[-1].registration_id) == ("registration.already", again.registration_id)


@pytest.mark.parametrize("mode", ["", "none", "hall", "\x00", "onsite " * 999])
def test_a_way_that_is_none_is_refused(client: FlaskClient, person: Registration, mode: str):
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
    before = state()
    assert client.post(link(person, "/return"), data={"mode": mode}).status_code == 422
    assert state() == before


def test_nobody_comes_back_after_closing_time(client: FlaskClient, person: Registration):
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
    clock.offset += timedelta(days=30)
    assert "/return" not in client.get(link(person)).text
    assert client.post(link(person, "/return"), data={"mode": "onsite"}).status_code == 409
    assert read(person.id).cancelled_at is not None


def test_the_lost_mail_goes_to_who_is_known_and_the_answer_tells_nobody(client: FlaskClient, person: Registration):
    client.post(LOST, data={"email": "warm@example.org"})
    answers, costs = [], []
    for address in ("Old@example.org", "nobody@example.org"):
        with counting() as seen:
            answers.append(client.post(LOST, data={"email": address}))
        costs.append(len(seen))
    assert costs[0] == costs[1]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert "If the address is registered" in client.get(answers[0].headers["Location"]).text
    assert mails("lost") == []
    work_off()
    (sent,) = mails("lost")
    assert (sent.to_address, sent.registration_id) == ("old@example.org", person.id)
    assert link(person) in text_of(sent)


def test_who_cancelled_gets_the_link_to_come_back(client: FlaskClient, person: Registration):
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=person.id)
    client.post(LOST, data={"email": "old@example.org"})
    work_off()
    assert "Your registration is cancelled" in text_of(mails("lost")[0])
    assert link(person) in text_of(mails("lost")[0])


def test_the_lost_page_is_found_from_the_form_and_the_practical_page(client: FlaskClient, edition: Edition):
    for page in ("/crosslinks/2024/register", "/crosslinks/2024/practical"):
        assert 'href="/crosslinks/2024/lost"' in client.get(page).text
    assert client.get("/crosslinks/1999/lost").status_code == 404
    assert client.post("/crosslinks/1999/lost", data={"email": "a@example.org"}).status_code == 404


def test_an_organizers_correction_ends_the_wish(client: FlaskClient, person: Registration):
    ask(client, person, "new@example.org")
    opened = confirm_link(mails("address_confirm")[0])
    with transaction():
        change_email(actor=TESTER, now=NOW, registration_id=person.id, email="desk@example.org")
    assert client.post(opened).status_code == 410
    assert read(person.id).email == "desk@example.org"


def test_erasing_leaves_no_wished_address(client: FlaskClient, person: Registration):
    ask(client, person, "new@example.org")
    with transaction():
        erase_details(registration_id=person.id)
    assert db.session.scalars(select(AddressChange)).all() == []
