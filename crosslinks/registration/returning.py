"""Coming back: a place again after cancelling, and the link again when the mail is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from crosslinks.editions.rules import Mode
from crosslinks.jobs.operations import queue_job
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.joining import require_open
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.notices import note, tell
from crosslinks.registration.queries import (
    find_active_by_email,
    find_present_ticket,
    get_edition_facts,
    waiting_position,
)
from crosslinks.registration.rules import Place
from crosslinks.registration.steps import open_registration, seen_by_doors, standing
from crosslinks.registration.tickets import new_ticket_id

SEND_LINK = "registration.send_link"


def come_back(*, actor: Actor, now: datetime, registration_id: int, mode: Mode) -> bool:
    """Register somebody anew who has cancelled: a place, or the end of the queue when it is full; with a new ticket.

    Returns False, and writes to them how things stand, when they have registered with the same address since. Who has
    not cancelled is left alone. Raises ``Conflict`` when registration is closed, ``NotFound`` for a mode not offered.
    """
    registration, book = open_registration(registration_id)
    if registration.cancelled_at is None:
        return True
    require_open(book.edition, now)
    count = book.count(mode)
    known = find_active_by_email(registration.edition_id, registration.email_key)
    if known is not None:
        tell(book.edition, known, "already", now=now)
        note(book.edition, known.id, "repeated", actor=actor, now=now)
        db.session.flush()
        return False
    before = standing(registration)
    registration.cancelled_at = None
    target = Place.of(mode)
    place, wants = (target, Place.NONE) if count.has_room else (Place.NONE, target)
    book.move(registration, place, wants, now)
    _replace_ticket(registration_id, now)
    seen_by_doors(registration, now)
    db.session.flush()
    facts = {"position": waiting_position(registration)} if wants is not Place.NONE else {}
    tell(book.edition, registration, registration.status.value, now=now, mode=mode.value, **facts)
    note(book.edition, registration.id, "returned", actor=actor, now=now, before=before, after=standing(registration))
    book.close()
    db.session.flush()
    return True


def _replace_ticket(registration_id: int, now: datetime) -> None:
    old = find_present_ticket(registration_id)
    if old is not None:
        old.replaced_at = now
    db.session.add(Ticket(registration_id=registration_id, ticket_id=new_ticket_id(), issued_at=now))


def ask_for_place_link(*, now: datetime, edition_id: int, email: str) -> None:
    """Ask for the personal link of an address, whether it has one or not: the request costs everybody the same."""
    queue_job(
        kind=SEND_LINK, payload={"edition": edition_id, "email": email}, actor=Actor.visitor(), now=now,
        edition_id=edition_id, quick=True,
    )  # fmt: skip


def send_place_link(*, now: datetime, edition_id: int, email: str) -> bool:
    """Mail somebody the link to their place, or to what they cancelled; return whether the address is known."""
    registration = find_active_by_email(edition_id, normalise_email(email)[1]) or _find_cancelled(edition_id, email)
    if registration is None:
        return False
    edition = get_edition_facts(edition_id)
    tell(edition, registration, "lost", now=now)
    note(edition, registration.id, "link_sent", actor=Actor.visitor(), now=now)
    db.session.flush()
    return True


def _find_cancelled(edition_id: int, email: str) -> Registration | None:
    return db.session.scalar(
        select(Registration)
        .where(
            Registration.edition_id == edition_id,
            Registration.email_key == normalise_email(email)[1],
            Registration.cancelled_at.is_not(None),
        )
        .order_by(Registration.cancelled_at.desc(), Registration.id.desc())
        .limit(1)
    )
