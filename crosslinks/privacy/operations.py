"""Erasing people. Each feature owns its part, ``erase_person``; a new feature is one line in ``FEATURES``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, or_, select

from crosslinks.accounts import erasure as accounts
from crosslinks.accounts.audit import record
from crosslinks.accounts.models import AuditEntry
from crosslinks.checkin import erasure as checkin
from crosslinks.consents import erasure as consents
from crosslinks.documents import erasure as documents
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import lock_modes
from crosslinks.feedback import erasure as feedback
from crosslinks.feeds import erasure as feeds
from crosslinks.invitations import erasure as invitations
from crosslinks.jobs import erasure as jobs
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import Base, db
from crosslinks.live import erasure as live
from crosslinks.mail import erasure as mail
from crosslinks.mailings import erasure as mailings
from crosslinks.mailings.interest import erase_address
from crosslinks.privacy.models import ErasureProof
from crosslinks.privacy.rules import ErasureKind, ErasureReason
from crosslinks.programme import erasure as programme
from crosslinks.questions import erasure as questions
from crosslinks.registration import erasure as registration
from crosslinks.registration.models import Registration

PEOPLE_AT_ONCE = 10
"""Erased in one transaction: few enough that nobody else waits 100 ms for it."""
RETENTION = Actor.system("retention")


class Feature(Protocol):
    """What a feature offers about one person: forgetting them, and telling all that it has."""

    def erase_person(self, *, registration_id: int) -> object: ...

    def export_person(self, *, registration_id: int) -> dict[str, Any]: ...


FEATURES: tuple[tuple[str, Feature], ...] = (
    ("mailings", mailings),
    ("documents", documents),
    ("checkin", checkin),
    ("live", live),
    ("feedback", feedback),
    ("invitations", invitations),
    ("consents", consents),
    ("questions", questions),
    ("accounts", accounts),
    ("mail", mail),
    ("registration", registration),
)
"""From the top of the ladder down: the registration itself goes last."""

SWEEPS: tuple[Callable[..., int], ...] = (
    mailings.forget_edition,
    accounts.forget_edition,
    checkin.forget_edition,
    feeds.forget_edition,
    mail.forget_edition,
    programme.forget_edition,
)
"""What is left of all people of an edition once each was erased; each call does a part and returns how much."""


def erase_person(
    *,
    actor: Actor,
    now: datetime,
    registration_id: int,
    kind: ErasureKind,
    reason: ErasureReason = ErasureReason.NONE,
) -> Edition:
    """Erase somebody from everything and give their place to the next in line; return the edition.

    Earlier registrations of the same address in the edition go too, and the address leaves the interest list. Nobody
    is mailed: a message would have to keep the address. Raises ``NotFound``.
    """
    ids = registration.lock_same_person(registration_id)
    edition = db.session.get_one(Edition, db.session.get_one(Registration, registration_id).edition_id)
    for number in ids:
        registration.free_place(registration_id=number, now=now)
    counts = _count_rows(ids)
    key = db.session.get_one(Registration, registration_id).email_key
    if key and erase_address(actor=actor, now=now, conference_id=edition.conference_id, email_key=key):
        counts["follower"] = 1
    for number in ids:
        _erase_mentions(edition.id, number)
        _erase(number)
    proof = _new_proof(edition.id, kind, reason, actor, now)
    proof.people, proof.counts = len(ids), counts
    db.session.add(proof)
    db.session.flush()
    _log(edition, "edition.person_erased", proof.actor_kind, actor, now, {"reason": reason, "kind": kind})
    return edition


def _erase_mentions(edition_id: int, number: int) -> None:
    traces = registration.traces_of(number)
    address = db.session.get_one(Registration, number).email
    checkin.erase_mentions(edition_id=edition_id, traces=traces)
    accounts.erase_mentions(edition_id=edition_id, registration_id=number, traces=traces)
    jobs.erase_mentions(edition_id=edition_id, registration_id=number, traces=traces)
    mail.erase_mentions(edition_id=edition_id, address=address)


def _erase(number: int) -> None:
    registration.keep_mails(registration_id=number)
    for _name, feature in FEATURES:
        feature.erase_person(registration_id=number)


def erase_some(*, actor: Actor, now: datetime, edition: Edition, limit: int = PEOPLE_AT_ONCE) -> int:
    """Erase the first people that an edition still has; return how many those were, 0 when there is nobody left.

    Called again and again, each time in a transaction of its own: it may be broken off anywhere, and several may call.
    """
    lock_modes(edition.id)
    ids = list(
        db.session.scalars(
            select(Registration.id).where(Registration.edition_id == edition.id).order_by(Registration.id).limit(limit)
        )
    )
    if not ids:
        return 0
    counts = _count_rows(ids)
    for number in ids:
        _erase(number)
    proof = _proof_of_the_day(edition, actor, now)
    proof.people += len(ids)
    proof.counts = dict(Counter(proof.counts) + Counter(counts))
    db.session.flush()
    return len(ids)


def _proof_of_the_day(edition: Edition, actor: Actor, now: datetime) -> ErasureProof:
    """Return the row that grows chunk by chunk: one a day for the erase date, and one for each who did not wait."""
    today = now.astimezone(edition.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = db.session.scalar(
        select(ErasureProof)
        .where(
            ErasureProof.edition_id == edition.id,
            ErasureProof.kind == ErasureKind.RETENTION,
            ErasureProof.actor_kind == actor.kind,
            ErasureProof.actor_label == actor.label,
            ErasureProof.at >= today,
        )
        .with_for_update()
    )
    if found is None:
        found = _new_proof(edition.id, ErasureKind.RETENTION, ErasureReason.NONE, actor, now)
        db.session.add(found)
        db.session.flush()
        deed = "edition.everybody_erased" if found.by_somebody else "edition.people_erased"
        _log(edition, deed, found.actor_kind, actor, now, {})
    return found


def _new_proof(edition_id: int, kind: ErasureKind, reason: ErasureReason, actor: Actor, now: datetime) -> ErasureProof:
    return ErasureProof(
        edition_id=edition_id, kind=kind, reason=reason, at=now, people=0, counts={}, actor_kind=actor.kind,
        actor_label="" if actor.kind == "registrant" else actor.label,
    )  # fmt: skip


def _log(edition: Edition, action: str, kind: str, actor: Actor, now: datetime, after: dict[str, Any]) -> None:
    nameless = Actor("registrant") if kind == "registrant" else actor
    record(
        actor=nameless, action=action, object_kind="edition", object_id=edition.id, now=now,
        conference_id=edition.conference_id, edition_id=edition.id, after=after,
    )  # fmt: skip


def _count_rows(ids: list[int]) -> dict[str, int]:
    """Return how many rows of each table belong to these registrations, whichever feature's they are."""
    counts = {"registration": len(ids)}
    for table in Base.metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if any(key.column.table.name == "registration" for key in column.foreign_keys)
        ]
        if columns:
            owned = or_(*(column.in_(ids) for column in columns))
            counts[table.name] = db.session.scalar(select(func.count()).select_from(table).where(owned)) or 0
    log = select(func.count()).where(AuditEntry.object_kind == "registration", AuditEntry.object_id.in_(ids))
    counts[AuditEntry.__tablename__] = db.session.scalar(log) or 0
    return {name: count for name, count in counts.items() if count}


def note_export(*, actor: Actor, now: datetime, edition: Edition, registration_id: int) -> None:
    """Log that an organizer took everything about a registration as a file."""
    record(
        actor=actor, action="registration.exported", object_kind="registration", object_id=registration_id, now=now,
        conference_id=edition.conference_id, edition_id=edition.id,
    )  # fmt: skip
    db.session.flush()
