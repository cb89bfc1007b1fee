"""What the database knows about the people in a batch of scans, read in as few statements as there can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Executable, Table, bindparam, select
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
from crosslinks.registration.rules import BadgeRole, Place

SCAN = cast("Table", Scan.__table__)
ATTENDANCE = cast("Table", Attendance.__table__)
_PERSON = cast("Table", Registration.__table__)
_TICKET = cast("Table", Ticket.__table__)
_GATE = cast("Table", Gate.__table__)

# Built once: building a statement costs more than running it.
_PERSON_COLUMNS = [
    _PERSON.c[name]
    for name in (
        "id", "given_name", "family_name", "organisation", "role", "place", "wants", "cancelled_at", "needs_assistance"
    )
]  # fmt: skip
_BY_TICKET = (
    select(_TICKET.c.ticket_id, _TICKET.c.replaced_at, *_PERSON_COLUMNS)
    .join_from(_TICKET, _PERSON, _PERSON.c.id == _TICKET.c.registration_id)
    .where(_TICKET.c.ticket_id.in_(bindparam("shown", expanding=True)), _PERSON.c.edition_id == bindparam("edition"))
)
_BY_REFERENCE = select(_PERSON.c.reference, *_PERSON_COLUMNS).where(
    _PERSON.c.reference.in_(bindparam("shown", expanding=True)), _PERSON.c.edition_id == bindparam("edition")
)
_ANSWERS = select(SCAN.c.uuid, SCAN.c.edition_id, SCAN.c.answer).where(
    SCAN.c.uuid.in_(bindparam("ids", expanding=True))
)
_FACTS = select(
    SCAN.c.registration_id, SCAN.c.uuid, SCAN.c.kind, SCAN.c.at, SCAN.c.outcome, SCAN.c.gate_id, SCAN.c.decided,
    SCAN.c.undoes,
).where(SCAN.c.registration_id.in_(bindparam("people", expanding=True)))  # fmt: skip
_GATES = select(_GATE.c.slug, _GATE.c.id).where(_GATE.c.edition_id == bindparam("edition"))
_GATE_NAME = select(_GATE.c.name).where(_GATE.c.id == bindparam("gate"))


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
    people: dict[int, Person] = {}
    by_ticket = _tickets(edition_id, ticket_ids, people)
    by_reference = _references(edition_id, references, people)
    person_ids = sorted(people)
    _lock(edition_id, person_ids)
    return Known(
        answers=stored_answers(ids),
        by_ticket=by_ticket,
        by_reference=by_reference,
        people=people,
        facts=_facts(person_ids),
        gates=_gates(edition_id) if gates else {},
    )


def execute(statement: Executable, values: Any = None) -> Any:
    """Run a statement on the transaction's connection, without the session's own work for objects."""
    return db.session.connection().execute(statement, values)


def _tickets(edition_id: int, ticket_ids: set[bytes], people: dict[int, Person]) -> dict[bytes, tuple[int, bool]]:
    if not ticket_ids:
        return {}
    found = {}
    rows = execute(_BY_TICKET, {"shown": list(ticket_ids), "edition": edition_id})
    for ticket_id, replaced_at, *facts in rows:
        person = people[facts[0]] = _person(*facts)
        found[ticket_id] = (person.id, replaced_at is not None)
    return found


def _references(edition_id: int, references: set[str], people: dict[int, Person]) -> dict[str, int]:
    if not references:
        return {}
    found = {}
    for reference, *facts in execute(_BY_REFERENCE, {"shown": list(references), "edition": edition_id}):
        person = people[facts[0]] = _person(*facts)
        found[reference] = person.id
    return found


def _person(
    person_id: int,
    given: str,
    family: str,
    organisation: str,
    role: BadgeRole,
    place: Place,
    wants: Place,
    cancelled_at: datetime | None,
    needs_assistance: bool,
) -> Person:
    standing = standing_of(place, wants, cancelled=cancelled_at is not None)
    return Person(person_id, f"{given} {family}".strip(), organisation, role.value, standing, needs_assistance)


def is_sqlite() -> bool:
    """Say whether there is only one writer at a time."""
    return db.engine.dialect.name == "sqlite"


@cache
def upsert_attendance(dialect: str, *names: str) -> Any:
    """Return the statement that writes attendance rows, taking ``names`` from the new row where one stands already."""
    statement: Any = (sqlite if dialect == "sqlite" else postgresql).insert(ATTENDANCE)
    changed = {name: statement.excluded[name] for name in names}
    upsert: Executable = statement.on_conflict_do_update(index_elements=["registration_id"], set_=changed)
    return upsert


def _lock(edition_id: int, person_ids: Sequence[int]) -> None:
    """Take each person's attendance row, in order of id, so that two doors cannot both be the first."""
    if not person_ids or is_sqlite():
        return
    for person_id in person_ids:
        row = {"registration_id": person_id, "edition_id": edition_id, "inside": False}
        execute(upsert_attendance("postgresql", "edition_id"), row)


def stored_answers(ids: Iterable[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """Return the edition and the first answer of each scan stored under these ids."""
    return {uuid: (edition_id, answer) for uuid, edition_id, answer in execute(_ANSWERS, {"ids": list(ids)})}


def _facts(ids: Sequence[int]) -> dict[int, list[ScanFact]]:
    facts: dict[int, list[ScanFact]] = defaultdict(list)
    if not ids:
        return facts
    for person_id, uuid, kind, at, outcome, gate_id, decided, undoes in execute(_FACTS, {"people": ids}):
        facts[person_id].append(
            ScanFact(uuid, ScanKind(kind), at, Outcome(outcome), gate_id, Outcome(decided) if decided else None, undoes)
        )
    return facts


def _gates(edition_id: int) -> dict[str, int]:
    return {slug: gate_id for slug, gate_id in execute(_GATES, {"edition": edition_id})}  # noqa: C416 - rows are no pairs


def gate_name(gate_id: int | None) -> str:
    """Return the name of a gate, empty for one that is gone."""
    return execute(_GATE_NAME, {"gate": gate_id}).scalar() or ""
