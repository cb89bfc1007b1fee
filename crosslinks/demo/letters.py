"""The scheduled letters that went out before the demo's story begins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import note_sent
from crosslinks.mail.rules import MailState
from crosslinks.mailings.rules import StepState
from crosslinks.mailings.schedule import plan_steps, queue_step

CHUNK = 200


def tell_what_was_sent(edition_id: int, *, now: datetime) -> None:
    """Queue the steps that were due before ``now`` as they would have been, and note their letters as sent."""
    with transaction():
        edition = db.session.get_one(Edition, edition_id)
        edition.created_at = edition.published_at = edition.registration_opens_at or edition.created_at
    past = [planned for planned in plan_steps(edition, now) if planned.due < now]
    for planned in past:
        if planned.state is not StepState.OFF:
            queue_step(edition_id, planned.step, now=planned.due)
            _note_sent(edition_id, planned.step.kind, planned.due)


def _note_sent(edition_id: int, kind: str, moment: datetime) -> None:
    while True:
        with transaction():
            waiting = db.session.scalars(
                select(OutboxMail.message_id)
                .where(
                    OutboxMail.edition_id == edition_id,
                    OutboxMail.kind == kind,
                    OutboxMail.state == MailState.QUEUED,
                )
                .limit(CHUNK)
            ).all()
            note_sent(message_ids=waiting, now=moment)
        if len(waiting) < CHUNK:
            return
