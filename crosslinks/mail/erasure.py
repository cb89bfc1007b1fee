"""Erasing a person from the outbox: what was sent to them is gone, what waits is never sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, delete, func, select

from crosslinks.kernel.db import db
from crosslinks.mail.models import OutboxMail


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return every message to a registration, the oldest first, with the facts that it was made of."""
    rows = db.session.scalars(
        select(OutboxMail).where(OutboxMail.registration_id == registration_id).order_by(OutboxMail.id)
    )
    return {
        "messages": [
            {
                "to": mail.to_address,
                "name": mail.to_name,
                "kind": mail.kind,
                "language": mail.language,
                "state": mail.state.value,
                "created_at": mail.created_at.isoformat(),
                "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
                "says": dict(mail.data),
            }
            for mail in rows
        ]
    }


def erase_person(*, registration_id: int) -> None:
    """Delete every message to a registration. One that a worker is handing over just now still arrives."""
    db.session.execute(delete(OutboxMail).where(OutboxMail.registration_id == registration_id))


def erase_mentions(*, edition_id: int, address: str) -> None:
    """Delete the edition's messages to an address that belong to no registration; those about an account stay."""
    if address:
        db.session.execute(
            delete(OutboxMail).where(
                OutboxMail.edition_id == edition_id,
                OutboxMail.account_id.is_(None),
                OutboxMail.registration_id.is_(None),
                func.lower(OutboxMail.to_address) == address.lower(),
            )
        )


def forget_edition(*, edition_id: int, limit: int = 200) -> int:
    """Delete what is left of an edition's messages to participants, at most ``limit``; return how many those were."""
    wanted = select(OutboxMail.id).where(OutboxMail.edition_id == edition_id, OutboxMail.account_id.is_(None))
    done: CursorResult[Any] = db.session.connection().execute(
        delete(OutboxMail).where(OutboxMail.id.in_(wanted.limit(limit)))
    )
    return done.rowcount
