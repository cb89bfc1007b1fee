"""What this feature keeps of a person: to hand over, and to forget. The messages themselves are ``mail``'s."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from crosslinks.kernel.db import db
from crosslinks.mailings.models import Mailing, MailingRecipient, StepMail
from crosslinks.mailings.recipients import erase_recipient, export_recipient, forget_recipients


def erase_person(*, registration_id: int) -> None:
    """Forget which letters and mailings somebody got; how many people each wrote to stays."""
    erase_recipient(registration_id=registration_id)
    db.session.execute(delete(StepMail).where(StepMail.registration_id == registration_id))


def forget_edition(*, edition_id: int, limit: int = 200) -> int:
    """Forget who is left of an edition's mailings, at most ``limit``; return how many those were."""
    mails = db.session.scalars(
        select(MailingRecipient.mail_id)
        .join(Mailing, Mailing.id == MailingRecipient.mailing_id)
        .where(Mailing.edition_id == edition_id)
        .limit(limit)
    ).all()
    forget_recipients(mails)
    return len(mails)


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return which scheduled letters and mailings somebody got, and when each was written."""
    rows = db.session.scalars(select(StepMail).where(StepMail.registration_id == registration_id).order_by(StepMail.id))
    return {
        "scheduled_letters": [{"step": row.step.value, "written_at": row.queued_at.isoformat()} for row in rows],
        "mailings": export_recipient(registration_id=registration_id),
    }
