"""An organizer's hand on the waiting list: who stands where, and a place for one of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text

from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, execute
from crosslinks.kernel.errors import Conflict
from crosslinks.registration.models import Registration
from crosslinks.registration.notices import note
from crosslinks.registration.queries import IN_LINE, waiting_position
from crosslinks.registration.rules import Move, Place
from crosslinks.registration.steps import open_registration, settle
from crosslinks.registration.waiting_list import give_next

_REORDER = text(
    "UPDATE registration SET priority = line.place - :size - 1 FROM ("
    "SELECT id, CASE WHEN id = :id THEN :to "
    "WHEN position - CASE WHEN position > :at THEN 1 ELSE 0 END >= :to "
    "THEN position - CASE WHEN position > :at THEN 1 ELSE 0 END + 1 "
    "ELSE position - CASE WHEN position > :at THEN 1 ELSE 0 END END AS place FROM ("
    "SELECT id, row_number() OVER (ORDER BY priority, joined_at, id) AS position FROM registration "
    "WHERE edition_id = :edition_id AND wants = :wants AND wants <> 'none' AND offer_until IS NULL"
    ") AS numbered) AS line WHERE registration.id = line.id AND line.place <= :size"
)
"""Numbers the head of a line anew: all before 0, which is where newcomers stand."""


def move_in_line(*, actor: Actor, now: datetime, registration_id: int, to: Move | int) -> int:
    """Put somebody who waits in front, one up, one down, or at a number from 1; return where they stand now.

    Nobody is mailed, and newcomers still join behind everybody. Raises ``Conflict`` for somebody who is not in line.
    """
    registration, book = open_registration(registration_id)
    at = waiting_position(registration)
    if at is None:
        raise Conflict("line.not_in_it")
    length = book.count_waiting(registration.wants)
    wanted = to.target(at) if isinstance(to, Move) else to
    target = max(1, min(wanted, length))
    if target == at:
        return at
    ordered = db.session.scalar(
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.edition_id == book.edition_id,
            Registration.wants == registration.wants,
            IN_LINE,
            Registration.priority < 0,
        )
    )
    execute(
        _REORDER,
        {
            "id": registration_id,
            "edition_id": book.edition_id,
            "wants": registration.wants.value,
            "at": at,
            "to": target,
            "size": max(at, target, ordered or 0),
        },
    )
    db.session.expire(registration)
    note(
        book.edition,
        registration_id,
        "moved_in_line",
        actor=actor,
        now=now,
        before={"position": at},
        after={"position": target},
    )
    db.session.flush()
    return target


def promote_one(*, actor: Actor, now: datetime, registration_id: int) -> Registration:
    """Give somebody who waits a free place before those in front of them: there is one while the queue is paused.

    Raises ``Conflict`` when they do not wait, or no place is free (see ``give_place`` for one beyond the capacity).
    """
    registration, book = open_registration(registration_id)
    mode = registration.wants.mode
    if mode is None or registration.offer_until is not None:
        raise Conflict("line.not_in_it")
    free = book.count(mode).free
    if free is not None and free <= 0:
        raise Conflict("mode.full")
    give_next(registration, mode, actor=actor, now=now, book=book)
    db.session.flush()
    settle(book, now)
    return registration


def find_in_line(edition_id: int, wants: Place, number: int) -> int | None:
    """Return who stands at a number of a line, from 1, or None when it is not that long."""
    if number < 1:
        return None
    return db.session.scalar(
        select(Registration.id)
        .where(Registration.edition_id == edition_id, Registration.wants == wants, IN_LINE)
        .order_by(Registration.priority, Registration.joined_at, Registration.id)
        .offset(number - 1)
        .limit(1)
    )
