"""What is not released is nowhere: every public address of the application, asked by a visitor and a participant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.models import Session
from crosslinks.programme.operations import change_room, change_session, change_talk, create_room
from crosslinks.programme.queries import get_room, get_session, get_talk
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import make_person, make_programme, make_session, make_talk, publish
from tests.registration.factories import take_place

SECRET = "Zebrafish"
"""Stands in everything that is not released, and nowhere else."""
SLUGS = ("zebrafish-talk", "eve-zebrafish", "zebrafish-moderator", "welcome", "leo-rasche", "raza-ali")


@pytest.fixture
def tokens(client: FlaskClient) -> list[str]:
    """Release the day, then draft one of everything and change what was released; return participants' tokens."""
    with transaction():
        edition = make_edition(digital=10)
        day = make_programme(edition)
        people = [take_place(edition, mode).registration_id for mode in (Mode.ONSITE, Mode.DIGITAL)]
    with transaction():
        _draft_everything(edition, day.talks["ali"].id, day.sessions[0].id, day.room.id)
        return [place_token(db.session.get_one(Registration, person)) for person in people]


def _draft_everything(edition: Edition, talk_id: int, session_id: int, room_id: int) -> None:
    by: dict[str, Any] = {"actor": TESTER, "now": NOW, "edition": edition}
    speaker = make_person(edition, "Eve", SECRET, biography=SECRET, affiliation=SECRET)
    moderator = make_person(edition, SECRET, "Moderator", email="zebrafish@example.org")
    room = create_room(**by, name=f"{SECRET} room")
    session = make_session(
        edition, "15:40", 30, title={"en": f"{SECRET} session"}, summary={"en": SECRET}, room=room,
        moderators=[moderator],
    )  # fmt: skip
    make_talk(edition, session, "15:40", 20, f"{SECRET} talk", speakers=[speaker], abstract=SECRET)
    change_talk(
        **by, talk=get_talk(edition.id, talk_id), speakers=[speaker],
        changes={"title": {"en": f"{SECRET} title"}, "abstract": SECRET},
    )  # fmt: skip
    changed: Session = get_session(edition.id, session_id)
    changes = {"title": {"en": f"{SECRET} session"}, "summary": {"en": SECRET}}
    change_session(**by, session=changed, changes=changes, moderators=[moderator])
    change_room(**by, room=get_room(edition.id, room_id), name=f"{SECRET} hall", seats=None)


def addresses(rule: Rule, tokens: list[str]) -> Iterator[str]:
    """Yield the addresses of a route, with every sample of each part of it."""
    samples: dict[str, list[Any]] = {
        "conference": ["crosslinks"],
        "edition": ["2024"],
        "slug": list(SLUGS),
        "token": [*tokens, "nonsense"],
        "number": [1, 2],
        "file": ["public.css"],
        "name": ["a.webp"],
        "hue": [288],
        "version": ["1"],
    }
    names = sorted(rule.arguments)
    for values in product(*(samples[name] for name in names)):
        built = rule.build(dict(zip(names, values, strict=True)), append_unknown=False)
        assert built is not None, rule
        yield built[1]


def public_routes(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/manage")
    ]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_what_is_not_released_is_on_no_public_page(
    app: Flask, client: FlaskClient, tokens: list[str], language: str
) -> None:
    asked = 0
    for rule in public_routes(app):
        for address in addresses(rule, tokens):
            answer = client.get(address, headers={"Accept-Language": language}, follow_redirects=True)
            body = answer.get_data(as_text=True) if not answer.content_type.startswith("application/pdf") else ""
            assert SECRET.lower() not in body.lower().replace(address.lower(), ""), address
            assert answer.status_code < 500 or address == "/readyz", address
            asked += 1
    assert asked > 60


def test_the_same_pages_show_it_once_it_is_released(client: FlaskClient, tokens: list[str]) -> None:
    """So that the test above could fail."""
    with transaction():
        publish(db.session.get_one(Edition, 1))
    for path in ("programme", "speakers", "speakers/eve-zebrafish", "talks/zebrafish-talk", "programme.ics"):
        assert SECRET in client.get(f"/crosslinks/2024/{path}").text, path
