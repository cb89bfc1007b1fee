"""Two people change the same: the later one is told who changed what, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict
from crosslinks.programme.models import Person, Session, Talk

MOST_ENTRIES = 8


class Stale(Conflict):
    """It was changed, or deleted, after whoever wants to change it had looked; ``entries`` is what happened, first."""

    def __init__(self, entries: Sequence[AuditEntry], version: int | None) -> None:
        super().__init__("programme.stale" if version is not None else "programme.gone")
        self.entries = entries
        self.version = version


def check_version(edition: Edition, part: Session | Talk | Person, seen: int | None) -> None:
    """Raise ``Stale`` when ``part`` is no longer as it was at the version ``seen``; None does not ask."""
    if seen is None or seen == part.version:
        return
    most = max(min(part.version - seen, MOST_ENTRIES), 1)
    entries = _changes_since(edition, _kind_of(part), part.id, seen)[-most:]
    if not entries and isinstance(part, Talk):
        entries = last_change(edition, "session", part.session_id)
    raise Stale(entries, part.version)


def gone(edition: Edition, kind: str, number: int) -> Stale | None:
    """Return what is to be said about a part that was deleted; None when there never was one."""
    entries = last_change(edition, kind, number)
    return Stale(entries, None) if entries else None


def last_change(edition: Edition, kind: str, number: int) -> list[AuditEntry]:
    """Return the log's last entry about a part, if any."""
    return _changes_since(edition, kind, number, -1)[-1:]


def _kind_of(part: Session | Talk | Person) -> str:
    return type(part).__name__.lower()


def _changes_since(edition: Edition, kind: str, number: int, seen: int) -> list[AuditEntry]:
    """Return the log's last entries about a part that raised its version beyond ``seen``, in order."""
    rows = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.object_kind == kind, AuditEntry.object_id == number, AuditEntry.edition_id == edition.id)
        .order_by(AuditEntry.id.desc())
        .limit(MOST_ENTRIES)
    )
    found = []
    for entry in rows:
        version = entry.after.get("version", 1 if entry.action.endswith(".created") else None)
        if version is not None and version <= seen:
            break
        found.append(entry)
    return found[::-1]
