"""Finding registrations and counting places."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, String, column, func, literal, select, text, tuple_
from sqlalchemy.orm import joinedload

from crosslinks.config import settings
from crosslinks.editions.models import Edition, EditionMode
from crosslinks.editions.rules import EditionState, LockedMode, Mode
from crosslinks.kernel.columns import UtcDateTime
from crosslinks.kernel.db import db, execute
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import LinkKind, link_identity, link_is_valid, read_reference
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.rules import EditionFacts, ModeCount, Place

_PEOPLE = "FROM registration WHERE edition_id = :edition_id AND "
_QUEUE = _PEOPLE + "wants = '{place}' AND wants <> 'none' AND offer_until IS NULL "
_KEPT = (
    "FROM reservation WHERE edition_id = :edition_id AND mode = '{place}' AND used_at IS NULL AND released_at IS NULL"
)
_OF_PLACE = (
    "(SELECT count(*) " + _PEOPLE + "place = :{place}) AS held_{place}, "
    "(SELECT count(*) " + _QUEUE + ") AS wanted_{place}, "
    "(SELECT count(*) " + _QUEUE + "AND priority > 0) AS behind_{place}, "
    "(SELECT joined_at " + _QUEUE + "AND priority = 0 ORDER BY joined_at DESC LIMIT 1) AS last_{place}, "
    "(SELECT count(*) " + _PEOPLE + "wants = '{place}' AND offer_until IS NOT NULL) AS offered_{place}, "
    "(SELECT count(*) " + _KEPT + ") AS reserved_{place}"
)
_COUNTED = ("held", "wanted", "behind", "last", "offered", "reserved")
_PLACES = (Place.ONSITE, Place.DIGITAL)
_TALLY = text("SELECT " + ", ".join(_OF_PLACE.format(place=place.value) for place in _PLACES)).columns(
    *(
        column(f"{what}_{place.value}", UtcDateTime if what == "last" else Integer)
        for place in _PLACES
        for what in _COUNTED
    )
)
_NOT_COUNTED = ""
IN_LINE = text("wants <> 'none' AND offer_until IS NULL")
"""Said in the words of the index, so that it is read."""
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Tally:
    """People of one edition by the place that they hold and by the one that they wait for.

    ``ahead`` are those in a queue in front of an ordinary newcomer, ``last_joined`` is when its last one joined.
    ``offered`` people decide about a place that is kept for them, ``reserved`` places are kept for people yet to come.
    """

    held: dict[Place, int]
    wanted: dict[Place, int]
    ahead: dict[Place, int]
    last_joined: dict[Place, datetime]
    offered: dict[Place, int]
    reserved: dict[Place, int]

    def count(self, row: LockedMode | EditionMode) -> ModeCount:
        """Return the figures of one mode."""
        place = Place.of(row.mode)
        return ModeCount(
            row.mode,
            row.capacity,
            row.places,
            self.held.get(place, 0),
            self.wanted.get(place, 0),
            self.offered.get(place, 0),
            self.reserved.get(place, 0),
        )


def tally(edition_id: int, places: Collection[Place] = _PLACES) -> Tally:
    """Count an edition's people in one statement that reads indexes only, those who hold a place only in ``places``."""
    asked = {place.value: place.value if place in places else _NOT_COUNTED for place in _PLACES}
    row = execute(_TALLY, {"edition_id": edition_id, **asked}).one()
    found = Tally({}, {}, {}, {}, {}, {})
    for place, start in zip(_PLACES, (0, len(_COUNTED)), strict=True):
        held, wanted, behind, last, offered, reserved = row[start : start + len(_COUNTED)]
        found.offered[place], found.reserved[place] = offered, reserved
        found.held[place] = held
        found.wanted[place] = wanted
        found.ahead[place] = wanted - behind
        if last is not None:
            found.last_joined[place] = last
    return found


_FACTS = text(
    "SELECT e.id, e.conference_id, c.name AS name, e.slug AS slug, e.state AS state, e.starts_at AS starts_at, "
    "e.ends_at AS ends_at, e.time_zone AS zone, e.registration_opens_at AS opens_at, "
    "e.registration_closes_at AS closes_at "
    "FROM edition e JOIN conference c ON c.id = e.conference_id WHERE e.id = :id"
).columns(
    id=Integer,
    conference_id=Integer,
    name=String,
    slug=String,
    state=String,
    starts_at=UtcDateTime,
    ends_at=UtcDateTime,
    zone=String,
    opens_at=UtcDateTime,
    closes_at=UtcDateTime,
)


def get_edition_facts(edition_id: int) -> EditionFacts:
    """Return what registering needs to know of an edition; raises ``NotFound``."""
    row = execute(_FACTS, {"id": edition_id}).first()
    if row is None:
        raise NotFound("edition.unknown")
    return EditionFacts(
        row.id,
        row.conference_id,
        f"{row.name} {row.slug}",
        EditionState(row.state),
        row.starts_at,
        row.ends_at,
        row.zone,
        row.opens_at,
        row.closes_at,
    )


def count_modes(edition_id: int) -> dict[Mode, ModeCount]:
    """Return the figures of each mode that the edition offers, on-site first."""
    rows = db.session.scalars(
        select(EditionMode).where(EditionMode.edition_id == edition_id).order_by(EditionMode.mode.desc())
    ).all()
    people = tally(edition_id)
    return {row.mode: people.count(row) for row in rows}


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


def get_by_link_token(token: str, kind: LinkKind = LinkKind.MANAGE) -> Registration:
    """Return the registration that a link of ``kind`` opens, with its edition; raises ``NotFound`` for any other."""
    identity = link_identity(token)
    found = (
        None
        if identity is None or identity > _LARGEST_ID
        else db.session.scalar(
            select(Registration)
            .where(Registration.id == identity)
            .options(joinedload(Registration.edition).joinedload(Edition.conference))
        )
    )
    if found is None or not link_is_valid(settings().keys, kind, token, found.id, found.epoch):
        raise NotFound("link.unknown")
    return found


def waiting_position(registration: Registration) -> int | None:
    """Return where somebody stands in the queue, from 1, or None when they do not wait, or have an offer."""
    if registration.wants is Place.NONE or registration.offer_until is not None:
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
            IN_LINE,
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
