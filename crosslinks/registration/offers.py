"""A place that is kept for somebody in line until they decide: they take it, decline it, or let the time pass."""

from __future__ import annotations

from datetime import datetime

from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Gone
from crosslinks.registration.models import Registration
from crosslinks.registration.notices import note, tell
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.rules import Place
from crosslinks.registration.steps import (
    offer_is_open,
    open_registration,
    refuse_cancelled,
    seen_by_doors,
    settle,
    standing,
)


def accept_offer(*, actor: Actor, now: datetime, registration_id: int) -> Registration:
    """Take the offered place; a digital place held meanwhile is freed.

    Raises ``Conflict`` when nothing is offered, ``Gone`` when the time to decide is over. Taking it twice does nothing.
    """
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    if registration.offer_until is None:
        if registration.wants is Place.NONE:
            return registration
        raise Conflict("offer.none")
    if not offer_is_open(registration, now):
        raise Gone("offer.lapsed")
    before, target = standing(registration), registration.wants
    book.move(registration, target, Place.NONE, now)
    seen_by_doors(registration, now)
    db.session.flush()
    tell(book.edition, registration, "confirmed", now=now, mode=target.value)
    note(book.edition, registration.id, "accepted", actor=actor, now=now, before=before, after=standing(registration))
    settle(book, now)
    return registration


def leave_line(*, actor: Actor, now: datetime, registration_id: int) -> Registration:
    """Decline what is offered, or leave the line: a place held meanwhile is kept, without one the registration ends.

    The next in line moves up. Does nothing for somebody who does not wait.
    """
    registration, book = open_registration(registration_id)
    if registration.wants is Place.NONE:
        return registration
    deed = "declined" if registration.offer_until is not None else "left"
    before = standing(registration)
    wanted = step_out(registration, book, now)
    tell(book.edition, registration, "left", now=now, mode=wanted.value, offered=deed == "declined")
    note(book.edition, registration.id, deed, actor=actor, now=now, before=before, after=standing(registration))
    settle(book, now)
    return registration


def lapse_offer(registration: Registration, book: PlaceBook, *, actor: Actor, now: datetime) -> None:
    """End an offer whose time is over: the person leaves the line and is told; who calls it promotes the next."""
    before = standing(registration)
    wanted = step_out(registration, book, now)
    tell(book.edition, registration, "offer_lapsed", now=now, mode=wanted.value)
    note(book.edition, registration.id, "lapsed", actor=actor, now=now, before=before, after=standing(registration))


def step_out(registration: Registration, book: PlaceBook, now: datetime) -> Place:
    """Take somebody out of their line, and end the registration when they hold no place; return what they wanted."""
    wanted = registration.wants
    book.move(registration, registration.place, Place.NONE, now)
    if registration.place is Place.NONE:
        registration.cancelled_at = now
    seen_by_doors(registration, now)
    db.session.flush()
    return wanted
