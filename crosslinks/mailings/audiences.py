"""Whom a mailing reaches: one statement for any filter, each address once, however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, not_, null, or_, select, union_all
from sqlalchemy.orm import aliased

from crosslinks.consents.models import ConsentEntry
from crosslinks.consents.queries import agreeing
from crosslinks.consents.rules import Purpose as ConsentPurpose
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.mailings.attendance import came
from crosslinks.mailings.models import Follower
from crosslinks.mailings.purposes import Attended, Audience, Purpose, Source
from crosslinks.questions.queries import registrations_with_answer
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place, Status


@dataclass(frozen=True)
class Reached:
    """Somebody that a mailing reaches: a registration of some edition, or a follower of the conference."""

    email_key: str
    email: str
    name: str
    language: str
    registration_id: int | None
    follower_id: int | None


_STATUS = {
    Status.CONFIRMED: and_(Registration.cancelled_at.is_(None), Registration.place != Place.NONE),
    Status.WAITING: and_(Registration.cancelled_at.is_(None), Registration.wants != Place.NONE),
    Status.CANCELLED: Registration.cancelled_at.is_not(None),
}
_FROM_REGISTRATION: tuple[Any, ...] = (
    Registration.email_key.label("email_key"),
    Registration.email.label("email"),
    (Registration.given_name + " " + Registration.family_name).label("name"),
    Registration.language.label("language"),
    Registration.id.label("registration_id"),
    null().label("follower_id"),
)
_FROM_FOLLOWER: tuple[Any, ...] = (
    Follower.email_key,
    Follower.email,
    literal("").label("name"),
    Follower.language,
    null().label("registration_id"),
    Follower.id.label("follower_id"),
)


def _filters(edition_id: int, audience: Audience) -> list[ColumnElement[bool]]:
    """Return what the filters ask of a registration."""
    found: list[ColumnElement[bool]] = []
    if audience.place is not None:
        at = audience.place
        found.append(or_(Registration.place == at, Registration.wants == at))
    found.append(Registration.cancelled_at.is_(None) if audience.status is None else _STATUS[audience.status])
    for column, value in (
        (Registration.role, audience.role),
        (Registration.profession, audience.profession),
        (Registration.language, audience.language or None),
    ):
        if value is not None:
            found.append(column == value)
    if audience.attended is not None:
        found.append(came() if audience.attended is Attended.YES else not_(came()))
    if audience.consent is not None:
        found.append(Registration.id.in_(agreeing(edition_id, audience.consent)))
    if audience.question:
        answered = registrations_with_answer(
            edition_id, audience.question, [audience.answer] if audience.answer else []
        )
        found.append(Registration.id.in_(answered))
    return found


def _of_edition(edition: Edition, purpose: Purpose, audience: Audience) -> Select[Any]:
    asked = select(*_FROM_REGISTRATION).where(
        Registration.edition_id == edition.id, Registration.email_key != "", *_filters(edition.id, audience)
    )
    if purpose is Purpose.NEWS:
        asked = asked.where(Registration.id.in_(agreeing(edition.id, ConsentPurpose.NEXT_EDITION)))
    return asked


def _of_last_edition(edition: Edition, audience: Audience) -> Select[Any]:
    """Select those of the edition before this one who agreed to be invited, whether or not they had cancelled."""
    earlier = aliased(Edition)
    last = (
        select(earlier.id)
        .where(earlier.conference_id == edition.conference_id, earlier.starts_at < edition.starts_at)
        .order_by(earlier.starts_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    asked = select(*_FROM_REGISTRATION).where(
        Registration.edition_id == last,
        Registration.email_key != "",
        Registration.id.in_(agreeing(cast("int", last), ConsentPurpose.NEXT_EDITION)),
    )
    return asked.where(Registration.language == audience.language) if audience.language else asked


def _followers(edition: Edition, audience: Audience) -> Select[Any]:
    asked = select(*_FROM_FOLLOWER).where(
        Follower.conference_id == edition.conference_id, Follower.confirmed_at.is_not(None)
    )
    return asked.where(Follower.language == audience.language) if audience.language else asked


def _everybody(edition: Edition, purpose: Purpose, audience: Audience) -> Any:
    """Return everybody asked for, an address perhaps more than once."""
    if audience.source is Source.EDITION:
        return _of_edition(edition, purpose, audience).subquery()
    if audience.source is Source.LAST_EDITION:
        return _of_last_edition(edition, audience).subquery()
    if audience.source is Source.INTEREST:
        return _followers(edition, audience).subquery()
    return union_all(_of_last_edition(edition, audience), _followers(edition, audience)).subquery()


def _registered_already(edition_id: int, key: Any) -> ColumnElement[bool]:
    present = aliased(Registration)
    return exists().where(present.edition_id == edition_id, present.email_key == key, present.cancelled_at.is_(None))


def _each_once(edition: Edition, purpose: Purpose, audience: Audience) -> Any:
    """Return everybody asked for, each address once: as its latest registration, before its entry in the list."""
    people = _everybody(edition, purpose, audience)
    order = (people.c.registration_id.is_(None), people.c.registration_id.desc(), people.c.follower_id.desc())
    nth = func.row_number().over(partition_by=people.c.email_key, order_by=order).label("nth")
    asked = select(people, nth)
    if audience.newcomers and purpose is Purpose.NEWS:
        asked = asked.where(~_registered_already(edition.id, people.c.email_key))
    return asked.subquery()


def count_reached(edition: Edition, purpose: Purpose, audience: Audience) -> int:
    """Return how many people a mailing would reach now: one statement."""
    people = _each_once(edition, purpose, audience)
    return db.session.scalar(select(func.count()).select_from(people).where(people.c.nth == 1)) or 0


def list_reached(edition: Edition, purpose: Purpose, audience: Audience, *, limit: int | None = None,
                 language: str = "") -> list[Reached]:  # fmt: skip
    """Return whom a mailing would reach now, by address, perhaps only readers of ``language``: one statement."""
    people = _each_once(edition, purpose, audience)
    columns = [people.c[name] for name in ("email_key", "email", "name", "language", "registration_id", "follower_id")]
    asked = select(*columns).where(people.c.nth == 1)
    if language:
        asked = asked.where(people.c.language == language)
    rows = db.session.execute(asked.order_by(people.c.email_key).limit(limit))
    return [Reached(key, email, name.strip(), *rest) for key, email, name, *rest in rows]


def still_wants_news(registration_id: int | None, follower_id: int | None) -> bool:
    """Say whether somebody still agrees to news: the consent is not withdrawn, the entry in the list not taken away."""
    if follower_id is not None:
        known = (Follower.id == follower_id, Follower.confirmed_at.is_not(None))
        return bool(db.session.scalar(select(exists().where(*known))))
    last = (
        select(ConsentEntry.given)
        .where(ConsentEntry.registration_id == registration_id, ConsentEntry.purpose == ConsentPurpose.NEXT_EDITION)
        .order_by(ConsentEntry.id.desc())
        .limit(1)
    )
    return bool(db.session.scalar(last))
