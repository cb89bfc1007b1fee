"""What the organizer's page of places lists besides the queues: open offers, kept places, who has answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select, text

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.registration.models import Reconfirmation, Registration, Reservation
from crosslinks.registration.reconfirm import unconfirmed
from crosslinks.registration.rules import BadgeRole, Place, Turnout, turnout

MOST_LISTED = 200


@dataclass(frozen=True)
class OpenOffer:
    """Somebody who decides about a place."""

    id: int
    name: str
    wants: Place
    until: datetime


def list_offers(edition_id: int) -> list[OpenOffer]:
    """Return those who have an open offer, the one that ends first at the top: one statement."""
    rows = db.session.execute(
        select(
            Registration.id, Registration.given_name, Registration.family_name, Registration.wants,
            Registration.offer_until,
        )
        .where(Registration.edition_id == edition_id, text("offer_until IS NOT NULL"))
        .order_by(Registration.offer_until, Registration.id)
        .limit(MOST_LISTED)
    )  # fmt: skip
    return [
        OpenOffer(row.id, f"{row.given_name} {row.family_name}".strip(), row.wants, row.offer_until) for row in rows
    ]


def list_reservations(edition_id: int) -> list[Reservation]:
    """Return the places that are kept for people yet to come, the one that ends first at the top."""
    return list(
        db.session.scalars(
            select(Reservation)
            .where(Reservation.edition_id == edition_id, text("used_at IS NULL AND released_at IS NULL"))
            .order_by(Reservation.expires_at, Reservation.id)
            .limit(MOST_LISTED)
        )
    )


def time_left(until: datetime, now: datetime) -> str:
    """Return how long there is until a moment, in words; it may be just over, and not yet acted on."""
    left = max(until - now, timedelta(0))
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    if hours >= 48:
        return _("%(days)s days left", days=hours // 24)
    if hours:
        return _("%(hours)s h %(minutes)s min left", hours=hours, minutes=minutes)
    return _("%(minutes)s min left", minutes=minutes)


def find_turnout(edition: Edition) -> Turnout | None:
    """Return the turnout of the latest earlier edition that counted it."""
    rows = db.session.execute(
        select(Edition.slug, Edition.figures)
        .where(Edition.conference_id == edition.conference_id, Edition.starts_at < edition.starts_at)
        .order_by(Edition.starts_at.desc())
    )
    return next((found for row in rows if (found := turnout(row.slug, row.figures)) is not None), None)


@dataclass(frozen=True)
class Answers:
    """Who with a place in the room has said that they come."""

    to_answer: int
    silent: int
    warned: int

    @property
    def coming(self) -> int:
        """How many come, as far as they have said or as they have just taken their place."""
        return self.to_answer - self.silent


def count_answers(plan: Reconfirmation) -> Answers:
    """Return the figures of a reconfirmation: one statement."""
    silent = unconfirmed(plan)
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(*silent),
            func.count().filter(*silent, Registration.warned_at >= plan.ask_at),
        )
        .select_from(Registration)
        .where(
            Registration.edition_id == plan.edition_id,
            Registration.place == Place.ONSITE,
            Registration.role == BadgeRole.PARTICIPANT,
            Registration.email != "",
        )
    ).one()
    return Answers(*row)
