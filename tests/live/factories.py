"""People at a stream. Call the makers inside ``transaction()``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.live.models import Stream
from crosslinks.live.operations import change_stream
from crosslinks.live.rules import StreamKind
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from tests.factories import NOW, TESTER
from tests.registration.factories import take_place

OPENS = datetime(2024, 1, 25, 9, 15, tzinfo=UTC)
DURING = datetime(2024, 1, 25, 10, 0, tzinfo=UTC)
CLOSES = datetime(2024, 1, 25, 15, 5, tzinfo=UTC)
PLAYER = "https://player.example.org/live?x=1"


def set_stream(edition: Edition, **more: Any) -> Stream:
    values: dict[str, Any] = {"kind": StreamKind.EMBED, "address": PLAYER, "captions": {}, "opens_before": 15}
    return change_stream(actor=TESTER, now=NOW, edition=edition, **(values | more))


def person_on(edition: Edition, mode: Mode = Mode.DIGITAL, **more: Any) -> tuple[int, str]:
    """Register somebody in a transaction of its own; return their id and the address of their live page."""
    with transaction():
        receipt = take_place(edition, mode, **more)
        person = db.session.get_one(Registration, receipt.registration_id)
        return person.id, f"/r/{place_token(person)}/live"
