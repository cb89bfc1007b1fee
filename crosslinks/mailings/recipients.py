"""Who got a mailing and what became of it; and all that mailings keep about one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from crosslinks.editions.queries import get_edition_by_id
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.searching import holds
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import Fact, MailState
from crosslinks.mailings.models import Mailing, MailingRecipient
from crosslinks.mailings.placeholders import render_line
from crosslinks.mailings.purposes import MailingState
from crosslinks.mailings.sandbox import UnfilledText
from crosslinks.registration.letter_facts import edition_facts, person_facts
from crosslinks.registration.links import MASKED
from crosslinks.registration.models import Registration
from crosslinks.web.languages import speaking

SORTS: dict[str, Any] = {
    "name": func.lower(OutboxMail.to_name),
    "state": OutboxMail.state,
    "sent": OutboxMail.sent_at,
}


_COUNTED: tuple[Any, ...] = (MailingRecipient.mailing_id, OutboxMail.state, func.count())
_DELIVERED: tuple[Any, ...] = (
    OutboxMail.id, MailingRecipient.registration_id, OutboxMail.to_name, OutboxMail.to_address, OutboxMail.language,
    OutboxMail.state, OutboxMail.last_error, OutboxMail.attempts, OutboxMail.sent_at,
)  # fmt: skip


@dataclass(frozen=True)
class Delivered:
    """One person of a mailing, and where their message is; ``reason`` is the server's words or one of ours."""

    mail_id: int
    registration_id: int | None
    name: str
    address: str
    language: str
    state: MailState
    reason: str
    attempts: int
    sent_at: datetime | None


def get_mailing(edition_id: int, mailing_id: int) -> Mailing:
    """Return a mailing of this edition; raises ``NotFound``, also for another edition's."""
    found = db.session.get(Mailing, mailing_id)
    if found is None or found.edition_id != edition_id:
        raise NotFound("mailing.unknown")
    return found


@dataclass(frozen=True)
class ListedMailing:
    """A mailing with how many of its messages are in each state."""

    mailing: Mailing
    counts: dict[MailState, int]


def list_mailings(edition_id: int) -> list[ListedMailing]:
    """Return an edition's mailings, the latest first: two statements, however many there are."""
    mailings = db.session.scalars(
        select(Mailing).where(Mailing.edition_id == edition_id).order_by(Mailing.id.desc())
    ).all()
    rows = db.session.execute(
        _counting().join(Mailing, Mailing.id == MailingRecipient.mailing_id).where(Mailing.edition_id == edition_id)
    )
    counts: dict[int, dict[MailState, int]] = {}
    for mailing_id, state, number in rows:
        counts.setdefault(mailing_id, {})[state] = number
    return [ListedMailing(one, counts.get(one.id, {})) for one in mailings]


def count_recipients(mailing_id: int) -> dict[MailState, int]:
    """Return how many of a mailing's messages are in each state: one statement."""
    rows = db.session.execute(_counting().where(MailingRecipient.mailing_id == mailing_id))
    found = {state: number for _mailing, state, number in rows}
    return {state: found.get(state, 0) for state in MailState}


def _counting() -> Select[Any]:
    return (
        select(*_COUNTED)
        .join(OutboxMail, OutboxMail.id == MailingRecipient.mail_id)
        .group_by(MailingRecipient.mailing_id, OutboxMail.state)
    )


def select_recipients(mailing_id: int, *, words: str = "", state: MailState | None = None) -> Select[Any]:
    """Select a mailing's people who have all ``words`` in name or address, and whose message is in ``state``."""
    chosen = (
        select(*_DELIVERED)
        .join(MailingRecipient, MailingRecipient.mail_id == OutboxMail.id)
        .where(MailingRecipient.mailing_id == mailing_id)
    )
    for word in words.split():
        chosen = chosen.where(holds(word, OutboxMail.to_name, OutboxMail.to_address))
    return chosen if state is None else chosen.where(OutboxMail.state == state)


def list_recipients(
    chosen: Select[Any], *, sort: str = "name", descending: bool = False, offset: int = 0, limit: int
) -> tuple[list[Delivered], int]:
    """Return one page of selected people, and how many there are in all: two statements."""
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    column = SORTS.get(sort, SORTS["name"])
    ordered = chosen.order_by(column.desc() if descending else column.asc(), OutboxMail.id)
    return [Delivered(*row) for row in db.session.execute(ordered.offset(offset).limit(limit))], total


def iterate_recipients(chosen: Select[Any]) -> Iterator[Delivered]:
    """Yield all selected people, read in parts."""
    for row in db.session.execute(chosen.order_by(OutboxMail.id).execution_options(yield_per=500)):
        yield Delivered(*row)


def is_over(mailing: Mailing, counts: dict[MailState, int]) -> bool:
    """Say whether nothing of a mailing waits any more."""
    if mailing.state is MailingState.DRAFT or (mailing.state is not MailingState.STOPPED and not mailing.queued_at):
        return False
    return not (counts.get(MailState.QUEUED) or counts.get(MailState.PAUSED))


def erase_recipient(*, registration_id: int) -> int:
    """Forget that a person was among those of any mailing, with the messages to them; return how many those were."""
    mails = list(
        db.session.scalars(select(MailingRecipient.mail_id).where(MailingRecipient.registration_id == registration_id))
    )
    forget_recipients(mails)
    return len(mails)


def forget_recipients(mail_ids: Sequence[int]) -> None:
    """Delete messages of mailings and who they were for; how many people each mailing had stays."""
    gone = (
        select(MailingRecipient.mailing_id, func.count(), func.count().filter(OutboxMail.state == MailState.SENT))
        .join(OutboxMail, OutboxMail.id == MailingRecipient.mail_id)
        .where(MailingRecipient.mail_id.in_(mail_ids))
        .group_by(MailingRecipient.mailing_id)
        .order_by(MailingRecipient.mailing_id)
    )
    for mailing_id, people, sent in db.session.execute(gone).all():
        db.session.execute(
            update(Mailing)
            .where(Mailing.id == mailing_id)
            .values(erased=Mailing.erased + people, erased_sent=Mailing.erased_sent + sent)
        )
    db.session.execute(delete(MailingRecipient).where(MailingRecipient.mail_id.in_(mail_ids)))
    db.session.execute(delete(OutboxMail).where(OutboxMail.id.in_(mail_ids)))


def export_recipient(*, registration_id: int) -> list[dict[str, Any]]:
    """Return the mailings that a person was among, as plain data: subject, state, and when it was sent."""
    person = db.session.get(Registration, registration_id)
    rows = db.session.execute(
        select(Mailing.subject, OutboxMail.language, OutboxMail.state, OutboxMail.sent_at)
        .select_from(MailingRecipient)
        .join(Mailing, Mailing.id == MailingRecipient.mailing_id)
        .join(OutboxMail, OutboxMail.id == MailingRecipient.mail_id)
        .where(MailingRecipient.registration_id == registration_id)
        .order_by(Mailing.id)
    ).all()
    facts = {language: _facts_of(person, language) for language in {row.language for row in rows}} if person else {}
    return [
        {
            "subject": _filled(subject.get(language) or next(iter(subject.values()), ""), facts.get(language, {})),
            "state": state.value,
            "sent_at": sent_at.isoformat() if sent_at else None,
        }
        for subject, language, state, sent_at in rows
    ]


def _facts_of(person: Registration, language: str) -> dict[str, Fact]:
    with speaking(language):
        return edition_facts(get_edition_by_id(person.edition_id), language) | person_facts(person, MASKED)


def _filled(subject: str, facts: Mapping[str, Fact]) -> str:
    """Return a subject as it was read; as it was typed where it cannot be filled any more."""
    try:
        return render_line(subject, facts)
    except UnfilledText:
        return subject
