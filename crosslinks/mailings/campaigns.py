"""Writing a mailing, starting it, pausing it, calling back what is left, and trying again what has failed.

Messages are moved in small steps: each step is one short transaction of its own, so the caller repeats it until it
returns 0. What a worker holds at that moment is left to it; the letter's own check catches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select

from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import queue_job, request_stop
from crosslinks.jobs.rules import LIVE
from crosslinks.kernel.actors import Actor, Permission
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db, execute, wake_worker
from crosslinks.kernel.errors import Conflict
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import mail_row, queue_mails
from crosslinks.mail.reasons import CALLED_BACK
from crosslinks.mail.rules import UNSENT, MailState
from crosslinks.mailings.audiences import Reached, count_reached
from crosslinks.mailings.models import Follower, Mailing, MailingRecipient
from crosslinks.mailings.purposes import Audience, MailingState, Purpose, read_audience
from crosslinks.registration.models import Registration

QUEUE = "mailings.queue"
CHUNK = 200
_INSERT_RECIPIENTS = insert(MailingRecipient)


def letter_kind(purpose: Purpose) -> str:
    """Return the kind of letter that a mailing sends."""
    return f"mailings.{purpose.value}"


def audience_of(mailing: Mailing) -> Audience:
    """Return whom a mailing is for."""
    return read_audience(mailing.purpose, mailing.audience)


def write_mailing(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    mailing: Mailing | None,
    purpose: Purpose,
    subject: Texts,
    body: Texts,
    audience: Audience,
) -> Mailing:
    """Make a draft, or change one; raises ``Conflict`` once it was started."""
    made = mailing or Mailing(edition_id=edition.id, created_by=actor.label, created_at=now)
    if made.state is MailingState.DRAFT or mailing is None:
        made.purpose, made.audience = purpose, audience.as_dict()
        made.subject, made.body, made.changed_at = subject, body, now
    else:
        raise Conflict("mailing.started")
    db.session.add(made)
    db.session.flush()
    _log(actor, now, edition, made, "created" if mailing is None else "changed")
    return made


def delete_mailing(*, actor: Actor, now: datetime, edition: Edition, mailing: Mailing) -> None:
    """Delete a draft; raises ``Conflict`` once it was started: who got it must stay known."""
    _require(mailing, MailingState.DRAFT)
    db.session.delete(mailing)
    db.session.flush()
    _log(actor, now, edition, mailing, "deleted")


def start_mailing(*, actor: Actor, now: datetime, edition: Edition, mailing: Mailing, confirmed: int) -> None:
    """Start a draft to exactly as many people as were ``confirmed``; its messages are queued by a job.

    Raises ``Conflict`` when it was started, says nothing, reaches nobody, or reaches another number of people by now.
    """
    _require(mailing, MailingState.DRAFT)
    if not mailing.body:
        raise Conflict("mailing.empty")
    reached = count_reached(edition, mailing.purpose, audience_of(mailing))
    if not reached:
        raise Conflict("mailing.nobody")
    if reached != confirmed:
        raise Conflict("mailing.count_changed")
    mailing.state, mailing.started_at, mailing.total = MailingState.RUNNING, now, reached
    _queue_job(actor, now, edition, mailing)
    _log(actor, now, edition, mailing, "started", people=reached)


def _queue_job(actor: Actor, now: datetime, edition: Edition, mailing: Mailing) -> None:
    job = queue_job(
        kind=QUEUE, payload={"mailing": mailing.id}, actor=actor, now=now, conference_id=edition.conference_id,
        edition_id=edition.id, permission=Permission.MAIL, total=mailing.total,
    )  # fmt: skip
    mailing.job_id = job.id
    db.session.flush()


def queue_chunk(*, mailing_id: int, people: Sequence[Reached], now: datetime) -> bool:
    """Queue a message to each of ``people`` who has none of this mailing yet, at most 200; False once it was stopped.

    Doing the same chunk again adds nobody, so a job that was cut off begins anew without harm.
    """
    mailing = db.session.get(Mailing, mailing_id, with_for_update=True)
    if mailing is None or mailing.state in {MailingState.STOPPED, MailingState.DRAFT}:
        return False
    keys = [one.email_key for one in people]
    known = set(
        db.session.scalars(
            select(MailingRecipient.email_key).where(
                MailingRecipient.mailing_id == mailing_id, MailingRecipient.email_key.in_(keys)
            )
        )
    )
    new = [one for one in _still_there(people) if one.email_key not in known]
    ids = queue_mails([_message(one, mailing, now) for one in new])
    rows = [
        {
            "mailing_id": mailing_id,
            "email_key": one.email_key,
            "mail_id": mail_id,
            "registration_id": one.registration_id,
            "follower_id": one.follower_id,
        }
        for one, mail_id in zip(new, ids, strict=True)
    ]
    if rows:
        execute(_INSERT_RECIPIENTS, rows)
    return True


def _still_there(people: Sequence[Reached]) -> list[Reached]:
    """Leave out who was erased since they were looked up."""
    registered = [one.registration_id for one in people if one.registration_id]
    following = [one.follower_id for one in people if one.follower_id]
    there = set(db.session.scalars(select(Registration.id).where(Registration.id.in_(registered))))
    on_list = set(db.session.scalars(select(Follower.id).where(Follower.id.in_(following))))
    return [one for one in people if one.registration_id in there or one.follower_id in on_list]


def _message(one: Reached, mailing: Mailing, now: datetime) -> dict[str, Any]:
    languages = [code for code in (one.language, *mailing.body) if code in mailing.body]
    own = {"follower": one.follower_id} if one.follower_id else {}
    return mail_row(
        kind=letter_kind(mailing.purpose),
        language=languages[0] if languages else one.language,
        to_address=one.email,
        to_name=one.name,
        data={"mailing": mailing.id, **own},
        now=now,
        edition_id=mailing.edition_id,
        registration_id=one.registration_id,
        bulk=True,
        paused=mailing.state is MailingState.PAUSED,
    )


def finish_queueing(*, mailing_id: int, now: datetime) -> None:
    """Note that all messages of a mailing are queued."""
    mailing = db.session.get(Mailing, mailing_id, with_for_update=True)
    if mailing is not None and mailing.state is not MailingState.STOPPED:
        mailing.queued_at = now


def pause_mailing(*, actor: Actor, now: datetime, edition: Edition, mailing: Mailing) -> None:
    """Pause a running mailing; its unsent messages wait. Raises ``Conflict`` when it does not run."""
    _require(mailing, MailingState.RUNNING)
    mailing.state = MailingState.PAUSED
    db.session.flush()
    _log(actor, now, edition, mailing, "paused")


def resume_mailing(*, actor: Actor, now: datetime, edition: Edition, mailing: Mailing) -> None:
    """Let a paused mailing go on, also with the people who are not queued yet; raises ``Conflict``."""
    _require(mailing, MailingState.PAUSED, MailingState.RUNNING)
    mailing.state = MailingState.RUNNING
    if is_stalled(mailing):
        _queue_job(actor, now, edition, mailing)
    db.session.flush()
    _log(actor, now, edition, mailing, "resumed")


def is_stalled(mailing: Mailing) -> bool:
    """Say whether people wait to be queued and nobody does it: the job was stopped, or broke too often."""
    if mailing.queued_at is not None or mailing.state in {MailingState.DRAFT, MailingState.STOPPED}:
        return False
    job = db.session.get(Job, mailing.job_id) if mailing.job_id else None
    return job is None or job.state not in LIVE


def stop_mailing(*, actor: Actor, now: datetime, edition: Edition, mailing: Mailing) -> None:
    """Call back what is not sent yet, for good; raises ``Conflict`` when it neither runs nor is paused."""
    _require(mailing, MailingState.RUNNING, MailingState.PAUSED)
    mailing.state = MailingState.STOPPED
    job = db.session.get(Job, mailing.job_id) if mailing.job_id else None
    if job is not None and job.state in LIVE:
        request_stop(job=job, now=now)
    db.session.flush()
    _log(actor, now, edition, mailing, "stopped")


def hold_messages(*, mailing_id: int) -> int:
    """Make the next of a paused mailing's messages wait; return how many those were."""
    return _move(mailing_id, OutboxMail.state == MailState.QUEUED, state=MailState.PAUSED, last_error="")


def let_messages_go(*, mailing_id: int) -> int:
    """Queue the next of a resumed mailing's messages again; return how many those were."""
    wake_worker()
    return _move(
        mailing_id, OutboxMail.state == MailState.PAUSED, state=MailState.QUEUED, last_error="",
        next_attempt_at=real_now(),
    )  # fmt: skip


def call_back_messages(*, mailing_id: int) -> int:
    """Withhold the next of a stopped mailing's messages for good; return how many those were."""
    waiting = OutboxMail.state.in_((MailState.QUEUED, MailState.PAUSED))
    return _move(mailing_id, waiting, state=MailState.WITHHELD, last_error=CALLED_BACK)


def retry_messages(*, actor: Actor, now: datetime, edition: Edition, mailing: Mailing) -> int:
    """Queue the next of a mailing's failed and held messages again; return how many those were."""
    wake_worker()
    moved = _move(
        mailing.id, OutboxMail.state.in_(UNSENT), state=MailState.QUEUED, attempts=0,
        next_attempt_at=real_now(),
    )  # fmt: skip
    if moved:
        _log(actor, now, edition, mailing, "resent", messages=moved)
    return moved


def _move(mailing_id: int, which: ColumnElement[bool], **values: Any) -> int:
    unheld = or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until < real_now())
    rows = db.session.scalars(
        select(OutboxMail)
        .join(MailingRecipient, MailingRecipient.mail_id == OutboxMail.id)
        .where(MailingRecipient.mailing_id == mailing_id, which, unheld)
        .order_by(OutboxMail.id)
        .limit(CHUNK)
        .with_for_update(of=OutboxMail, skip_locked=True)
    ).all()
    for mail in rows:
        for name, value in values.items():
            setattr(mail, name, value)
    db.session.flush()
    return len(rows)


def _require(mailing: Mailing, *states: MailingState) -> None:
    if mailing.state not in states:
        raise Conflict("mailing.state_changed")


def _log(actor: Actor, now: datetime, edition: Edition, mailing: Mailing, deed: str, **after: Any) -> None:
    log_write(actor, now, edition, f"mailing.{deed}", mailing.id, after=after)
