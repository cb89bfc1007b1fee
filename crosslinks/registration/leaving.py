"""Leaving for good: the row of a person goes, and their place to the next in line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.registration.models import Reservation
from crosslinks.registration.notices import note
from crosslinks.registration.rules import Place
from crosslinks.registration.steps import open_registration, settle


def erase_place(*, actor: Actor, now: datetime, registration_id: int) -> None:
    """Free what somebody holds, wants or was offered, delete their registration and ticket, and promote the next.

    What other features keep about them goes first, by their own ``erase_person``. One line in the log remains, which
    names nobody. Raises ``NotFound``.
    """
    registration, book = open_registration(registration_id)
    book.move(registration, Place.NONE, Place.NONE, now)
    db.session.flush()
    db.session.execute(update(Reservation).where(Reservation.used_by == registration_id).values(label=""))
    db.session.delete(registration)
    note(book.edition, registration_id, "erased", actor=actor, now=now)
    db.session.flush()
    settle(book, now)
