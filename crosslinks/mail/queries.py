"""Reading the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.searching import holds
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState

SORTS = {
    "created": (OutboxMail.created_at, OutboxMail.id),
    "name": (func.lower(OutboxMail.to_name), OutboxMail.id),
    "kind": (OutboxMail.kind, OutboxMail.id),
    "state": (OutboxMail.state, OutboxMail.id),
    "sent": (OutboxMail.sent_at, OutboxMail.id),
}


def is_due(moment: datetime) -> ColumnElement[bool]:
    """Return the condition for what may be sent at ``moment`` (real time): queued, due, held by no living claim."""
    return and_(
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.next_attempt_at <= moment,
        or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until < moment),
    )


def mail_is_due() -> bool:
    """Say whether any message may be sent now; a plain read."""
    return db.session.scalar(select(OutboxMail.id).where(is_due(real_now())).limit(1)) is not None


def get_mail(mail_id: int, edition_id: int) -> OutboxMail:
    """Return a message of this edition; raises ``NotFound``, also for another edition's."""
    mail = db.session.scalar(select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.edition_id == edition_id))
    if mail is None:
        raise NotFound("mail.unknown")
    return mail


def count_mails(edition_id: int) -> dict[MailState, int]:
    """Return how many messages of an edition are in each state."""
    rows = db.session.execute(
        select(OutboxMail.state, func.count()).where(OutboxMail.edition_id == edition_id).group_by(OutboxMail.state)
    )
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in MailState}


def find_trouble(edition_id: int) -> str:
    """Return why queued messages of an edition are not sent, in the server's latest words, or ""."""
    return (
        db.session.scalar(
            select(OutboxMail.last_error)
            .where(
                OutboxMail.edition_id == edition_id,
                OutboxMail.state == MailState.QUEUED,
                OutboxMail.last_error != "",
            )
            .order_by(OutboxMail.next_attempt_at.desc())
            .limit(1)
        )
        or ""
    )


def select_mails(
    edition_id: int, *, words: str = "", kind: str = "", state: MailState | None = None
) -> Select[OutboxMail]:
    """Select an edition's messages whose receiver has all ``words`` in the name or address."""
    chosen = select(OutboxMail).where(OutboxMail.edition_id == edition_id)
    for word in words.split():
        chosen = chosen.where(holds(word, OutboxMail.to_name, OutboxMail.to_address))
    if kind:
        chosen = chosen.where(OutboxMail.kind == kind)
    if state is not None:
        chosen = chosen.where(OutboxMail.state == state)
    return chosen


def list_mails(
    chosen: Select[OutboxMail], *, sort: str, descending: bool, offset: int, limit: int
) -> tuple[list[OutboxMail], int]:
    """Return one page of selected messages and how many there are in all."""
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    ordered = _ordered(chosen, sort, descending=descending)
    return list(db.session.scalars(ordered.offset(offset).limit(limit))), total


def iterate_mails(chosen: Select[OutboxMail], *, sort: str, descending: bool) -> Iterator[OutboxMail]:
    """Yield all selected messages in an order, read in parts."""
    yield from db.session.scalars(_ordered(chosen, sort, descending=descending).execution_options(yield_per=500))


def _ordered(chosen: Select[OutboxMail], sort: str, *, descending: bool) -> Select[OutboxMail]:
    columns = SORTS.get(sort, SORTS["created"])
    return chosen.order_by(*(column.desc() if descending else column.asc() for column in columns))


def list_kinds(edition_id: int) -> dict[str, int]:
    """Return the kinds of an edition's messages with how many there are of each."""
    rows = db.session.execute(
        select(OutboxMail.kind, func.count())
        .where(OutboxMail.edition_id == edition_id)
        .group_by(OutboxMail.kind)
        .order_by(OutboxMail.kind)
    )
    return {row[0]: row[1] for row in rows}
