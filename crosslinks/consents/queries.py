"""Reading the ledger: what is asked, who agrees now, and what one person has said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from crosslinks.consents.models import ConsentAsk, ConsentEntry, ConsentText
from crosslinks.consents.rules import ASKED_BY_EDITION, Purpose, Topic, Wording
from crosslinks.consents.words import compose_texts
from crosslinks.kernel.db import db
from crosslinks.sponsors.models import Sponsor, Tier

_LATER = aliased(ConsentEntry)
_IS_LAST = ~exists().where(
    _LATER.registration_id == ConsentEntry.registration_id,
    _LATER.purpose == ConsentEntry.purpose,
    _LATER.sponsor_id.is_not_distinct_from(ConsentEntry.sponsor_id),
    _LATER.id > ConsentEntry.id,
)


def is_last_word() -> ColumnElement[bool]:
    """Return the condition that a line of the ledger is a person's last about its topic."""
    return _IS_LAST


_NOT_ORPHANED = (ConsentEntry.purpose != Purpose.SPONSOR) | ConsentEntry.sponsor_id.is_not(None)


@dataclass(frozen=True)
class Present:
    """What somebody has last said about a topic, and in which words."""

    topic: Topic
    given: bool
    at: datetime
    text: ConsentText
    language: str


def list_asks(edition_id: int) -> dict[Purpose, ConsentAsk]:
    """Return what the organizers have set for each purpose of the edition's own."""
    rows = db.session.scalars(select(ConsentAsk).where(ConsentAsk.edition_id == edition_id))
    return {row.purpose: row for row in rows}


def list_wordings(edition_id: int) -> list[Wording]:
    """Return what an edition asks now, in the order of its form and its exact words: two statements."""
    asks = list_asks(edition_id)
    found = [
        Wording(Topic(purpose), compose_texts(purpose, own=asks[purpose].texts))
        for purpose in ASKED_BY_EDITION
        if purpose in asks and asks[purpose].asked
    ]
    sponsors = db.session.execute(
        select(Sponsor.id, Sponsor.name)
        .join(Tier, Tier.id == Sponsor.tier_id)
        .where(Sponsor.edition_id == edition_id, Sponsor.asks_contact, Sponsor.is_published)
        .order_by(Tier.position, Tier.id, Sponsor.position, Sponsor.id)
    )
    return found + [
        Wording(Topic(Purpose.SPONSOR, number), compose_texts(Purpose.SPONSOR, name), name) for number, name in sponsors
    ]


def asks_for(edition_id: int, purpose: Purpose) -> bool:
    """Say whether an edition asks for a purpose of its own now."""
    wanted = (ConsentAsk.edition_id == edition_id, ConsentAsk.purpose == purpose, ConsentAsk.asked)
    return bool(db.session.scalar(select(exists().where(*wanted))))


def concerns(edition_id: int, registration_id: int) -> bool:
    """Say whether there is anything to show somebody: the edition asks, or they have said something before."""
    asks = exists().where(ConsentAsk.edition_id == edition_id, ConsentAsk.asked)
    sponsors = exists().where(Sponsor.edition_id == edition_id, Sponsor.asks_contact, Sponsor.is_published)
    said = exists().where(ConsentEntry.registration_id == registration_id)
    return bool(db.session.scalar(select(or_(asks, sponsors, said))))


def _about(edition_id: int, purpose: Purpose, sponsor_id: int | None) -> list[ColumnElement[bool]]:
    conditions = [ConsentEntry.edition_id == edition_id, ConsentEntry.purpose == purpose]
    if purpose is Purpose.SPONSOR:
        conditions.append(ConsentEntry.sponsor_id == (sponsor_id or 0))
    return conditions


def agreeing(edition_id: int, purpose: Purpose, sponsor_id: int | None = None) -> Select[int]:
    """Return a select of the ids of the registrations that agree now; cancelled ones are in it as well."""
    return select(ConsentEntry.registration_id).where(
        *_about(edition_id, purpose, sponsor_id), ConsentEntry.given, _IS_LAST
    )


def having_said(edition_id: int, purpose: Purpose, *, given: bool) -> Select[int]:
    """Return a select of the ids of the registrations whose last word on a purpose of the edition's own is ``given``.

    Who never said anything is in neither.
    """
    return select(ConsentEntry.registration_id).where(
        *_about(edition_id, purpose, None), ConsentEntry.given.is_(given), _IS_LAST
    )


def list_present(registration_id: int) -> dict[Topic, Present]:
    """Return what one person has last said, by topic; sponsors that were deleted are left out."""
    rows = db.session.scalars(
        select(ConsentEntry)
        .where(ConsentEntry.registration_id == registration_id, _IS_LAST, _NOT_ORPHANED)
        .options(joinedload(ConsentEntry.text))
    )
    found = (Present(Topic(row.purpose, row.sponsor_id), row.given, row.at, row.text, row.language) for row in rows)
    return {one.topic: one for one in found}


def list_entries(registration_id: int) -> list[ConsentEntry]:
    """Return all that one person has said, the latest first, each with its text."""
    return list(
        db.session.scalars(
            select(ConsentEntry)
            .where(ConsentEntry.registration_id == registration_id)
            .order_by(ConsentEntry.id.desc())
            .options(joinedload(ConsentEntry.text))
        )
    )


def find_texts(edition_id: int, fingerprints: Iterable[str]) -> list[ConsentText]:
    """Return the versions of an edition's texts that have one of these fingerprints."""
    return list(
        db.session.scalars(
            select(ConsentText).where(
                ConsentText.edition_id == edition_id, ConsentText.fingerprint.in_(list(fingerprints))
            )
        )
    )
