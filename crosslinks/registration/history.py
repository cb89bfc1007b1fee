"""What happened to one registration: every change and every message, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crosslinks.accounts.log_words import Change, actor_words, changes_in_words, deed_words
from crosslinks.accounts.models import AuditEntry
from crosslinks.kernel.db import db
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.reasons import reason_words
from crosslinks.mail.rules import UNSENT, MailState
from crosslinks.registration.rules import Place
from crosslinks.registration.words import mail_words

MOST_ENTRIES = 200


@dataclass(frozen=True)
class Happening:
    """One line of the history; ``state`` and ``error`` are of a message."""

    at: datetime
    what: str
    who: str = ""
    changes: tuple[Change, ...] = ()
    state: MailState | None = None
    error: str = ""


def list_history(registration_id: int, zone: ZoneInfo) -> list[Happening]:
    """Return the last changes and messages of a registration, the latest first."""
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.object_kind == "registration", AuditEntry.object_id == registration_id)
        .order_by(AuditEntry.id.desc())
        .limit(MOST_ENTRIES)
    )
    mails = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.registration_id == registration_id)
        .order_by(OutboxMail.id.desc())
        .limit(MOST_ENTRIES)
    )
    happened = [_mail(mail) for mail in mails] + [_change(entry, zone) for entry in entries]
    return sorted(happened, key=lambda one: one.at, reverse=True)[:MOST_ENTRIES]


def _change(entry: AuditEntry, zone: ZoneInfo) -> Happening:
    deed = deed_words(entry.action)
    return Happening(
        at=entry.at,
        what=deed[:1].upper() + deed[1:],
        who=actor_words(entry.actor_kind, entry.actor_label),
        changes=changes_in_words(AuditEntry(before=entry.before, after=_said(entry)), zone),
    )


def _said(entry: AuditEntry) -> dict[str, object]:
    """Return what came to be, without the places that were neither had before nor are had now."""
    return {name: value for name, value in entry.after.items() if value != Place.NONE or name in entry.before}


def _mail(mail: OutboxMail) -> Happening:
    return Happening(
        at=mail.created_at, what=mail_words(mail.kind), state=mail.state, error=reason_words(mail.last_error)
    )


def find_refusal(registration_id: int) -> str | None:
    """Return what the mail server said when the last message was refused for good, or None when it was not."""
    last = db.session.scalar(
        select(OutboxMail).where(OutboxMail.registration_id == registration_id).order_by(OutboxMail.id.desc()).limit(1)
    )
    return reason_words(last.last_error) if last is not None and last.state in UNSENT else None
