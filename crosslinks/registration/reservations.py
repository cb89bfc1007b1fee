"""Places kept for somebody who is yet to register, such as an invited guest: they count as taken until they expire."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from crosslinks.accounts.audit import record
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Gone, Invalid, NotFound
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.notices import note, tell
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.rules import Place
from crosslinks.registration.steps import refuse_cancelled, seen_by_doors, settle, standing

LONGEST_LABEL = 200


def reserve_place(
    *, actor: Actor, now: datetime, edition_id: int, mode: Mode, label: str, expires_at: datetime
) -> Reservation:
    """Keep one free place of ``mode`` until ``expires_at``, or until the edition ends if that is sooner.

    Raises ``Conflict`` when none is free (whoever waits comes first), ``Invalid`` for a moment that has passed.
    """
    book = PlaceBook(edition_id)
    free = book.count(mode).free
    until = min(expires_at, book.edition.ends_at)
    if until <= now:
        raise Invalid("reservation.past")
    if free is not None and free <= 0:
        raise Conflict("reservation.full")
    kept = Reservation(edition_id=edition_id, mode=mode, label=label[:LONGEST_LABEL], expires_at=until, created_at=now)
    db.session.add(kept)
    db.session.flush()
    book.shift(Place.of(mode), reserved=1)
    _log(book, kept, "made", actor=actor, now=now, mode=mode, label=kept.label, expires_at=until)
    book.close()
    db.session.flush()
    return kept


def release_reservation(*, actor: Actor, now: datetime, reservation_id: int) -> bool:
    """Give a reserved place back, and promote the next; return False when it was used or released before."""
    kept, book = open_reservation(reservation_id)
    if kept.used_at is not None or kept.released_at is not None:
        return False
    end_reservation(kept, book, actor=actor, now=now)
    settle(book, now)
    return True


def end_reservation(kept: Reservation, book: PlaceBook, *, actor: Actor, now: datetime) -> None:
    """Note that a place is no longer kept; who calls it promotes the next."""
    kept.released_at = now
    book.shift(Place.of(kept.mode), reserved=-1)
    _log(book, kept, "revoked" if now < kept.expires_at else "lapsed", actor=actor, now=now, label=kept.label)
    db.session.flush()


def prolong_reservation(*, actor: Actor, now: datetime, reservation_id: int, expires_at: datetime) -> None:
    """Keep a place until another moment; raises ``Gone`` when it is no longer kept, ``Invalid`` for one that passed."""
    kept, book = open_reservation(reservation_id)
    require_kept(kept, now)
    until = min(expires_at, book.edition.ends_at)
    if until <= now:
        raise Invalid("reservation.past")
    before = {"expires_at": kept.expires_at}
    kept.expires_at = until
    _log(book, kept, "changed", actor=actor, now=now, before=before, expires_at=until)
    db.session.flush()


def use_reservation(*, actor: Actor, now: datetime, reservation_id: int, registration_id: int) -> Registration:
    """Give a reserved place to somebody who is registered already, waiting or in the other mode.

    Who holds such a place keeps it, and the reserved one goes to the next in line. Raises ``Gone`` when the place is no
    longer kept, ``NotFound`` for a person of another edition, ``Conflict`` for one who has cancelled.
    """
    kept, book = open_reservation(reservation_id)
    require_kept(kept, now)
    registration = db.session.get(Registration, registration_id, populate_existing=True)
    if registration is None or registration.edition_id != kept.edition_id:
        raise NotFound("registration.unknown")
    refuse_cancelled(registration)
    target = Place.of(kept.mode)
    before = standing(registration)
    take_kept(kept, book, registration_id, now)
    if registration.place is not target:
        waited = registration.wants is target
        book.move(registration, target, Place.NONE, now)
        seen_by_doors(registration, now)
        tell(book.edition, registration, "promoted" if waited else "switched", now=now, mode=kept.mode.value)
    note(
        book.edition,
        registration.id,
        "reservation_used",
        actor=actor,
        now=now,
        before=before,
        after=standing(registration),
    )
    settle(book, now)
    return registration


def find_kept(book: PlaceBook, reservation_id: int, mode: Mode, now: datetime) -> Reservation:
    """Return the reservation that a newcomer may use now; raises ``NotFound``, or ``Gone`` when it has ended."""
    kept = db.session.get(Reservation, reservation_id, populate_existing=True)
    if kept is None or kept.edition_id != book.edition_id or kept.mode is not mode:
        raise NotFound("reservation.unknown")
    require_kept(kept, now)
    return kept


def take_kept(kept: Reservation, book: PlaceBook, registration_id: int, now: datetime) -> None:
    """Note who uses a reserved place; the caller gives it to them."""
    kept.used_at, kept.used_by = now, registration_id
    book.shift(Place.of(kept.mode), reserved=-1)


def require_kept(kept: Reservation, now: datetime) -> None:
    """Raise ``Gone`` unless the place is still kept."""
    if kept.used_at is not None:
        raise Gone("reservation.used")
    if kept.released_at is not None or kept.expires_at <= now:
        raise Gone("reservation.expired")


def open_reservation(reservation_id: int) -> tuple[Reservation, PlaceBook]:
    """Lock the modes of a reservation's edition, then read it afresh; raises ``NotFound``."""
    edition_id = db.session.scalar(select(Reservation.edition_id).where(Reservation.id == reservation_id))
    if edition_id is None:
        raise NotFound("reservation.unknown")
    book = PlaceBook(edition_id)
    return db.session.get_one(Reservation, reservation_id, populate_existing=True), book


def _log(book: PlaceBook, kept: Reservation, deed: str, *, actor: Actor, now: datetime, **facts: object) -> None:
    before = facts.pop("before", None)
    record(
        actor=actor,
        action=f"reservation.{deed}",
        object_kind="reservation",
        object_id=kept.id,
        now=now,
        conference_id=book.edition.conference_id,
        edition_id=book.edition_id,
        before=before if isinstance(before, dict) else None,
        after=facts,
    )
