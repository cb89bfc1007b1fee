"""What ends by itself: offers that nobody answered, reservations that nobody used. The place goes to the next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text, union

from crosslinks.editions.models import EditionMode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.offers import lapse_offer
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.reservations import end_reservation
from crosslinks.registration.steps import settle

MOST_LAPSES = 12
"""How many end in one transaction; as many move up in it."""
_OFFERED = text("offer_until IS NOT NULL")
_KEPT = text("used_at IS NULL AND released_at IS NULL")


def list_due(now: datetime) -> list[int]:
    """Return the editions in which something has lapsed, or places are still handed out in steps."""
    return list(
        db.session.scalars(
            union(
                select(Registration.edition_id).where(_OFFERED, Registration.offer_until <= now),
                select(Reservation.edition_id).where(_KEPT, Reservation.expires_at <= now),
                select(EditionMode.edition_id).where(EditionMode.places_so_far.is_not(None)),
            )
        )
    )


def lapse_due(*, now: datetime, edition_id: int) -> bool:
    """End what has lapsed in an edition, at most ``MOST_LAPSES``, and promote; return whether there may be more."""
    book = PlaceBook(edition_id)
    actor = Actor.system("waiting list")
    offers = db.session.scalars(
        select(Registration)
        .where(Registration.edition_id == edition_id, _OFFERED, Registration.offer_until <= now)
        .order_by(Registration.offer_until, Registration.id)
        .limit(MOST_LAPSES)
        .execution_options(populate_existing=True)
    ).all()
    kept = db.session.scalars(
        select(Reservation)
        .where(Reservation.edition_id == edition_id, _KEPT, Reservation.expires_at <= now)
        .order_by(Reservation.expires_at, Reservation.id)
        .limit(MOST_LAPSES - len(offers))
        .execution_options(populate_existing=True)
    ).all()
    for registration in offers:
        lapse_offer(registration, book, actor=actor, now=now)
    for reservation in kept:
        end_reservation(reservation, book, actor=actor, now=now)
    if offers or kept:
        settle(book, now)
    return len(offers) + len(kept) == MOST_LAPSES
