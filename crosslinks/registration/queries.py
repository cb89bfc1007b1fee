"""Finding registrations and counting places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, String, func, literal, select, text, tuple_
from sqlalchemy.orm import joinedload

from crosslinks.config import settings
from crosslinks.editions.models import Edition, EditionMode
from crosslinks.editions.rules import Mode
from crosslinks.kernel.columns import UtcDateTime
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import LinkKind, link_identity, link_is_valid, read_reference
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.rules import ModeCount, Place

_TALLY = text(
    "SELECT 'held' AS what, place AS place, count(*) AS people, 0 AS ahead, NULL AS joined FROM registration "
    "WHERE edition_id = :edition_id GROUP BY place "
    "UNION ALL "
    "SELECT 'wanted', wants, count(*), count(CASE WHEN priority <= 0 THEN 1 END), max(joined_at) FROM registration "
    "WHERE edition_id = :edition_id AND wants <> 'none' GROUP BY wants"
).columns(what=String, place=String, people=Integer, ahead=Integer, joined=UtcDateTime)


@dataclass(frozen=True)
class Tally:
    """People of one edition by the place that they hold and by the one that they wait for.

    ``ahead`` are those in a queue in front of an ordinary newcomer, ``last_joined`` is when its last one joined.
    """

    held: dict[Place, int]
    wanted: dict[Place, int]
    ahead: dict[Place, int]
    last_joined: dict[Place, datetime]


def tally(edition_id: int) -> Tally:
    """Count an edition's people in one statement that reads indexes only."""
    found = Tally({}, {}, {}, {})
    for what, place, people, ahead, joined in db.session.execute(_TALLY, {"edition_id": edition_id}):
        if what == "held":
            found.held[Place(place)] = people
        else:
            found.wanted[Place(place)] = people
            found.ahead[Place(place)] = ahead
            found.last_joined[Place(place)] = joined
    return found


def count_modes(edition_id: int) -> dict[Mode, ModeCount]:
    """Return the figures of each mode that the edition offers, on-site first."""
    rows = db.session.scalars(
        select(EditionMode).where(EditionMode.edition_id == edition_id).order_by(EditionMode.mode.desc())
    ).all()
    people = tally(edition_id)
    return {
        row.mode: ModeCount(
            row.mode,
            row.capacity,
            row.places,
            people.held.get(Place.of(row.mode), 0),
            people.wanted.get(Place.of(row.mode), 0),
        )
        for row in rows
    }


def count_cancelled(edition_id: int) -> int:
    """Return how many registrations of an edition were cancelled."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Registration)
            .where(Registration.edition_id == edition_id, Registration.cancelled_at.is_not(None))
        )
        or 0
    )


def get_registration(edition_id: int, registration_id: int) -> Registration:
    """Return a registration of that edition; raises ``NotFound`` also for one of another edition."""
    found = db.session.get(Registration, registration_id)
    if found is None or found.edition_id != edition_id:
        raise NotFound("registration.unknown")
    return found


def find_by_reference(edition_id: int, typed: str) -> Registration | None:
    """Return the registration whose reference was typed or read aloud, with or without its hyphen."""
    reference = read_reference(typed)
    if reference is None:
        return None
    return db.session.scalar(
        select(Registration).where(Registration.edition_id == edition_id, Registration.reference == reference)
    )


def find_active_by_email(edition_id: int, email_key: str) -> Registration | None:
    """Return the registration that is not cancelled of an address, by its key of ``addresses.normalise_email``."""
    if not email_key:
        return None
    return db.session.scalar(
        select(Registration).where(
            Registration.edition_id == edition_id,
            Registration.email_key == email_key,
            Registration.cancelled_at.is_(None),
        )
    )


def get_by_link_token(token: str) -> Registration:
    """Return the registration that a personal link opens, with its edition; raises ``NotFound`` for any other text."""
    identity = link_identity(token)
    found = (
        None
        if identity is None
        else db.session.scalar(
            select(Registration)
            .where(Registration.id == identity)
            .options(joinedload(Registration.edition).joinedload(Edition.conference))
        )
    )
    if found is None or not link_is_valid(settings().keys, LinkKind.MANAGE, token, found.id, found.epoch):
        raise NotFound("link.unknown")
    return found


def waiting_position(registration: Registration) -> int | None:
    """Return where somebody stands in the queue, from 1, or None when they do not wait."""
    if registration.wants is Place.NONE:
        return None
    mine = tuple_(
        literal(registration.priority), literal(registration.joined_at, UtcDateTime), literal(registration.id)
    )
    return db.session.scalar(
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.edition_id == registration.edition_id,
            Registration.wants == registration.wants,
            text("wants <> 'none'"),
            tuple_(Registration.priority, Registration.joined_at, Registration.id) <= mine,
        )
    )


def find_present_ticket(registration_id: int) -> Ticket | None:
    """Return the ticket that is good now."""
    return db.session.scalar(
        select(Ticket).where(Ticket.registration_id == registration_id, Ticket.replaced_at.is_(None))
    )


def find_ticket(ticket_id: bytes) -> Ticket | None:
    """Return the ticket with that id, good or replaced, with its registration."""
    return db.session.scalar(
        select(Ticket).where(Ticket.ticket_id == ticket_id).options(joinedload(Ticket.registration))
    )
