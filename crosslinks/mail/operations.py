"""Queueing messages within the transaction of the change that caused them, claiming them, noting what became of them.

Leases and attempts follow real time; what people read follows the conference's.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, insert_row, wake_worker
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.queries import is_due
from crosslinks.mail.rules import (
    BATCH,
    LEASE,
    MAX_ATTEMPTS,
    UNSENT,
    Answer,
    Claim,
    Letter,
    MailState,
    Outcome,
    retry_delay,
)

_INSERT = OutboxMail.metadata.tables[OutboxMail.__tablename__].insert()
_INSERT_MANY = insert(OutboxMail).returning(OutboxMail.id, sort_by_parameter_order=True)
_KEPT = {Outcome.PAUSED: MailState.PAUSED, Outcome.WITHHELD: MailState.WITHHELD}


def queue_mail(
    *,
    kind: str,
    language: str,
    to_address: str,
    to_name: str,
    data: dict[str, Any],
    now: datetime,
    edition_id: int | None = None,
    registration_id: int | None = None,
    account_id: int | None = None,
    bulk: bool = False,
) -> int:
    """Add one message to the outbox and return its id; it is sent after the transaction commits, never if it fails.

    ``now`` is the conference's time, shown to people; when it may be sent follows real time. What is written to many
    is ``bulk``: it waits while there is anything else to send, such as the link that somebody waits for.
    """
    mail_id = insert_row(
        _INSERT,
        mail_row(
            kind=kind,
            language=language,
            to_address=to_address,
            to_name=to_name,
            data=data,
            now=now,
            edition_id=edition_id,
            registration_id=registration_id,
            account_id=account_id,
            bulk=bulk,
        ),
    )
    wake_worker()
    return mail_id


def mail_row(
    *,
    kind: str,
    language: str,
    to_address: str,
    to_name: str,
    data: dict[str, Any],
    now: datetime,
    edition_id: int | None = None,
    registration_id: int | None = None,
    account_id: int | None = None,
    bulk: bool = False,
    paused: bool = False,
) -> dict[str, Any]:
    """Return one message as ``queue_mails`` takes it; a ``paused`` one waits until somebody lets it go."""
    return {
        "message_id": f"<{secrets.token_hex(16)}@crosslinks.invalid>",
        "kind": kind,
        "language": language,
        "edition_id": edition_id,
        "registration_id": registration_id,
        "account_id": account_id,
        "to_address": to_address,
        "to_name": to_name,
        "data": data,
        "bulk": bulk,
        "state": MailState.PAUSED if paused else MailState.QUEUED,
        "next_attempt_at": real_now(),
        "created_at": now,
    }


def queue_mails(rows: list[dict[str, Any]]) -> list[int]:
    """Add many messages at once, each made by ``mail_row``, and return their ids in that order; at most 200."""
    ids = list(db.session.scalars(_INSERT_MANY, rows)) if rows else []
    wake_worker()
    return ids


def read_letter(mail: OutboxMail, *, preview: bool = False) -> Letter:
    """Return the facts of a message as its letter is given them."""
    return Letter(
        kind=mail.kind,
        language=mail.language,
        to_address=mail.to_address,
        to_name=mail.to_name,
        data=dict(mail.data),
        message_id=mail.message_id,
        edition_id=mail.edition_id,
        registration_id=mail.registration_id,
        account_id=mail.account_id,
        preview=preview,
    )


def claim_mails(*, owner: str, limit: int = BATCH) -> list[Claim]:
    """Take the messages that have waited longest, bulk last, for one lease; another worker takes others."""
    moment = real_now()
    rows = db.session.scalars(
        select(OutboxMail)
        .where(is_due(moment))
        .order_by(OutboxMail.bulk, OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for mail in rows:
        mail.lease_owner = owner
        mail.lease_until = moment + LEASE
    db.session.flush()
    return [Claim(mail.id, read_letter(mail)) for mail in rows]


def renew_claims(*, owner: str) -> int:
    """Keep all that this worker holds for another lease; return how many messages that were."""
    moment = real_now()
    renewed = db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.lease_owner == owner, OutboxMail.lease_until > moment)
        .values(lease_until=moment + LEASE)
        .returning(OutboxMail.id)
    )
    return len(renewed.all())


def note_answers(*, answers: Mapping[int, Answer], owner: str, now: datetime) -> int:
    """Write down what became of attempts, by the message's id; return how many of those counted.

    A 250 counts whoever holds the claim by now: that message was taken, so it is sent. The rest counts as an attempt,
    while the claim is ours and the message still waits: one that was withheld or paused meanwhile stays so. After the
    last attempt the message has failed, with the server's words. What was not even attempted is paused or withheld and
    counts as none.
    """
    rows = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.id.in_(answers))
        .order_by(OutboxMail.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    counted = sum(_note(mail, answers[mail.id], owner, now) for mail in rows)
    db.session.flush()
    return counted


def _note(mail: OutboxMail, answer: Answer, owner: str, now: datetime) -> bool:
    if mail.state is MailState.SENT:
        return False
    if answer.outcome is Outcome.TAKEN:
        _mark_sent(mail, now)
        return True
    if mail.lease_owner != owner:
        return False
    _let_go(mail)
    if mail.state is not MailState.QUEUED:
        return False
    mail.last_error = answer.reason
    if answer.outcome in _KEPT:
        mail.state = _KEPT[answer.outcome]
        return True
    mail.attempts += 1
    if answer.outcome is Outcome.UNFILLED:
        mail.state = MailState.HELD
    elif answer.outcome is Outcome.REFUSED or mail.attempts >= MAX_ATTEMPTS:
        mail.state = MailState.FAILED
    else:
        mail.next_attempt_at = real_now() + retry_delay(mail.attempts)
    return True


def note_sent(*, message_ids: Sequence[str], now: datetime) -> int:
    """Mark as sent what a worker noted as answered before it died; return how many those were."""
    rows = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.message_id.in_(message_ids), OutboxMail.state != MailState.SENT)
        .with_for_update()
    ).all()
    for mail in rows:
        _mark_sent(mail, now)
    db.session.flush()
    return len(rows)


def give_back(*, mail_ids: Sequence[int], owner: str, reason: str = "", wait: timedelta = timedelta(0)) -> None:
    """Let claims go unattempted, because the server cannot be reached or the worker ends; it counts as no attempt."""
    values: dict[str, Any] = {"lease_owner": "", "lease_until": None, "next_attempt_at": real_now() + wait}
    if reason:
        values["last_error"] = reason
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.id.in_(mail_ids), OutboxMail.lease_owner == owner, OutboxMail.state == MailState.QUEUED)
        .values(**values)
    )


def retry_mail(*, mail: OutboxMail) -> bool:
    """Queue a message that is not sent to be sent at once, with all its attempts again.

    Returns False when it is sent, or shall not be sent any more.
    """
    if mail.state in {MailState.SENT, MailState.WITHHELD}:
        return False
    mail.state = MailState.QUEUED
    mail.attempts = 0
    mail.next_attempt_at = real_now()
    db.session.flush()
    wake_worker()
    return True


def retry_failed(*, edition_id: int, limit: int = 200) -> int:
    """Queue an edition's failed and held messages again, at most ``limit`` at once; return how many those were."""
    rows = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.edition_id == edition_id, OutboxMail.state.in_(UNSENT))
        .order_by(OutboxMail.id)
        .limit(limit)
        .with_for_update()
    ).all()
    return sum(retry_mail(mail=mail) for mail in rows)


def _mark_sent(mail: OutboxMail, now: datetime) -> None:
    mail.state = MailState.SENT
    mail.sent_at = now
    mail.attempts += 1
    mail.last_error = ""
    _let_go(mail)


def _let_go(mail: OutboxMail) -> None:
    mail.lease_owner = ""
    mail.lease_until = None
