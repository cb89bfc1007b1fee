"""Reading the audit log of an edition: what happened to it, and to its conference as a whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select, tuple_

from crosslinks.accounts.models import AuditEntry
from crosslinks.kernel.db import db

PAGE_LENGTH = 50
EXPORTED_AT_ONCE = 500
NAMING_FIELDS = ("title", "name", "given_name", "family_name", "email", "slug", "label")


class LogSort(StrEnum):
    """By what the log is ordered; among equals the latest comes first."""

    TIME = "time"
    ACTOR = "actor"
    KIND = "kind"


@dataclass(frozen=True)
class LogFilter:
    """Which entries to show. ``actor`` is a kind, or ``kind:id``; the days are whole days of ``zone``, inclusive."""

    conference_id: int
    edition_id: int
    zone: ZoneInfo
    text: str = ""
    kind: str = ""
    actor: str = ""
    since: date | None = None
    until: date | None = None
    matching_kinds: Collection[str] = ()
    matching_deeds: Collection[str] = ()


@dataclass(frozen=True)
class LogActor:
    """Somebody who has done something: ``key`` as ``LogFilter.actor`` takes it."""

    key: str
    kind: str
    label: str


def _scope(chosen: LogFilter) -> ColumnElement[bool]:
    return or_(
        AuditEntry.edition_id == chosen.edition_id,
        and_(AuditEntry.conference_id == chosen.conference_id, AuditEntry.edition_id.is_(None)),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _mentions(text: str) -> list[ColumnElement[bool]]:
    """Look for a text in the fields, which JSON may hold escaped, in the usual cases of its first letter."""
    columns = (cast(AuditEntry.before, String), cast(AuditEntry.after, String))
    spellings = {spelling for case in (text, text.lower(), text.capitalize()) for spelling in _spellings(case)}
    return [column.icontains(spelling, autoescape=True) for column in columns for spelling in spellings]


def _spellings(text: str) -> set[str]:
    return {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}


def _conditions(chosen: LogFilter) -> Iterator[ColumnElement[bool]]:
    yield _scope(chosen)
    if chosen.kind:
        yield AuditEntry.object_kind == chosen.kind
    if chosen.actor:
        kind, _, identity = chosen.actor.partition(":")
        yield AuditEntry.actor_kind == kind
        if identity:
            yield AuditEntry.actor_id == identity
    if chosen.since:
        yield AuditEntry.at >= _midnight(chosen.since, chosen.zone)
    if chosen.until:
        yield AuditEntry.at < _midnight(chosen.until + timedelta(days=1), chosen.zone)
    if chosen.text:
        yield or_(
            AuditEntry.actor_label.icontains(chosen.text, autoescape=True),
            AuditEntry.action.icontains(chosen.text, autoescape=True),
            AuditEntry.object_kind.in_(chosen.matching_kinds),
            *(AuditEntry.action.endswith(f".{deed}", autoescape=True) for deed in chosen.matching_deeds),
            *_mentions(chosen.text),
        )


def count_entries(chosen: LogFilter) -> int:
    """Return how many entries the filter lets through."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(*_conditions(chosen))) or 0


def _ordered(chosen: LogFilter, sort: LogSort, *, descending: bool) -> Select[AuditEntry]:
    first = {LogSort.TIME: AuditEntry.at, LogSort.ACTOR: AuditEntry.actor_label, LogSort.KIND: AuditEntry.action}[sort]
    then = (AuditEntry.at.desc(), AuditEntry.id.desc())
    if sort is LogSort.TIME and not descending:
        then = (AuditEntry.at.asc(), AuditEntry.id.asc())
    return select(AuditEntry).where(*_conditions(chosen)).order_by(first.desc() if descending else first.asc(), *then)


def list_entries(chosen: LogFilter, sort: LogSort, *, descending: bool, page: int) -> list[AuditEntry]:
    """Return one page (1 is the first) of ``PAGE_LENGTH`` entries."""
    rows = _ordered(chosen, sort, descending=descending).limit(PAGE_LENGTH).offset((page - 1) * PAGE_LENGTH)
    return list(db.session.scalars(rows))


def iterate_entries(chosen: LogFilter) -> Iterator[AuditEntry]:
    """Return all entries that the filter lets through, the oldest first, without holding them all."""
    rows = _ordered(chosen, LogSort.TIME, descending=False).execution_options(yield_per=EXPORTED_AT_ONCE)
    yield from db.session.scalars(rows)


def count_by_kind(chosen: LogFilter) -> dict[str, int]:
    """Return how many entries of the whole log there are about each kind of object, most first."""
    counted = func.count()
    rows = db.session.execute(
        select(AuditEntry.object_kind, counted)
        .where(_scope(chosen))
        .group_by(AuditEntry.object_kind)
        .order_by(counted.desc(), AuditEntry.object_kind)
    )
    return {str(kind): int(count) for kind, count in rows}


def list_actors(chosen: LogFilter) -> list[LogActor]:
    """Return who has done something: each account by its latest name, everybody else by kind."""
    rows = db.session.execute(
        select(AuditEntry.actor_kind, AuditEntry.actor_id, func.max(AuditEntry.actor_label))
        .where(_scope(chosen), AuditEntry.actor_kind == "account")
        .group_by(AuditEntry.actor_kind, AuditEntry.actor_id)
        .order_by(func.max(AuditEntry.actor_label))
    )
    accounts = [LogActor(f"{kind}:{identity}", kind, label) for kind, identity, label in rows]
    kinds = db.session.scalars(
        select(AuditEntry.actor_kind)
        .where(_scope(chosen), AuditEntry.actor_kind != "account")
        .group_by(AuditEntry.actor_kind)
        .order_by(AuditEntry.actor_kind)
    )
    return accounts + [LogActor(kind, kind, "") for kind in kinds]


def find_labels(entries: Collection[AuditEntry]) -> dict[tuple[str, int], str]:
    """Return what the objects of these entries were called when last said, from the log itself: one read."""
    wanted = {(entry.object_kind, entry.object_id) for entry in entries}
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(AuditEntry)
        .where(tuple_(AuditEntry.object_kind, AuditEntry.object_id).in_(wanted))
        .where(AuditEntry.action.endswith(".created") | AuditEntry.action.endswith(".given"))
    )
    labels = {(entry.object_kind, entry.object_id): name_of(entry) for entry in rows}
    return {key: label for key, label in labels.items() if label}


def name_of(entry: AuditEntry) -> str:
    """Return what an entry calls its object, or nothing."""
    said = {**entry.before, **entry.after}
    if said.get("given_name") or said.get("family_name"):
        return f"{said.get('given_name') or ''} {said.get('family_name') or ''}".strip()
    for field in NAMING_FIELDS:
        value = said.get(field)
        if isinstance(value, dict):
            value = next((text for text in value.values() if text), "")
        if value and isinstance(value, str):
            return value
    return ""
