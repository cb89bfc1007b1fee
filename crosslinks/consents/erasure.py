"""What of one person's consents is handed out, and what is erased with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from crosslinks.consents.models import ConsentEntry
from crosslinks.consents.queries import list_entries
from crosslinks.kernel.columns import pick
from crosslinks.kernel.db import db


def erase_person(*, registration_id: int) -> int:
    """Erase a person's lines from the ledger and return how many those were.

    What they last said about each text is added to its counts, so that the figures of an edition stay true without
    anybody's name. A second call finds nothing and changes nothing.
    """
    entries = db.session.scalars(
        select(ConsentEntry)
        .where(ConsentEntry.registration_id == registration_id)
        .order_by(ConsentEntry.id)
        .options(joinedload(ConsentEntry.text))
    ).all()
    last = {entry.text.topic: entry for entry in entries}
    for entry in last.values():
        if entry.given:
            entry.text.erased_given += 1
        else:
            entry.text.erased_withdrawn += 1
    db.session.flush()
    db.session.execute(delete(ConsentEntry).where(ConsentEntry.registration_id == registration_id))
    db.session.flush()
    return len(entries)


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return all that one person has agreed to and withdrawn, the latest first, as plain data."""
    return {
        "consents": [
            {
                "purpose": entry.purpose.value,
                "sponsor": entry.text.sponsor_name,
                "text": pick(entry.text.texts, entry.language),
                "language": entry.language,
                "given": entry.given,
                "at": entry.at.isoformat(),
                "by": entry.actor_kind,
            }
            for entry in list_entries(registration_id)
        ]
    }
