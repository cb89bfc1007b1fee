"""Registering many at once, by the same rules: who gets a place, who waits, and what each change leaves behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import select

from crosslinks.accounts.audit import audit_row, record_many
from crosslinks.editions.queries import take_roster_seqs
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.tokens import new_reference
from crosslinks.mail.operations import mail_row, queue_mails
from crosslinks.questions.answers import save_many
from crosslinks.questions.rules import NOTHING, Checked
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.models import PersonDetails, Registration, Ticket
from crosslinks.registration.notices import letter_data
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.rules import BadgeRole, Details, EditionFacts, Place, Source, Status, search_columns
from crosslinks.registration.tickets import new_ticket_id

AT_ONCE = 100
"""So many people are added in one transaction: other writers wait for it."""
_TABLES = Registration.metadata.tables
_INSERT_PEOPLE = (
    _TABLES[Registration.__tablename__].insert().returning(Registration.__table__.c.id, sort_by_parameter_order=True)
)
_INSERT_TICKETS = _TABLES[Ticket.__tablename__].insert()
_INSERT_DETAILS = _TABLES[PersonDetails.__tablename__].insert()


class WhenFull(StrEnum):
    """What becomes of somebody whom no place is left for."""

    WAIT = "wait"
    REFUSE = "refuse"
    OVERRIDE = "override"


class Fate(StrEnum):
    """What became of one of many."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    KNOWN = "known"
    FULL = "full"


@dataclass(frozen=True)
class Arrival:
    """One of many: who, how they take part, and what the badge says. The address may be empty."""

    details: Details
    mode: Mode
    role: BadgeRole = BadgeRole.PARTICIPANT
    note: str = ""
    answers: Checked = NOTHING

    @cached_property
    def address(self) -> tuple[str, str]:
        """The address and its key, both ``""`` without one; raises ``Invalid`` for an unusable address."""
        return normalise_email(self.details.email) if self.details.email else ("", "")

    @property
    def key(self) -> str:
        """The key of the address."""
        return self.address[1]


@dataclass(frozen=True)
class Seat:
    """What one of many gets: a place, or a position in the queue, or neither; the id once it is written."""

    fate: Fate
    place: Place = Place.NONE
    wants: Place = Place.NONE
    joined_at: datetime | None = None
    position: int | None = None
    registration_id: int | None = None

    @property
    def is_added(self) -> bool:
        """Whether a registration comes of it."""
        return self.fate in {Fate.CONFIRMED, Fate.WAITING}


class Usher:
    """Seats one after another in the book of places, which a trial may open and let go without writing."""

    def __init__(self, book: PlaceBook, when_full: WhenFull, known: Collection[str] = ()) -> None:
        self.book = book
        self._when_full = when_full
        self._known = set(known)
        self._queued: Counter[Place] = Counter()

    def meet(self, keys: Collection[str]) -> None:
        """Note addresses that are registered already."""
        self._known.update(keys)

    def seat(self, arrival: Arrival, now: datetime) -> Seat:
        """Decide what ``arrival`` gets and keep the figures in step; raises ``NotFound`` for a mode not offered."""
        count = self.book.count(arrival.mode)
        key = arrival.key
        if key and key in self._known:
            return Seat(Fate.KNOWN)
        target = Place.of(arrival.mode)
        if count.has_room or self._when_full is WhenFull.OVERRIDE:
            seat = Seat(Fate.CONFIRMED, target)
        elif self._when_full is WhenFull.REFUSE:
            return Seat(Fate.FULL)
        else:
            position = self.book.position_of_newcomer(target) + self._queued[target]
            self._queued[target] += 1
            seat = Seat(Fate.WAITING, Place.NONE, target, self.book.next_joined_at(target, now), position)
        if key:
            self._known.add(key)
        self.book.shift(seat.place, confirmed=1)
        self.book.shift(seat.wants, waiting=1)
        return seat


def find_active(edition_id: int, keys: Collection[str]) -> dict[str, int]:
    """Return the registrations that are not cancelled of those addresses: ids by key; at most a few hundred keys."""
    wanted = [key for key in keys if key]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Registration.email_key, Registration.id).where(
            Registration.edition_id == edition_id,
            Registration.email_key.in_(wanted),
            Registration.email_key != "",
            Registration.cancelled_at.is_(None),
        )
    )
    return {row.email_key: row.id for row in rows}


def add_many(
    *,
    actor: Actor,
    now: datetime,
    edition_id: int,
    arrivals: Sequence[Arrival],
    when_full: WhenFull = WhenFull.WAIT,
    reason: str = "",
    tell: bool = True,
    source: Source = Source.ORGANIZER,
) -> list[Seat]:
    """Register up to ``AT_ONCE`` people at any time, in their order, and return what each got.

    The book of places is opened once. Known addresses are left alone. Each new one leaves a line in the log, and a
    letter when ``tell`` and there is an address. ``reason`` is why places are given although it is full.
    """
    if len(arrivals) > AT_ONCE:
        raise ValueError(f"at most {AT_ONCE} at once")
    book = PlaceBook(edition_id)
    usher = Usher(book, when_full, find_active(edition_id, [arrival.key for arrival in arrivals]))
    seats = [usher.seat(arrival, now) for arrival in arrivals]
    taken = [number for number, seat in enumerate(seats) if seat.is_added]
    if not taken:
        return seats
    override = reason if when_full is WhenFull.OVERRIDE else ""
    ids = _insert(edition_id, [(arrivals[number], seats[number]) for number in taken], now, source)
    letters, lines = [], []
    for number, registration_id in zip(taken, ids, strict=True):
        arrival = arrivals[number]
        seat = seats[number] = replace(seats[number], registration_id=registration_id)
        if tell and arrival.details.email:
            letters.append(_letter(book.edition, arrival, seat, now))
        lines.append(_line(book.edition, actor, seat, now, override))
    answered = [(seat.registration_id, one.answers) for one, seat in zip(arrivals, seats, strict=True)]
    save_many([(number, answers) for number, answers in answered if number is not None], now=now)
    queue_mails(letters)
    record_many(lines)
    book.close()
    db.session.flush()
    return seats


def _letter(edition: EditionFacts, arrival: Arrival, seat: Seat, now: datetime) -> dict[str, Any]:
    details = arrival.details
    status = Status.WAITING if seat.fate is Fate.WAITING else Status.CONFIRMED
    facts = {} if seat.position is None else {"position": seat.position}
    name = f"{details.given_name} {details.family_name}".strip()
    return mail_row(
        kind=f"registration.{status.value}",
        language=details.language,
        to_address=arrival.address[0],
        to_name=name,
        data=letter_data(edition, name, mode=arrival.mode.value, **facts),
        now=now,
        edition_id=edition.id,
        registration_id=seat.registration_id,
    )


def _line(edition: EditionFacts, actor: Actor, seat: Seat, now: datetime, override: str) -> dict[str, Any]:
    assert seat.registration_id is not None
    after = {"place": seat.place, "wants": seat.wants} | ({"override": override} if override else {})
    return audit_row(
        actor=actor,
        action="registration.created",
        object_kind="registration",
        object_id=seat.registration_id,
        now=now,
        conference_id=edition.conference_id,
        edition_id=edition.id,
        after=after,
    )


def _insert(edition_id: int, seated: list[tuple[Arrival, Seat]], now: datetime, source: Source) -> list[int]:
    references = _unused_references(edition_id, len(seated))
    last = take_roster_seqs(edition_id, len(seated))
    rows = [
        _columns(arrival, seat, reference, now)
        | {"edition_id": edition_id, "source": source, "roster_seq": last - len(seated) + number}
        for number, ((arrival, seat), reference) in enumerate(zip(seated, references, strict=True), start=1)
    ]
    db.session.flush()
    connection = db.session.connection()
    ids = list(connection.execute(_INSERT_PEOPLE, rows).scalars())
    connection.execute(
        _INSERT_TICKETS,
        [
            {"registration_id": registration_id, "ticket_id": new_ticket_id(), "issued_at": now}
            for registration_id in ids
        ],
    )
    notes = [
        {"registration_id": registration_id, "note": arrival.note}
        for registration_id, (arrival, _seat) in zip(ids, seated, strict=True)
        if arrival.note
    ]
    if notes:
        connection.execute(_INSERT_DETAILS, notes)
    return ids


def _columns(arrival: Arrival, seat: Seat, reference: str, now: datetime) -> dict[str, Any]:
    details = arrival.details
    email, key = arrival.address
    return {
        "reference": reference,
        "given_name": details.given_name,
        "family_name": details.family_name,
        "email": email,
        "email_key": key,
        "organisation": details.organisation,
        "profession": details.profession,
        "language": details.language,
        "needs_assistance": details.needs_assistance,
        "role": arrival.role,
        "place": seat.place,
        "wants": seat.wants,
        "joined_at": seat.joined_at,
        "created_at": now,
        "changed_at": now,
        **search_columns(details.given_name, details.family_name, details.organisation, email, reference),
    }


def _unused_references(edition_id: int, count: int) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        fresh = {new_reference() for _ in range(count - len(found))} - found
        found |= fresh - set(
            db.session.scalars(
                select(Registration.reference).where(
                    Registration.edition_id == edition_id, Registration.reference.in_(fresh)
                )
            )
        )
    return sorted(found)
