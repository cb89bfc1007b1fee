"""The waiting list: a freed place goes to the next in line, in the transaction that freed it.

Where very many places are free at once, as after the capacity was raised by hundreds, they are handed out in steps:
each commit counts only the places that it gives, so that none is free while somebody waits; a job does the rest.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from crosslinks.editions.queries import next_roster_seq
from crosslinks.editions.rules import Mode
from crosslinks.jobs.operations import queue_job
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.registration.models import Registration
from crosslinks.registration.notices import note, tell
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.queries import IN_LINE
from crosslinks.registration.rules import Place

MOST_AT_ONCE = 25
"""How many move up in one transaction."""
PROMOTE = "registration.promote"


def promote_waiting(*, actor: Actor, now: datetime, book: PlaceBook) -> int:
    """Give or offer every free place to the next in line and tell each by mail; return how many moved up.

    Somebody who held a digital place meanwhile frees it, so the modes are gone through until nothing moves. What is
    more than ``MOST_AT_ONCE`` is held back, and left to a job.
    """
    promoted = 0
    moved = True
    while moved and promoted < MOST_AT_ONCE:
        moved = False
        for mode in book.counts:
            for registration in _next_in_line(book, mode, MOST_AT_ONCE - promoted):
                _move_up(registration, mode, actor=actor, now=now, book=book)
                promoted += 1
                moved = True
    for mode in book.counts:
        _hold_back_or_let_go(book, mode, actor=actor, now=now)
    return promoted


def _hold_back_or_let_go(book: PlaceBook, mode: Mode, *, actor: Actor, now: datetime) -> None:
    in_steps = book.rows[mode].places_so_far is not None
    if _can_move_up(book, mode):
        book.hold_back(mode)
        if not in_steps:
            queue_job(kind=PROMOTE, payload={}, actor=actor, now=now, edition_id=book.edition_id, quick=True)
    elif in_steps and not book.counts[mode].waiting:
        book.let_go(mode)


def go_on_promoting(*, now: datetime, edition_id: int) -> bool:
    """Hand out the next places of those that are handed out in steps; return whether some are still held back."""
    book = PlaceBook(edition_id)
    for mode in book.counts:
        book.let_go(mode)
    promote_waiting(actor=Actor.system("waiting list"), now=now, book=book)
    book.close()
    db.session.flush()
    return any(row.places_so_far is not None for row in book.rows.values())


def _can_move_up(book: PlaceBook, mode: Mode) -> bool:
    count = book.counts[mode]
    return bool(count.waiting) and not book.rows[mode].queue_paused and (count.free is None or count.free > 0)


def _next_in_line(book: PlaceBook, mode: Mode, most: int) -> list[Registration]:
    if most <= 0 or not _can_move_up(book, mode):
        return []
    db.session.flush()
    free = book.counts[mode].free
    query = (
        select(Registration)
        .where(Registration.edition_id == book.edition_id, Registration.wants == Place.of(mode), IN_LINE)
        .order_by(Registration.priority, Registration.joined_at, Registration.id)
        .limit(most if free is None else min(free, most))
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def offer_end(book: PlaceBook, mode: Mode, now: datetime) -> datetime | None:
    """Return until when a place freed now is offered, never beyond the start of the day; None when it is given."""
    hours = book.rows[mode].offer_hours
    if hours is None or now >= book.edition.starts_at:
        return None
    return min(now + timedelta(hours=hours), book.edition.starts_at)


def _move_up(registration: Registration, mode: Mode, *, actor: Actor, now: datetime, book: PlaceBook) -> None:
    # Who gave no address could not answer an offer.
    until = offer_end(book, mode, now) if registration.email else None
    if until is None:
        give_next(registration, mode, actor=actor, now=now, book=book)
    else:
        offer_next(registration, mode, until, actor=actor, now=now, book=book)


def give_next(registration: Registration, mode: Mode, *, actor: Actor, now: datetime, book: PlaceBook) -> None:
    """Give somebody the place that they wait for, tell them and log it."""
    held = registration.place
    book.move(registration, Place.of(mode), Place.NONE, now)
    registration.rev += 1
    registration.changed_at = now
    registration.roster_seq = next_roster_seq(book.edition_id)
    tell(book.edition, registration, "promoted", now=now, mode=mode.value)
    note(book.edition, registration.id, "promoted", actor=actor, now=now, before={"place": held}, after={"place": mode})


def offer_next(
    registration: Registration, mode: Mode, until: datetime, *, actor: Actor, now: datetime, book: PlaceBook
) -> None:
    """Keep a place for somebody who waits until they decide, tell them and log it."""
    book.offer(registration, until)
    registration.changed_at = now
    tell(book.edition, registration, "offered", now=now, mode=mode.value, until=until.isoformat())
    note(book.edition, registration.id, "offered", actor=actor, now=now, after={"mode": mode, "until": until})
