"""Personal invitations: from the organizer's form to the answer, and what becomes of the kept place."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.invitations.inviting import Guest, Terms, invite
from crosslinks.invitations.letters import invitation_path, invitation_token
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.rules import Answer, InvitationKind
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.registration.jobs import ROUNDS
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import BadgeRole, Place
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import make_registration, take_place

URL = "/manage/crosslinks/2024/invitations"
FORM = {
    "people": "Kari Nordmann; kari@example.org; Avisa", "kind": "press", "role": "press", "mode": "onsite",
    "language": "nb", "message": "Vi gleder oss.\n\nHilsen Ola", "days": "3", "reserve": "y", "sponsor": "",
}  # fmt: skip
YES = {
    "mode": "onsite", "given_name": "Kari", "family_name": "Nordmann", "organisation": "Avisa", "profession": "other",
    "consent_privacy": "y",
}  # fmt: skip


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition(onsite=2)
    sign_in(client)
    return made


def only() -> Invitation:
    db.session.rollback()
    return db.session.scalars(select(Invitation).execution_options(populate_existing=True)).one()


def link() -> str:
    return invitation_path(invitation_token(only()))


def free(edition: Edition) -> int | None:
    db.session.rollback()
    return count_modes(edition.id)[Mode.ONSITE].free


def registrations() -> list[Registration]:
    db.session.rollback()
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))


def test_invited_and_accepted_though_full_and_closed(client: FlaskClient, app: Flask, edition: Edition) -> None:
    assert client.post(f"{URL}/new", data=FORM).status_code == 303
    assert free(edition) == 1
    with transaction():
        take_place(edition)
        take_place(edition)
        db.session.get_one(Edition, edition.id).registration_closes_at = NOW - timedelta(days=1)
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "invitations.invitation")).one()
    assert mail.data == {"invitation": only().id}
    letter = read_letter(mail)
    rendered = app.extensions["crosslinks.letters"][letter.kind](letter)
    assert "Vi gleder oss." in rendered.text
    assert link() in rendered.text
    assert "21. januar 2024" in rendered.text
    visitor = app.test_client()
    page = visitor.get(link())
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert 'value="Nordmann"' in page.text
    assert "Vi gleder oss." in page.text
    for _robot in range(2):
        assert visitor.get(link()).status_code == visitor.get(f"{link()}/decline").status_code == 200
        assert visitor.get(f"{link()}/accept").status_code == 405
    assert (only().answer, free(edition)) == (Answer.OPEN, 0)
    answer = visitor.post(f"{link()}/accept", data=YES)
    assert answer.status_code == 303
    assert visitor.get(answer.headers["Location"]).status_code == 200
    person = registrations()[-1]
    assert (person.email, person.place, person.role) == ("kari@example.org", Place.ONSITE, BadgeRole.PRESS)
    assert (only().answer, only().registration_id, free(edition)) == (Answer.ACCEPTED, person.id, 0)
    assert "You have accepted" in visitor.get(link()).text
    assert visitor.post(f"{link()}/accept", data=YES).status_code == 200
    assert len(registrations()) == 3
    assert "Accepted" in client.get(f"{URL}?state=accepted").text
    assert person.name in client.get(f"{URL}/{only().id}").text


def test_declined_gives_the_place_to_the_next_and_tells_nobody_else(
    client: FlaskClient, app: Flask, edition: Edition
) -> None:
    client.post(f"{URL}/new", data=FORM)
    with transaction():
        for _ in range(2):
            take_place(edition)
    assert registrations()[-1].place is Place.NONE
    before = db.session.scalar(select(func.count()).select_from(OutboxMail))
    visitor = app.test_client()
    assert visitor.post(f"{link()}/decline").status_code == 303
    assert "You have declined" in visitor.get(link()).text
    assert visitor.post(f"{link()}/decline").status_code == 200
    assert registrations()[-1].place is Place.ONSITE
    kinds = db.session.scalars(select(OutboxMail.kind).order_by(OutboxMail.id).offset(before or 0)).all()
    assert kinds == ["registration.promoted"]


def test_run_out_released_and_given_more_time(client: FlaskClient, app: Flask, edition: Edition) -> None:
    client.post(f"{URL}/new", data=FORM)
    clock.offset += timedelta(days=4)
    assert app.test_client().get(link()).status_code == 410
    assert app.test_client().post(f"{link()}/accept", data=YES).status_code == 410
    assert "is given back within minutes" in client.get(f"{URL}/{only().id}").text
    for one in ROUNDS:
        one.act(clock.now())
    assert free(edition) == 2
    assert "was given back" in client.get(f"{URL}/{only().id}").text
    assert client.post(f"{URL}/{only().id}/resend").status_code == 409
    assert client.post(f"{URL}/{only().id}/extend", data={"until": "2024-01-20"}).status_code == 422
    for typed in ("", "x", "9999-12-31", "0001-01-01", "2024-02-31", "\x00"):
        assert client.post(f"{URL}/{only().id}/extend", data={"until": typed}).status_code == 422
    assert client.post(f"{URL}/{only().id}/extend", data={"until": "2024-01-24"}).status_code == 303
    assert free(edition) == 1
    assert app.test_client().post(f"{link()}/accept", data=YES).status_code == 303
    assert client.post(f"{URL}/{only().id}/extend", data={"until": "2024-01-24"}).status_code == 409


def test_withdrawn_and_resent(client: FlaskClient, app: Flask, edition: Edition) -> None:
    client.post(f"{URL}/new", data=FORM)
    assert client.post(f"{URL}/{only().id}/resend").status_code == 303
    kinds = db.session.scalars(select(OutboxMail.kind)).all()
    assert kinds == ["invitations.invitation"] * 2
    address = link()
    assert client.post(f"{URL}/{only().id}/withdraw").status_code == 303
    page = app.test_client().get(address)
    assert (page.status_code, "was withdrawn" in page.text) == (410, True)
    assert free(edition) == 2
    assert client.post(f"{URL}/{only().id}/withdraw").status_code == 409
    assert app.test_client().post(f"{address}/accept", data=YES).status_code == 410
    assert registrations() == []


def test_who_is_not_invited_is_told_to_the_organizer(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_registration(edition, email="har@example.org")
    people = "Har Plass; HAR@example.org\nNy En <ny@example.org>\nNy En; ny@example.org\nFor Sen, sen@example.org"
    answer = client.post(f"{URL}/new", data=FORM | {"people": people})
    assert answer.status_code == 409
    assert "3 people were not invited" in answer.text
    for words in ("Is registered already", "Has an invitation that is open", "No place was left to keep"):
        assert words in answer.text
    assert only().email == "ny@example.org"


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ("", "Name at least one person"),
        ("Kari", "Line 1: the e-mail address is missing"),
        ("\nkari@example.org", "Line 2: write the name"),
        ("Kari; a@b@c", "Line 1: no mail can be sent"),
        ("Ka\x00ri; kari@example.org", "Line 1: there is a character"),
        (f"{'x' * 200}; kari@example.org", "Line 1 is too long"),
        ("\n".join(f"K; k{number}@example.org" for number in range(101)), "At most 100 people"),
        ("x" * 70_000, "At most 100 people"),
    ],
)
def test_lists_that_cannot_be_used(client: FlaskClient, edition: Edition, people: str, words: str) -> None:
    answer = client.post(f"{URL}/new", data=FORM | {"people": people})
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_registered_meanwhile_gets_place_and_role(client: FlaskClient, app: Flask, edition: Edition) -> None:
    client.post(f"{URL}/new", data=FORM)
    with transaction():
        take_place(edition)
        waiting = take_place(edition, email="kari@example.org")
    assert waiting.place is Place.NONE
    assert app.test_client().post(f"{link()}/accept", data=YES).status_code == 303
    person = registrations()[-1]
    assert (person.id, person.place, person.role) == (waiting.registration_id, Place.ONSITE, BadgeRole.PRESS)
    assert free(edition) == 0


def test_another_way_to_take_part_gives_the_kept_place_back(client: FlaskClient, app: Flask, edition: Edition) -> None:
    client.post(f"{URL}/new", data=FORM)
    assert app.test_client().post(f"{link()}/accept", data=YES | {"mode": "digital"}).status_code == 303
    assert (registrations()[-1].place, free(edition)) == (Place.DIGITAL, 2)


def test_forms_keep_what_was_typed_and_links_are_guarded(client: FlaskClient, app: Flask, edition: Edition) -> None:
    client.post(f"{URL}/new", data=FORM)
    visitor = app.test_client()
    answer = visitor.post(f"{link()}/accept", data=YES | {"given_name": "", "organisation": "Nytt"})
    assert (answer.status_code, 'value="Nytt"' in answer.text) == (422, True)
    for token in ("x", "A" * 30, invitation_token(only())[:-1], link().removeprefix("/i/")[:-2] + "zz"):
        assert visitor.get(f"/i/{token}").status_code == 404
        assert visitor.post(f"/i/{token}/accept", data=YES).status_code == 404
        assert visitor.get(f"/r/{invitation_token(only())}").status_code == 404
    with transaction():
        edition = db.session.get_one(Edition, edition.id)
        edition.ends_at, edition.starts_at = NOW - timedelta(hours=1), NOW - timedelta(hours=5)
    assert visitor.post(f"{link()}/accept", data=YES).status_code == 410


def seed(edition: Edition, count: int) -> None:
    terms = Terms(
        InvitationKind.GUEST, BadgeRole.PARTICIPANT, Mode.DIGITAL, "en", NOW + timedelta(days=5), reserve=False
    )
    guests = [Guest("Kari", f"Nr {number}", f"k{number}@example.org", "=1+1") for number in range(count)]
    for start in range(0, count, 100):
        with transaction():
            invite(actor=TESTER, now=NOW, edition=edition, guests=guests[start : start + 100], terms=terms)


def statements(client: FlaskClient, url: str) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def test_list_search_paging_export(client: FlaskClient, edition: Edition) -> None:
    assert "No invitations yet" in client.get(URL).text
    seed(edition, 3)
    client.get(URL)
    few = statements(client, URL)
    with transaction():
        db.session.query(Invitation).delete()
    seed(edition, 300)
    client.get(URL)
    assert statements(client, URL) == few
    page = client.get(f"{URL}?page=6")
    assert len(re.findall("table__name", page.text)) == 50
    assert "251–300 of 300" in page.text
    assert "Nr 42" in client.get(f"{URL}?q=k42%40").text
    assert "Nobody is found" in client.get(f"{URL}?q=k42%40&state=declined").text
    for query in ("state=x", "kind=x", "page=x", "page=²", "q=%00", f"q={'x' * 300}"):
        assert client.get(f"{URL}?{query}").status_code == 422
    assert client.get(f"{URL}?page=999999").status_code == 200
    exported = client.post(f"{URL}/export", data={"q": "k42@"})
    lines = list(csv.reader(io.StringIO(exported.data.decode("utf-8-sig"))))
    assert [line[:4] for line in lines[1:]] == [["Kari", "Nr 42", "k42@example.org", "'=1+1"]]


@pytest.mark.parametrize("days", ["0", "9" * 400, "-1", "x"])
def test_days_that_are_none_are_refused(client: FlaskClient, edition: Edition, days: str) -> None:
    assert client.post(f"{URL}/new", data=FORM | {"days": days}).status_code == 422
    assert db.session.scalars(select(Invitation)).all() == []
