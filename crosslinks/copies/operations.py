"""Making an edition of what a file says, in one transaction: either all of it is there, as a draft, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, insert, select, update

from crosslinks.accounts.audit import record
from crosslinks.copies.decisions import PARTS, holder_of
from crosslinks.copies.programme import Numbers
from crosslinks.copies.reading import Plan, moment_columns
from crosslinks.copies.rows import Row
from crosslinks.copies.rules import Around, Names
from crosslinks.copies.tables import table
from crosslinks.editions.models import Conference, Edition, EditionMode
from crosslinks.editions.operations import create_conference, create_edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db

_LATER = {"conference", "edition", "edition_mode"}
"""Made by the operations of ``editions``."""


@dataclass(frozen=True)
class Wish:
    """How the new edition is called: its address below the conference, and its number."""

    slug: str
    number: int


def take_in(
    *,
    actor: Actor,
    now: datetime,
    plan: Plan,
    wrapping_key: bytes,
    wish: Wish,
    conference: Conference | None = None,
    conference_slug: str = "",
    deed: str = "imported",
    source: str = "",
) -> Edition:
    """Make the edition that ``plan`` describes as a draft in ``conference``, or in a new one as the file has it.

    Pictures must be stored already. UUIDs that are in use here are drawn anew. Raises ``Conflict`` when the address is
    taken. The log says ``edition.<deed>``, and of what (``source``).
    """
    where = conference or _make_conference(actor, now, plan.conference, conference_slug)
    edition = _make_edition(actor, now, plan, where, wrapping_key, wish)
    _Filling(plan, edition, now).fill()
    record(
        actor=actor, action=f"edition.{deed}", object_kind="edition", object_id=edition.id, now=now,
        conference_id=where.id, edition_id=edition.id,
        after={"copied_from": source, "rows": plan.counts.total()},
    )  # fmt: skip
    return edition


def _make_conference(actor: Actor, now: datetime, row: Row, slug: str) -> Conference:
    values = {name: value for name, value in row.values.items() if name != "slug"}
    return create_conference(actor=actor, now=now, slug=slug or row.values["slug"], **values)


def _make_edition(actor: Actor, now: datetime, plan: Plan, conference: Conference, key: bytes, wish: Wish) -> Edition:
    values: dict[str, Any] = {
        name: _utc(value) for name, value in plan.edition.values.items() if name not in {"uuid", "slug", "number"}
    }
    modes = plan.parts["edition_mode"]
    identity = plan.edition.values["uuid"]
    edition = create_edition(
        actor=actor, now=now, conference=conference, wrapping_key=key, slug=wish.slug, number=wish.number,
        capacities={row.values["mode"]: row.values["capacity"] for row in modes},
        identity=None if _is_taken("edition", identity) else identity, **values,
    )  # fmt: skip
    for row in modes:
        found: EditionMode | None = edition.mode(row.values["mode"])
        for name in ("overbooking", "offer_hours", "note"):
            setattr(found, name, row.values[name])
    return edition


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _is_taken(name: str, uuid: UUID) -> bool:
    found = table(name).c
    return db.session.execute(select(found.id).where(found.uuid == uuid)).first() is not None


class _Filling:
    """Writes the rows of an edition, one statement for each table, those that others name first."""

    def __init__(self, plan: Plan, edition: Edition, now: datetime) -> None:
        self._plan, self._edition, self._now = plan, edition, now
        self._numbers: dict[tuple[str, str], int] = {}
        self._parts: dict[UUID, tuple[int, UUID]] = {}

    def fill(self) -> None:
        """Write everything but the edition itself."""
        db.session.flush()
        for name in PARTS:
            rows = [] if name in _LATER else self._plan.parts[name]
            if rows:
                self._write(name, rows)
        self._join_questions(self._plan.parts["question"])
        db.session.expire_all()

    def _write(self, name: str, rows: list[Row]) -> None:
        found = table(name)
        old = self._exchange_uuids(name, rows)
        values = [self._values(name, row) for row in rows]
        connection = db.session.connection()
        if "id" not in found.c:
            connection.execute(insert(found), values)
            return
        made = connection.execute(insert(found).returning(found.c.id, sort_by_parameter_order=True), values)
        for row, number in zip(rows, made.scalars(), strict=True):
            row.id = number
            if row.key:
                self._numbers[name, row.key] = number
        for uuid, row in old.items():
            self._parts[uuid] = (row.id, row.values["uuid"])

    def _values(self, name: str, row: Row) -> dict[str, Any]:
        values: dict[str, Any] = {column: _utc(value) for column, value in row.values.items()}
        for column, decision in PARTS[name].columns.items():
            if isinstance(decision, Around):
                values[column] = self._edition.id
            elif isinstance(decision, Names):
                values[column] = self._numbers[row.names[column]] if column in row.names else None
        if row.around is not None and PARTS[name].inside != "edition":
            values[holder_of(name)] = row.around.id
        values |= dict.fromkeys(moment_columns(name), self._now)
        if name == "question":
            values["shown_if"] = ""
        if name == "programme_release":
            values |= {"content": self._content(row), "changes": {"groups": []}}
        return values

    def _exchange_uuids(self, name: str, rows: list[Row]) -> dict[UUID, Row]:
        """Draw new identities for those that are in use here; return the rows by the ones of the file."""
        old = {row.values["uuid"]: row for row in rows if "uuid" in row.values}
        if old:
            found = table(name).c.uuid
            taken = set(db.session.scalars(select(found).where(found.in_(list(old)))))
            for uuid in taken:
                old[uuid].values["uuid"] = uuid4()
        return old

    def _content(self, row: Row) -> dict[str, Any]:
        rooms = {key: number for (part, key), number in self._numbers.items() if part == "room"}
        people = {key: number for (part, key), number in self._numbers.items() if part == "person"}
        return Numbers(rooms, people, self._parts).content(row.values["content"])

    def _join_questions(self, rows: list[Row]) -> None:
        """Let questions depend on each other, once all have a number."""
        sources = [(row, str(row.values["shown_if"])) for row in rows if row.values["shown_if"]]
        if not sources:
            return
        found = table("question")
        db.session.connection().execute(
            update(found).where(found.c.id == bindparam("number")).values(shown_if=bindparam("source")),
            [
                {"number": row.id, "source": f"q{self._numbers['question', source]}" if "-" in source else source}
                for row, source in sources
            ],
        )
