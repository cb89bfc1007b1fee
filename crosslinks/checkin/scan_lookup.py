"""What the database knows about the people in a batch of scans, read in as few statements as there can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite

from crosslinks.checkin.models import Attendance, Gate, Scan
from crosslinks.checkin.rules import (
    OUTSIDE,
    MergedState,
    Outcome,
    ScanFact,
    ScanKind,
    Standing,
    merge_scans,
    standing_of,
)
from crosslinks.kernel.db import db
from crosslinks.registration.models import Registration, Ticket

SCAN: Table = Scan.__table__  # type: ignore[assignment]
ATTENDANCE: Table = Attendance.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Person:
    """What the door may know of a registration."""

    id: int
    name: str
    organisation: str
    role: str
    standing: Standing
    needs_assistance: bool


@dataclass
class Known:
    """What is known about a batch, growing as its scans are answered."""

    answers: dict[UUID, tuple[int, dict[str, Any]]]
    by_ticket: dict[bytes, tuple[int, bool]]
    by_reference: dict[str, int]
    people: dict[int, Person]
    facts: dict[int, list[ScanFact]]
    gates: dict[str, int]
    states: dict[int, MergedState] = field(default_factory=dict)

    def state(self, person_id: int) -> MergedState:
        """Return where a person is, with the scans of this batch answered so far."""
        found = self.states.get(person_id)
        if found is None:
            found = self.states[person_id] = merge_scans(self.facts[person_id]) if self.facts[person_id] else OUTSIDE
        return found

    def add(self, person_id: int, fact: ScanFact) -> None:
        """Add a scan that was just answered."""
        self.facts[person_id].append(fact)
        self.states.pop(person_id, None)


def look_up(edition_id: int, *, ids: set[UUID], ticket_ids: set[bytes], references: set[str], gates: bool) -> Known:
    """Return what is known of these scans, tickets and references; the people in it are locked from here on."""
    by_ticket = _tickets(edition_id, ticket_ids)
    by_reference = _references(edition_id, references)
    person_ids = sorted({person_id for person_id, _ in by_ticket.values()} | set(by_reference.values()))
    _lock(edition_id, person_ids)
    return Known(
        answers=stored_answers(ids),
        by_ticket=by_ticket,
        by_reference=by_reference,
        people=_people(person_ids),
        facts=_facts(person_ids),
        gates=_gates(edition_id) if gates else {},
    )


def _tickets(edition_id: int, ticket_ids: set[bytes]) -> dict[bytes, tuple[int, bool]]:
    if not ticket_ids:
        return {}
    rows = db.session.execute(
        select(Ticket.ticket_id, Ticket.registration_id, Ticket.replaced_at)
        .join(Registration, Registration.id == Ticket.registration_id)
        .where(Ticket.ticket_id.in_(ticket_ids), Registration.edition_id == edition_id)
    )
    return {ticket_id: (person_id, replaced_at is not None) for ticket_id, person_id, replaced_at in rows}


def _references(edition_id: int, references: set[str]) -> dict[str, int]:
    if not references:
        return {}
    rows = db.session.execute(
        select(Registration.reference, Registration.id).where(
            Registration.edition_id == edition_id, Registration.reference.in_(references)
        )
    )
    return {row[0]: row[1] for row in rows}


def insert_into(table: Table) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    return (sqlite if is_sqlite() else postgresql).insert(table)


def is_sqlite() -> bool:
    """Say whether there is only one writer at a time."""
    return db.engine.dialect.name == "sqlite"


def _lock(edition_id: int, person_ids: Sequence[int]) -> None:
    """Take each person's attendance row, in order of id, so that two doors cannot both be the first."""
    if not person_ids or is_sqlite():
        return
    statement = insert_into(ATTENDANCE).values(
        [{"registration_id": person_id, "edition_id": edition_id, "inside": False} for person_id in person_ids]
    )
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["registration_id"], set_={"edition_id": edition_id})
    )


def stored_answers(ids: Iterable[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """Return the edition and the first answer of each scan stored under these ids."""
    rows = db.session.execute(select(SCAN.c.uuid, SCAN.c.edition_id, SCAN.c.answer).where(SCAN.c.uuid.in_(ids)))
    return {uuid: (edition_id, answer) for uuid, edition_id, answer in rows}


def _people(ids: Sequence[int]) -> dict[int, Person]:
    if not ids:
        return {}
    rows = db.session.execute(
        select(
            Registration.id, Registration.given_name, Registration.family_name, Registration.organisation,
            Registration.role, Registration.place, Registration.wants, Registration.cancelled_at,
            Registration.needs_assistance,
        ).where(Registration.id.in_(ids))
    )  # fmt: skip
    return {
        person_id: Person(person_id, f"{given} {family}".strip(), organisation, role.value,
                          standing_of(place, wants, cancelled=cancelled_at is not None), needs_assistance)
        for person_id, given, family, organisation, role, place, wants, cancelled_at, needs_assistance in rows
    }  # fmt: skip


def _facts(ids: Sequence[int]) -> dict[int, list[ScanFact]]:
    facts: dict[int, list[ScanFact]] = defaultdict(list)
    if not ids:
        return facts
    rows = db.session.execute(
        select(
            Scan.registration_id, Scan.uuid, Scan.kind, Scan.at, Scan.outcome, Scan.gate_id, Scan.decided, Scan.undoes
        ).where(Scan.registration_id.in_(ids))
    )
    person_id: Any
    for person_id, uuid, kind, at, outcome, gate_id, decided, undoes in rows:
        facts[person_id].append(
            ScanFact(uuid, ScanKind(kind), at, Outcome(outcome), gate_id, Outcome(decided) if decided else None, undoes)
        )
    return facts


def _gates(edition_id: int) -> dict[str, int]:
    rows = db.session.execute(select(Gate.slug, Gate.id).where(Gate.edition_id == edition_id))
    return {row[0]: row[1] for row in rows}


def gate_name(gate_id: int | None) -> str:
    """Return the name of a gate, empty for one that is gone."""
    if gate_id is None:
        return ""
    return db.session.scalar(select(Gate.name).where(Gate.id == gate_id)) or ""
