"""The audit log: every write leaves a row in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from crosslinks.accounts.models import AuditEntry
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import Base, insert_row, insert_rows

_INSERT = AuditEntry.metadata.tables[AuditEntry.__tablename__].insert()


def plain(value: object) -> Any:
    """Return ``value`` as JSON can hold it; bytes are never logged."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return "…"
    return value


def snapshot(row: Base, names: Iterable[str]) -> dict[str, Any]:
    """Return the named attributes of ``row`` as plain data, to be compared after a change."""
    return {name: plain(getattr(row, name)) for name in names}


def record(
    *,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: int,
    now: datetime,
    conference_id: int | None = None,
    edition_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Log one write; of ``before`` and ``after`` only the fields that differ are kept."""
    row = audit_row(
        actor=actor,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        now=now,
        conference_id=conference_id,
        edition_id=edition_id,
        before=before,
        after=after,
    )
    insert_row(_INSERT, row)


def record_many(rows: list[dict[str, Any]]) -> None:
    """Log many writes at once, each made by ``audit_row``."""
    insert_rows(_INSERT, rows)


def audit_row(
    *,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: int,
    now: datetime,
    conference_id: int | None = None,
    edition_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one line of the log as ``record_many`` takes it."""
    old, new = dict(before or {}), dict(after or {})
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    return {
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_label": actor.label,
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "conference_id": conference_id,
        "edition_id": edition_id,
        "before": {name: plain(value) for name, value in old.items() if name not in same},
        "after": {name: plain(value) for name, value in new.items() if name not in same},
    }
