"""Erasing a person from the log of printed badges."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from crosslinks.documents.models import BadgePrint
from crosslinks.kernel.db import db


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return when a badge of this registration was printed, and on what."""
    rows = db.session.scalars(
        select(BadgePrint).where(BadgePrint.registration_id == registration_id).order_by(BadgePrint.id)
    )
    return {"badges": [{"printed_at": row.printed_at.isoformat(), "format": row.format} for row in rows]}


def erase_person(*, registration_id: int) -> None:
    """Delete what the print log says of a registration."""
    db.session.execute(delete(BadgePrint).where(BadgePrint.registration_id == registration_id))
