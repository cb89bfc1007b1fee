"""The waiting list: a freed place goes to the next in line, in the transaction that freed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text

from crosslinks.editions.queries import next_roster_seq
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.registration.models import Registration
from crosslinks.registration.notices import note, tell
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.rules import Place


def promote_waiting(*, actor: Actor, now: datetime, book: PlaceBook) -> int:
    """Give every free place to the next in line and tell each by mail; return how many were promoted.

    Somebody who held a digital place meanwhile frees it, so the modes are gone through until nothing moves.
    """
    promoted = 0
    moved = True
    while moved:
        moved = False
        for mode in book.counts:
            for registration in _next_in_line(book, mode):
                _promote(registration, mode, actor=actor, now=now, book=book)
                promoted += 1
                moved = True
    return promoted


def _next_in_line(book: PlaceBook, mode: Mode) -> list[Registration]:
    count = book.counts[mode]
    if not count.waiting or book.rows[mode].queue_paused or (count.free is not None and count.free <= 0):
        return []
    db.session.flush()
    query = (
        select(Registration)
        .where(
            Registration.edition_id == book.edition_id,
            Registration.wants == Place.of(mode),
            text("wants <> 'none'"),
        )
        .order_by(Registration.priority, Registration.joined_at, Registration.id)
        .limit(count.free)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _promote(registration: Registration, mode: Mode, *, actor: Actor, now: datetime, book: PlaceBook) -> None:
    held = registration.place
    book.move(registration, Place.of(mode), Place.NONE, now)
    registration.rev += 1
    registration.changed_at = now
    registration.roster_seq = next_roster_seq(book.edition_id)
    tell(book.edition, registration, "promoted", now=now, mode=mode.value)
    note(book.edition, registration.id, "promoted", actor=actor, now=now, before={"place": held}, after={"place": mode})
