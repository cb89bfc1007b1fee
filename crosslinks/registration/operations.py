"""What can be done to a registration. Every change of places happens under the lock of the edition's modes.

Each change leaves exactly one message to the person and one line in the log, in the same transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from crosslinks.accounts.audit import record
from crosslinks.editions.models import EditionMode
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.notices import note, tell
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.queries import find_present_ticket, waiting_position
from crosslinks.registration.rules import LONGEST_OFFER, BadgeRole, Place
from crosslinks.registration.steps import (
    offer_is_open,
    open_registration,
    refuse_cancelled,
    seen_by_doors,
    settle,
    standing,
    tell_standing,
)
from crosslinks.registration.tickets import new_ticket_id
from crosslinks.registration.waiting_list import promote_waiting

LARGEST_CAPACITY = 1_000_000
LEAVE = -1
"""Stands for leaving a setting as it is, where None means something."""


def rename(
    *,
    actor: Actor,
    now: datetime,
    registration_id: int,
    given_name: str,
    family_name: str,
    organisation: str | None = None,
) -> bool:
    """Correct the name, and the organisation when given; return whether anything changed. Nobody is mailed."""
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    names = ("given_name", "family_name", "organisation")
    before = {name: getattr(registration, name) for name in names}
    registration.given_name, registration.family_name = given_name, family_name
    if organisation is not None:
        registration.organisation = organisation
    after = {name: getattr(registration, name) for name in names}
    if after == before:
        return False
    seen_by_doors(registration, now)
    note(book.edition, registration.id, "renamed", actor=actor, now=now, before=before, after=after)
    db.session.flush()
    return True


def set_assistance(*, actor: Actor, now: datetime, registration_id: int, needs_assistance: bool) -> None:
    """Note whether somebody needs assistance at the venue; the door sees it. Nobody is mailed."""
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    if registration.needs_assistance is needs_assistance:
        return
    registration.needs_assistance = needs_assistance
    seen_by_doors(registration, now)
    note(book.edition, registration.id, "assistance_changed", actor=actor, now=now)
    db.session.flush()


def change_role(*, actor: Actor, now: datetime, registration_id: int, role: BadgeRole) -> None:
    """Change what the badge says that somebody is. Nobody is mailed."""
    registration, book = open_registration(registration_id)
    before = registration.role
    if before is role:
        return
    registration.role = role
    seen_by_doors(registration, now)
    note(
        book.edition,
        registration.id,
        "role_changed",
        actor=actor,
        now=now,
        before={"role": before},
        after={"role": role},
    )
    db.session.flush()


def switch_mode(
    *,
    actor: Actor,
    now: datetime,
    registration_id: int,
    to: Mode,
    keep_waiting: bool = False,
    or_wait: bool = True,
) -> Registration:
    """Move somebody to the other mode, atomic on both capacities, and promote the next on the place that they free.

    When it is full they join its queue and keep what they hold; with ``or_wait`` off that raises ``Conflict``.
    Whoever waits for one mode and takes the other leaves the queue, unless ``keep_waiting``. No change, no mail.
    """
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    count = book.count(to)
    target = Place.of(to)
    before = standing(registration)
    if registration.place is target:
        _leave_queue(registration, book, now, keep_waiting=keep_waiting)
    elif count.has_room or (registration.wants is target and offer_is_open(registration, now)):
        wants = registration.wants if keep_waiting and registration.wants is not target else Place.NONE
        book.move(registration, target, wants, now)
    elif not or_wait:
        raise Conflict("mode.full")
    elif registration.wants is not target:
        book.move(registration, registration.place, target, now)
    if standing(registration) == before:
        return registration
    seen_by_doors(registration, now)
    db.session.flush()
    if registration.wants is target:
        tell(book.edition, registration, "waiting", now=now, mode=to.value, position=waiting_position(registration))
    else:
        tell(book.edition, registration, "switched", now=now, mode=to.value)
    note(book.edition, registration.id, "switched", actor=actor, now=now, before=before, after=standing(registration))
    settle(book, now)
    return registration


def _leave_queue(registration: Registration, book: PlaceBook, now: datetime, *, keep_waiting: bool) -> None:
    if not keep_waiting:
        book.move(registration, registration.place, Place.NONE, now)


def cancel(*, actor: Actor, now: datetime, registration_id: int) -> Registration:
    """Give the place back and promote the next. Does nothing to a registration that is already cancelled."""
    registration, book = open_registration(registration_id)
    if registration.cancelled_at is not None:
        return registration
    before = standing(registration)
    book.move(registration, Place.NONE, Place.NONE, now)
    registration.cancelled_at = now
    seen_by_doors(registration, now)
    db.session.flush()
    tell(book.edition, registration, "cancelled", now=now)
    note(book.edition, registration.id, "cancelled", actor=actor, now=now, before=before, after=standing(registration))
    settle(book, now)
    return registration


def set_capacity(
    *,
    actor: Actor,
    now: datetime,
    edition_id: int,
    mode: Mode,
    capacity: int | None,
    overbooking: int | None = None,
    queue_paused: bool | None = None,
    offer_hours: int | None = LEAVE,
) -> int:
    """Change how many a mode takes (None: no limit), and what else is given; return how many were promoted.

    Raising it promotes, in steps where many wait (``waiting_list``); lowering it throws nobody out. Freed places are
    offered for ``offer_hours`` from now on, or given at once when there are none. A mode that the edition did not offer
    is added.
    """
    if not 0 <= (capacity or 0) <= LARGEST_CAPACITY or not 0 <= (overbooking or 0) <= 100:
        raise Invalid("capacity.unusable")
    if not LEAVE <= (offer_hours or 1) <= LONGEST_OFFER or offer_hours == 0:
        raise Invalid("offer.hours_unusable")
    book = PlaceBook(edition_id)
    row = db.session.scalar(select(EditionMode).where(EditionMode.edition_id == edition_id, EditionMode.mode == mode))
    if row is None:
        row = EditionMode(edition_id=edition_id, mode=mode, capacity=capacity, overbooking=0, queue_paused=False)
        db.session.add(row)
        before: dict[str, object] = {}
    else:
        before = _mode_facts(row)
    row.capacity = capacity
    row.overbooking = row.overbooking if overbooking is None else overbooking
    row.queue_paused = row.queue_paused if queue_paused is None else queue_paused
    row.offer_hours = row.offer_hours if offer_hours == LEAVE else offer_hours
    row.places_so_far = None
    db.session.flush()
    book.recount()
    record(
        actor=actor,
        action="edition.capacity_changed",
        object_kind="edition",
        object_id=edition_id,
        now=now,
        conference_id=book.edition.conference_id,
        edition_id=edition_id,
        before=before,
        after=_mode_facts(row),
    )
    promoted = promote_waiting(actor=Actor.system("waiting list"), now=now, book=book)
    book.close()
    db.session.flush()
    return promoted


def _mode_facts(row: EditionMode) -> dict[str, object]:
    names = ("capacity", "overbooking", "queue_paused", "offer_hours")
    return {f"{row.mode.value}.{name}": getattr(row, name) for name in names}


def resend(*, actor: Actor, now: datetime, registration_id: int) -> None:
    """Mail the person how things stand now, with ticket and link; raises ``Conflict`` when there is no address."""
    registration, book = open_registration(registration_id)
    if not registration.email:
        raise Conflict("registration.no_address")
    tell_standing(registration, book, now)
    note(book.edition, registration.id, "mail_resent", actor=actor, now=now)
    db.session.flush()


def reissue_ticket(*, actor: Actor, now: datetime, registration_id: int) -> None:
    """Replace the ticket, so that the old code answers ``replaced``, and mail the new one."""
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    old = find_present_ticket(registration_id)
    if old is not None:
        old.replaced_at = now
    db.session.add(Ticket(registration_id=registration_id, ticket_id=new_ticket_id(), issued_at=now))
    seen_by_doors(registration, now)
    db.session.flush()
    tell_standing(registration, book, now)
    note(book.edition, registration.id, "ticket_reissued", actor=actor, now=now)
    db.session.flush()
