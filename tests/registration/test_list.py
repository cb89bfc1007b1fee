"""The organizer's list of participants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from crosslinks.registration.rules import BadgeRole, Profession, Source
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.registration.factories import make_registration

LIST = "/manage/crosslinks/2024/registrations"


@contextmanager
def counting() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection, cursor, statement, *more) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def names(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(LIST + query)
    assert answer.status_code == 200, query
    return re.findall(r'id="name-\d+"[^>]*>([^<]+)</a>', answer.text)


def chips(client: FlaskClient, query: str = "") -> list[int]:
    return [int(n) for n in re.findall(r'chip__count">(\d+)</span></a>', client.get(LIST + query).text)]


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition(onsite=3)
    sign_in(client)
    return made


@pytest.fixture
def six(edition: Edition) -> Edition:
    """Three in the room, one on the stream, one waiting, one who cancelled."""
    with transaction():
        kari = make_registration(
            edition, given_name="Kari", family_name="Amundsen", organisation="Haukeland", role=BadgeRole.SPEAKER
        )
        make_registration(edition, given_name="Łukasz", family_name="Ødegård", profession=Profession.HEALTH)
        make_registration(edition, given_name="Ayşe", family_name="Çelik", needs_assistance=True)
        make_registration(edition, Mode.DIGITAL, given_name="José", family_name="Núñez", source=Source.API)
        make_registration(edition, given_name="Győző", family_name="Kovács")
        gone = make_registration(edition, given_name="Bjørn", family_name="Dahl")
        cancel(actor=TESTER, now=NOW, registration_id=gone.id)
        kari.created_at = NOW - timedelta(days=3)
    return edition


def test_everybody_is_listed_by_family_name(client: FlaskClient, six: Edition) -> None:
    assert names(client) == [
        "Amundsen, Kari", "Çelik, Ayşe", "Dahl, Bjørn", "Kovács, Győző", "Núñez, José", "Ødegård, Łukasz",
    ]  # fmt: skip
    assert chips(client) == [6, 3, 1, 1, 1]
    page = client.get(LIST).text
    assert "Waiting, 1st" in page
    assert "1–6 of 6" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?show=onsite", ["Amundsen, Kari", "Çelik, Ayşe", "Ødegård, Łukasz"]),
        ("?show=digital", ["Núñez, José"]),
        ("?show=waiting", ["Kovács, Győző"]),
        ("?show=cancelled", ["Dahl, Bjørn"]),
        ("?role=speaker", ["Amundsen, Kari"]),
        ("?profession=health", ["Ødegård, Łukasz"]),
        ("?assistance=yes", ["Çelik, Ayşe"]),
        ("?source=api", ["Núñez, José"]),
        ("?source=api&show=onsite", []),
        ("?q=odegard", ["Ødegård, Łukasz"]),
        ("?q=LUKASZ+ØDE", ["Ødegård, Łukasz"]),
        ("?q=celik,", []),
        ("?q=haukeland+kari", ["Amundsen, Kari"]),
        ("?q=kari+fjordbyen", []),
        ("?q=%25", []),
        ("?q=_", []),
        ("?q=example.org&show=cancelled", ["Dahl, Bjørn"]),
        ("?sort=mode&show=onsite", ["Amundsen, Kari", "Çelik, Ayşe", "Ødegård, Łukasz"]),
        ("?sort=registered&role=speaker", ["Amundsen, Kari"]),
        ("?unknown[]=1&page[]=x", None),
    ],
)
def test_filters(client: FlaskClient, six: Edition, query: str, found: list[str] | None) -> None:
    assert names(client, query) == (names(client) if found is None else found)


def test_orders(client: FlaskClient, six: Edition) -> None:
    assert names(client, "?sort=-name") == names(client)[::-1]
    assert names(client, "?sort=registered")[0] == "Amundsen, Kari"
    assert names(client, "?sort=-registered")[-1] == "Amundsen, Kari"
    assert names(client, "?sort=mode")[3] == "Núñez, José"
    assert names(client, "?sort=status")[-2:] == ["Kovács, Győző", "Dahl, Bjørn"]
    page = client.get(f"{LIST}?sort=-status").text
    assert page.count('aria-sort="descending"') == 1
    assert page.count("aria-sort") == 1


def test_a_reference_is_found_as_typed_or_read_aloud(client: FlaskClient, six: Edition) -> None:
    person = db.session.scalars(select(Registration).where(Registration.family_name == "Dahl")).one()
    reference = person.reference
    for typed in (reference, reference.lower(), f"{reference[:4]}-{reference[4:]}", f"{reference[:4]}-"):
        assert "Dahl, Bjørn" in names(client, f"?q={typed}"), typed


def test_a_changed_name_is_found_and_sorted_anew(client: FlaskClient, six: Edition) -> None:
    with transaction():
        db.session.scalars(select(Registration).where(Registration.family_name == "Dahl")).one().family_name = "Åsen"
    assert names(client, "?q=dahl") == []
    assert names(client, "?q=asen") == ["Åsen, Bjørn"]
    assert names(client)[-1] == "Åsen, Bjørn"


def test_whose_last_mail_was_refused(client: FlaskClient, six: Edition) -> None:
    with transaction():
        first, second = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id).limit(2))
        first.state = second.state = MailState.FAILED
        db.session.add(
            OutboxMail(
                message_id="<later@example.org>",
                kind="registration.confirmed",
                language="en",
                edition_id=six.id,
                registration_id=second.registration_id,
                to_address="a@example.org",
                next_attempt_at=NOW,
                created_at=NOW,
                state=MailState.SENT,
            )
        )
    assert names(client, "?undelivered=yes") == ["Amundsen, Kari"]
    assert client.get(LIST).text.count("status--bad") == 1


def test_pages_hold_fifty_and_end_at_the_last(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        for number in range(53):
            make_registration(edition, Mode.DIGITAL, family_name=f"Berg {number:02}")
    assert len(names(client)) == 50
    assert [name[:7] for name in names(client, "?page=2")] == ["Berg 50", "Berg 51", "Berg 52"]
    assert names(client, "?page=999999") == names(client, "?page=2")
    assert "51–53 of 53" in client.get(f"{LIST}?page=2").text
    assert 'rel="next"' not in client.get(f"{LIST}?page=2").text
    assert 'href="/manage/crosslinks/2024/registrations?q=berg&amp;page=2"' in client.get(f"{LIST}?q=berg").text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?page=0", 404),
        ("?page=-1", 404),
        ("?page=two", 404),
        ("?page=²", 404),
        ("?page=1e3", 404),
        ("?page=" + "9" * 5000, 404),
        ("?page=99999999999999999999", 404),
        ("?q=" + "a" * 201, 422),
        ("?q=" + "a" * 20_000, 422),
        ("?q=%00", 422),
        ("?q=" + "+".join("abcdefghijklmnop"), 200),
        ("?q=%ff%fe", 200),
        ("?q=\\%27%22%3Cscript%3E", 200),
        ("?show=everyone", 422),
        ("?role=king", 422),
        ("?profession=%00", 422),
        ("?source=fax", 422),
        ("?sort=shoe-size", 422),
        ("?sort=--name", 422),
        ("?assistance=maybe", 422),
        ("?q=a&q=b&page=1&page=zz", 200),
    ],
)
def test_hostile_addresses_are_answered_in_words(client: FlaskClient, six: Edition, query: str, status: int) -> None:
    answer = client.get(LIST + query)
    assert answer.status_code == status
    assert "<script>" not in answer.text
    assert "<h1" in answer.text


def test_an_empty_list_says_what_to_do(client: FlaskClient, edition: Edition) -> None:
    assert "No registrations yet" in client.get(LIST).text
    assert "Nobody is found" in client.get(f"{LIST}?q=kari").text


def test_statements_do_not_grow_with_people(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        for _ in range(4):
            make_registration(edition)
    with counting() as few:
        client.get(LIST + "?sort=status&q=nordlie")
    with transaction():
        for _ in range(296):
            make_registration(edition)
    with counting() as many:
        client.get(LIST + "?sort=status&q=nordlie&show=waiting&page=3")
    assert len(few) == len(many) <= 12


def test_only_organizers_and_only_their_own_conference(client: FlaskClient, six: Edition) -> None:
    with transaction():
        other = make_edition(make_conference("genomics", name="Genomics"))
        make_registration(other, given_name="Solveig", family_name="Secret")
    assert client.get("/manage/genomics/2024/registrations").status_code == 404
    assert "Secret" not in client.get(LIST).text
    assert client.get("/manage/crosslinks/1999/registrations").status_code == 404
    for role, status in ((Role.ORGANIZER, 200), (Role.PROGRAMME, 403), (Role.DOOR_LEAD, 403)):
        browser = client.application.test_client()
        sign_in(browser, role, conference=six.conference)
        assert browser.get(LIST).status_code == status
    assert client.application.test_client().get(LIST).status_code == 303
