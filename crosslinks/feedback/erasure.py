"""What the form knows of one person: that they have answered, and nothing of what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, select

from crosslinks.feedback.models import FeedbackMark
from crosslinks.feedback.queries import mark_of
from crosslinks.kernel.db import db


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return whether somebody has answered; which answers are theirs is not known."""
    found = select(exists().where(FeedbackMark.mark == mark_of(registration_id)))
    return {"feedback": {"answered": bool(db.session.scalar(found))}}


def erase_person(*, registration_id: int) -> None:
    """Erase that somebody has answered. The answers lead to nobody, and stay."""
    db.session.execute(delete(FeedbackMark).where(FeedbackMark.mark == mark_of(registration_id)))
