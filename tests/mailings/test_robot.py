"""Mail filters open every link before the person does: nothing may change by it, and every link still works.

Every kind of letter that the application knows is tried. A kind that needs facts of its own names them in ``FACTS``.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import MethodNotAllowed, NotFound

from crosslinks.accounts.models import Account
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.invitations.groups import Colleague, Contact, register_group
from crosslinks.invitations.inviting import Guest, Terms, invite
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.rules import InvitationKind
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.mail.delivery import make_letter
from crosslinks.mail.rules import Letter
from crosslinks.mailings.purposes import Purpose
from crosslinks.programme.operations import change_talk
from crosslinks.programme.release_models import ReleaseLetter
from crosslinks.registration.address_change import ask_for_address, find_change
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from crosslinks.registration.rules import BadgeRole, Details, Place
from tests.accounts.factories import make_account
from tests.factories import NOW, TESTER, make_edition
from tests.mailings.factories import make_follower, make_mailing
from tests.programme.factories import make_person, make_talk, publish
from tests.registration.factories import take_place

NOT_COUNTED = {"worker_beat", "round_mark"}
FACTS: dict[str, dict[str, Any]] = {
    "accounts.invitation": {"role": "organizer", "conference": "Cancer Crosslinks", "hue": 288, "by": "Kari"},
    "mailings.test": {
        "letter": "registration.confirmed.onsite",
        "words": {"subject": "", "heading": "", "opening": "", "closing": ""},
    },
}
"""What a kind's row holds beside what all have."""
HOLDERS = {"registration.waiting": "waiting", "registration.cancelled": "cancelled", "mailings.join": "digital"}
"""Whose letter a kind is; of the others somebody's in the room."""


@dataclass(frozen=True)
class World:
    """An edition with somebody in each standing, and an organizer."""

    edition: Edition
    people: dict[str, int]
    account: int
    facts: dict[str, dict[str, Any]]
    """What the rows of kinds hold that are about something else than a registration."""


@pytest.fixture
def world(client: FlaskClient) -> World:
    with transaction():
        edition = make_edition(onsite=2, digital=9)
        people = {
            "onsite": take_place(edition).registration_id,
            "other": take_place(edition).registration_id,
            "digital": take_place(edition, Mode.DIGITAL).registration_id,
            "waiting": take_place(edition).registration_id,
            "cancelled": take_place(edition, Mode.DIGITAL).registration_id,
        }
        cancel(actor=TESTER, now=NOW, registration_id=people["cancelled"])
        account = make_account("kari@example.org")
    return World(edition, people, account.id, _facts(edition, people["other"]))


def _facts(edition: Edition, asking: int) -> dict[str, dict[str, Any]]:
    terms = Terms(InvitationKind.PRESS, BadgeRole.PRESS, Mode.DIGITAL, "en", NOW + timedelta(days=3), reserve=False)
    colleague = Colleague(Details("Ola", "Gruppe", "ola.gruppe@example.org"), Mode.DIGITAL)
    contact = Contact("Kari Kontakt", "kari.kontakt@example.org", "en")
    with transaction():
        edition = db.session.get_one(Edition, edition.id)
        group = register_group(actor=TESTER, now=NOW, edition=edition, contact=contact, colleagues=[colleague])
        guests = [Guest("Per", "Presse", "per.presse@example.org")]
        invite(actor=TESTER, now=NOW, edition=edition, guests=guests, terms=terms)
        about, news = make_mailing(edition), make_mailing(edition, purpose=Purpose.NEWS)
        follower = make_follower(edition.conference_id, "follows@example.org")
        ask_for_address(actor=TESTER, now=NOW, registration_id=asking, email="new.address@example.org")
        change = find_change(asking)
        assert change is not None
        draft = _draft(edition)
        return {
            "invitations.group": {"group": group.id},
            "invitations.invitation": {"invitation": db.session.scalars(select(Invitation.id)).one()},
            "mailings.about": {"mailing": about.id},
            "mailings.news": {"mailing": news.id, "follower": follower.id},
            "mailings.follow": {"follower": follower.id},
            "programme.changed": {"letter": draft.id},
            "programme.speaker_link": {"person": draft.person_id},
            "programme.speaker_reminder": {"person": draft.person_id},
            "registration.address_confirm": {"change": change.id, "seed": change.seed},
        }


def _draft(edition: Edition) -> ReleaseLetter:
    """Publish a talk twice, so that its speaker has a letter about it, and return that; their page is not complete."""
    speaker = make_person(edition, "Åse", "Nordlie", email="ase@example.org")
    talk = make_talk(edition, None, "10:30", 30, "What we found", speakers=[speaker])
    publish(edition)
    change_talk(actor=TESTER, now=NOW, edition=edition, talk=talk, changes={"title": {"en": "What we know"}})
    publish(edition)
    return db.session.scalars(select(ReleaseLetter)).one()


def letter_of(world: World, kind: str, language: str) -> Letter:
    edition = db.session.get_one(Edition, world.edition.id)
    is_for_account = kind.startswith("accounts.") or kind == "mailings.test"
    facts = {
        "name": "Åse Nordlie",
        "edition": edition.title,
        "starts_at": edition.starts_at.isoformat(),
        "ends_at": edition.ends_at.isoformat(),
        "zone": edition.time_zone,
        "mode": "digital" if HOLDERS.get(kind) == "digital" else "onsite",
        "variant": "attended",
        "position": 1,
        "until": (NOW + timedelta(days=2)).isoformat(),
        "wanted": "n•••@example.org",
        "days_left": 3,
        **FACTS.get(kind, {}),
        **world.facts.get(kind, {}),
    }
    return Letter(
        kind=kind,
        language=language,
        to_address="ase@example.org",
        to_name="Åse Nordlie",
        data=facts,
        message_id="<robot@example.org>",
        edition_id=None if kind.startswith("accounts.") else edition.id,
        registration_id=None if is_for_account else world.people[HOLDERS.get(kind, "onsite")],
        account_id=world.account if is_for_account else None,
    )


def links_in(text: str, page: str) -> list[str]:
    ours = re.compile(re.escape(settings().base_url) + r"[^\s\"'<>()]*")
    found = ours.findall(text) + [html.unescape(one) for one in ours.findall(page)]
    return sorted({address.rstrip(".,;:") for address in found})


def dump() -> dict[str, list[Any]]:
    db.session.rollback()
    found = {
        table.name: sorted(map(repr, db.session.execute(table.select())))
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_COUNTED
    }
    db.session.rollback()
    return found


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def is_page(app: Flask, address: str) -> bool:
    try:
        app.url_map.bind("localhost").match(urlsplit(address).path)
    except (NotFound, MethodNotAllowed):
        return False
    return True


def essence(body: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"|content="[^"]*"|value="[\w.-]{40,}"', "", body)


def fetched(app: Flask, addresses: list[str]) -> list[tuple[str, int, str]]:
    """What a robot gets, without cookies; HEAD too, as some begin with it."""
    robot = app.test_client(use_cookies=False)
    answers = []
    for address in addresses:
        robot.head(path_of(address))
        answer = robot.get(path_of(address))
        answers.append((address, answer.status_code, essence(answer.get_data(as_text=True))))
    return answers


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_link_of_every_letter_is_opened_twice_and_nothing_changes(
    app: Flask, world: World, language: str
) -> None:
    kinds = sorted(app.extensions["crosslinks.letters"])
    assert len(kinds) >= 15
    opened = 0
    for kind in kinds:
        made = make_letter(letter_of(world, kind, language))
        links = [address for address in links_in(made.text, made.html) if is_page(app, address)]
        before = dump()
        first, second = fetched(app, links), fetched(app, links)
        assert dump() == before, kind
        for address, status, _body in first:
            assert status < 400 or "…" in address, (kind, address, status)
        assert [(a, s) for a, s, _b in first] == [(a, s) for a, s, _b in second], kind
        changed = [one[0] for one, other in zip(first, second, strict=True) if one[2] != other[2]]
        assert changed == [], kind
        opened += len(links)
    assert opened > len(kinds)


def link(world: World, kind: str, ending: str) -> str:
    made = make_letter(letter_of(world, kind, "en"))
    return next(one for one in links_in(made.text, made.html) if ending in one)


def standing(world: World, who: str) -> tuple[Place, bool]:
    db.session.rollback()
    person = db.session.get_one(Registration, world.people[who])
    return person.place, person.cancelled_at is not None


def test_the_person_can_still_follow_digitally_and_cancel(app: Flask, client: FlaskClient, world: World) -> None:
    switch = link(world, "mailings.reminder_first", "/switch?to=digital")
    leave = link(world, "mailings.reminder_first", "/cancel")
    fetched(app, [switch, leave] * 2)
    assert standing(world, "onsite") == (Place.ONSITE, False)
    assert client.post(urlsplit(switch).path, data={"to": "digital"}).status_code == 303
    assert standing(world, "onsite") == (Place.DIGITAL, False)
    assert standing(world, "waiting") == (Place.ONSITE, False)
    assert client.post(path_of(leave)).status_code in {200, 303}
    assert standing(world, "onsite") == (Place.NONE, True)


def test_the_organizer_can_still_sign_in(app: Flask, client: FlaskClient, world: World) -> None:
    address = link(world, "accounts.sign_in", "/sign-in/")
    fetched(app, [address] * 2)
    assert client.post(path_of(address)).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Account.last_seen_at).where(Account.id == world.account)).one() is not None
