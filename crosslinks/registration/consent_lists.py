"""Who agrees now among those who are registered; who has cancelled counts nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal, or_, select

from crosslinks.consents.models import ConsentEntry, ConsentText
from crosslinks.consents.queries import agreeing, asks_for, having_said, is_last_word
from crosslinks.consents.rules import Purpose, Topic
from crosslinks.kernel.db import db
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Source

PAGE_SIZE = 100
SELF_REGISTERED = (Source.FORM, Source.API, Source.DEMO)
"""They saw the boxes; anybody else was never asked."""


@dataclass(frozen=True)
class ConsentCount:
    """How many agree now, and how many of those who were erased had last agreed."""

    now: int = 0
    erased: int = 0


def count_consents(edition_id: int) -> dict[Topic, ConsentCount]:
    """Count each topic of an edition: two statements, however many people there are."""
    present = db.session.execute(
        select(ConsentEntry.purpose, ConsentEntry.sponsor_id, func.count())
        .join(Registration, Registration.id == ConsentEntry.registration_id)
        .where(
            ConsentEntry.edition_id == edition_id,
            ConsentEntry.given,
            is_last_word(),
            *_counts_for(ConsentEntry.purpose != Purpose.SPONSOR),
        )
        .group_by(ConsentEntry.purpose, ConsentEntry.sponsor_id)
    )
    erased = db.session.execute(
        select(ConsentText.purpose, ConsentText.sponsor_id, func.sum(ConsentText.erased_given))
        .where(ConsentText.edition_id == edition_id)
        .group_by(ConsentText.purpose, ConsentText.sponsor_id)
    )
    now = {Topic(purpose, sponsor_id): number for purpose, sponsor_id, number in present}
    gone = {Topic(purpose, sponsor_id): int(number) for purpose, sponsor_id, number in erased}
    return {topic: ConsentCount(now.get(topic, 0), gone.get(topic, 0)) for topic in now.keys() | gone.keys()}


def _counts_for(is_no_mail: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Return who counts: who has not cancelled and, where it is about being written to, has an address."""
    return Registration.cancelled_at.is_(None), or_(is_no_mail, Registration.email != "")


def _agreeing(edition_id: int, topic: Topic, *columns: Any) -> Select[Any]:
    return select(*columns).where(
        Registration.edition_id == edition_id,
        *_counts_for(literal(topic.purpose is not Purpose.SPONSOR)),
        Registration.id.in_(agreeing(edition_id, topic.purpose, topic.sponsor_id)),
    )


def count_agreeing(edition_id: int, topic: Topic) -> int:
    """Return how many registered people agree to a topic now."""
    return db.session.scalar(_agreeing(edition_id, topic, func.count(Registration.id))) or 0


def list_agreeing(edition_id: int, topic: Topic, page: int) -> list[Row[Any]]:
    """Return one page, from 1, of who agrees now: name and workplace, by family name."""
    wanted = _agreeing(
        edition_id, topic, Registration.id, Registration.given_name, Registration.family_name, Registration.organisation
    )
    ordered = wanted.order_by(Registration.sort_key, Registration.id)
    return list(db.session.execute(ordered.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)))


def iterate_agreeing(edition_id: int, topic: Topic, *columns: Any) -> Iterator[Row[Any]]:
    """Yield everybody who agrees now, by family name, read in parts."""
    ordered = _agreeing(edition_id, topic, *columns).order_by(Registration.sort_key, Registration.id)
    yield from db.session.execute(ordered.execution_options(yield_per=500))


def not_to_be_photographed(edition_id: int) -> ColumnElement[bool]:
    """Return the condition under which a badge of an edition says "No photo"; false where nobody is asked.

    It holds for who registered themselves and does not agree now, and for whoever withdrew. Who was added by an
    organizer or at the door and never said a word is left out: nobody has asked them.
    """
    if not asks_for(edition_id, Purpose.PHOTO):
        return false()
    return or_(
        and_(Registration.source.in_(SELF_REGISTERED), Registration.id.not_in(agreeing(edition_id, Purpose.PHOTO))),
        Registration.id.in_(having_said(edition_id, Purpose.PHOTO, given=False)),
    )
