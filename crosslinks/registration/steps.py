"""The steps that every change of a registration takes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from crosslinks.editions.queries import next_roster_seq
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.registration.models import Registration
from crosslinks.registration.notices import tell
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.queries import waiting_position
from crosslinks.registration.rules import Place, Status
from crosslinks.registration.waiting_list import promote_waiting


def open_registration(registration_id: int) -> tuple[Registration, PlaceBook]:
    """Lock the modes of a registration's edition, then read it afresh; raises ``NotFound``."""
    edition_id = db.session.scalar(select(Registration.edition_id).where(Registration.id == registration_id))
    if edition_id is None:
        raise NotFound("registration.unknown")
    book = PlaceBook(edition_id)
    return db.session.get_one(Registration, registration_id, populate_existing=True), book


def seen_by_doors(registration: Registration, now: datetime) -> None:
    """Note that a door must see this change."""
    registration.rev += 1
    registration.changed_at = now
    registration.roster_seq = next_roster_seq(registration.edition_id)


def standing(registration: Registration) -> dict[str, Place]:
    """Return what the log keeps of a standing."""
    return {"place": registration.place, "wants": registration.wants}


def refuse_cancelled(registration: Registration) -> None:
    """Raise ``Conflict`` for a registration that is cancelled."""
    if registration.cancelled_at is not None:
        raise Conflict("registration.cancelled")


def offer_is_open(registration: Registration, now: datetime) -> bool:
    """Say whether a place is kept for somebody until they decide."""
    return registration.offer_until is not None and now < registration.offer_until


def settle(book: PlaceBook, now: datetime) -> None:
    """Give what was freed to the next in line, and let public pages follow."""
    promote_waiting(actor=Actor.system("waiting list"), now=now, book=book)
    book.close()
    db.session.flush()


def tell_standing(registration: Registration, book: PlaceBook, now: datetime) -> None:
    """Mail the person how things stand now: with ticket and link, or the offer that waits for their answer."""
    if registration.offer_until is not None:
        until = registration.offer_until.isoformat()
        tell(book.edition, registration, "offered", now=now, mode=registration.wants.value, until=until)
        return
    status = registration.status
    mode = registration.wants if status is Status.WAITING else registration.place
    facts: dict[str, object] = {"position": waiting_position(registration)} if status is Status.WAITING else {}
    if mode is not Place.NONE:
        facts["mode"] = mode.value
    tell(book.edition, registration, status.value, now=now, **facts)
