"""Erasing a person from the log: who did what and when stays, what they were called does not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, String, and_, case, cast, or_, select, update

from crosslinks.accounts.audit import plain
from crosslinks.accounts.models import AuditEntry
from crosslinks.kernel.db import db
from crosslinks.kernel.mentions import Traces, forget

ABOUT = "registration"
ABOUT_NO_PARTICIPANT = (
    "account", "badge_print", "conference", "device", "door_link", "edition", "gate", "grant", "person", "question",
    "room", "session", "sponsor", "talk", "template", "tier",
)  # fmt: skip
"""Objects whose own differences hold nothing of participants; those of all others go with the edition's people."""
_BLANK: dict[str, Any] = {
    "before": {},
    "after": {},
    "actor_id": case((AuditEntry.actor_kind == "registrant", ""), else_=AuditEntry.actor_id),
}
_SAYS_SOMETHING = or_(
    cast(AuditEntry.before, String) != "{}",
    cast(AuditEntry.after, String) != "{}",
    and_(AuditEntry.actor_kind == "registrant", AuditEntry.actor_id != ""),
)


def _log_of(registration_id: int) -> Any:
    return and_(AuditEntry.object_kind == ABOUT, AuditEntry.object_id == registration_id)


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return what the log says of a registration, the oldest first; organizers are named by what they are only."""
    rows = db.session.scalars(select(AuditEntry).where(_log_of(registration_id)).order_by(AuditEntry.id))
    return {
        "log": [
            {
                "at": plain(entry.at),
                "by": "registrant" if entry.actor_kind == "visitor" else entry.actor_kind,
                "action": entry.action,
                "before": entry.before,
                "after": entry.after,
            }
            for entry in rows
        ]
    }


def erase_person(*, registration_id: int) -> None:
    """Blank the differences of every entry about a registration."""
    db.session.execute(update(AuditEntry).where(_log_of(registration_id)).values(**_BLANK))


def erase_mentions(*, edition_id: int, registration_id: int, traces: Traces) -> None:
    """Take a person out of the edition's entries about other things, such as a search that was exported."""
    db.session.execute(
        update(AuditEntry)
        .where(
            AuditEntry.edition_id == edition_id,
            AuditEntry.actor_kind == "registrant",
            AuditEntry.actor_id == str(registration_id),
        )
        .values(**_BLANK)
    )
    rows = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.edition_id == edition_id, traces.condition(AuditEntry.before, AuditEntry.after))
        .execution_options(populate_existing=True)
    )
    for entry in rows:
        entry.before, entry.after = forget(entry.before, traces), forget(entry.after, traces)
    db.session.flush()


def forget_edition(*, edition_id: int, limit: int = 200) -> int:
    """Blank what an edition's entries say of participants, at most ``limit`` of them; return how many those were."""
    about_people = or_(
        AuditEntry.object_kind.not_in(ABOUT_NO_PARTICIPANT),
        and_(AuditEntry.action.endswith(".exported"), cast(AuditEntry.after, String).contains("filter")),
        and_(AuditEntry.actor_kind == "registrant", AuditEntry.actor_id != ""),
    )
    wanted = (
        select(AuditEntry.id).where(AuditEntry.edition_id == edition_id, about_people, _SAYS_SOMETHING).limit(limit)
    )
    done: CursorResult[Any] = db.session.connection().execute(
        update(AuditEntry).where(AuditEntry.id.in_(wanted)).values(**_BLANK)
    )
    return done.rowcount
