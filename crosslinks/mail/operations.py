"""Queueing messages, within the transaction of the change that caused them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, wake_worker
from crosslinks.mail.models import OutboxMail


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
) -> OutboxMail:
    """Add one message to the outbox; it is sent after the transaction commits, and never if it does not.

    ``now`` is the conference's time, shown to people; when it may be sent follows real time.
    """
    mail = OutboxMail(
        message_id=f"<{secrets.token_hex(16)}@crosslinks.invalid>",
        kind=kind,
        language=language,
        edition_id=edition_id,
        registration_id=registration_id,
        account_id=account_id,
        to_address=to_address,
        to_name=to_name,
        data=data,
        next_attempt_at=real_now(),
        created_at=now,
    )
    db.session.add(mail)
    wake_worker()
    return mail
