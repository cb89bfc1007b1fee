"""People at a stream. Call the makers inside ``transaction()``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db, transaction
from crosslinks.live.models import Presence, Stream
from crosslinks.live.operations import change_stream
from crosslinks.live.rules import StreamKind
from crosslinks.programme.operations import create_session, create_talk
from crosslinks.programme.publishing import publish_release
from crosslinks.programme.rules import SessionKind
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import take_place

OPENS = datetime(2024, 1, 25, 9, 15, tzinfo=UTC)
DURING = datetime(2024, 1, 25, 10, 0, tzinfo=UTC)
CLOSES = datetime(2024, 1, 25, 15, 5, tzinfo=UTC)
PLAYER = "https://player.example.org/live?x=1"


def set_stream(edition: Edition, **more: Any) -> Stream:
    values: dict[str, Any] = {"kind": StreamKind.EMBED, "address": PLAYER, "captions": {}, "opens_before": 15}
    return change_stream(actor=TESTER, now=NOW, edition=edition, **(values | more))


def open_stream(conference: Conference) -> str:
    """Make the edition 2034, on now, with people at its stream; return a person's token. Opens its own transaction."""
    now = clock.now()
    start = now - timedelta(hours=1)
    with transaction():
        edition = make_edition(
            conference, slug="2034", number=26, starts_at=start, ends_at=start + timedelta(hours=5), doors_at=None,
            erase_on=(start + timedelta(days=90)).date(),
        )  # fmt: skip
        set_stream(edition, captions={"en": "Captions in English in the player’s menu"})
        session = create_session(
            actor=TESTER, now=NOW, edition=edition, kind=SessionKind.SESSION, title={"en": "Now", "nb": "Nå"},
            starts_at=start, ends_at=start + timedelta(hours=4),
        )  # fmt: skip
        for number, title in enumerate(("What is on", "What comes next")):
            create_talk(
                actor=TESTER, now=NOW, edition=edition, session=session, title={"en": title, "nb": title},
                starts_at=start + timedelta(minutes=90 * number), ends_at=start + timedelta(minutes=90 * (number + 1)),
            )  # fmt: skip
        publish_release(actor=TESTER, now=NOW, edition=edition)
        people = [take_place(edition, Mode.DIGITAL).registration_id for _ in range(4)]
        for number, person in enumerate(people):
            here_since = start + timedelta(minutes=7 * number)
            db.session.add(
                Presence(
                    edition_id=edition.id, registration_id=person, starts_at=here_since, ends_at=now,
                    minutes=(now - here_since) // timedelta(minutes=1),
                )
            )  # fmt: skip
        return place_token(db.session.get_one(Registration, people[0]))


def person_on(edition: Edition, mode: Mode = Mode.DIGITAL, **more: Any) -> tuple[int, str]:
    """Register somebody in a transaction of its own; return their id and the address of their live page."""
    with transaction():
        receipt = take_place(edition, mode, **more)
        person = db.session.get_one(Registration, receipt.registration_id)
        return person.id, f"/r/{place_token(person)}/live"
