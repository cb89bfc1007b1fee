"""The list of participants: counted, filtered, put in order and paged by the database.

The number of statements is the same however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import UNSENT
from crosslinks.questions.queries import registrations_with_answer
from crosslinks.registration.list_filter import PAGE_SIZE, ListFilter, Show, SortBy
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import BadgeRole, Place

_WAITS = Registration.wants != Place.NONE
_CANCELLED = Registration.cancelled_at.is_not(None)
_SHOWN: dict[Show, ColumnElement[bool]] = {
    Show.ALL: true(),
    Show.ONSITE: Registration.place == Place.ONSITE,
    Show.DIGITAL: Registration.place == Place.DIGITAL,
    Show.WAITING: _WAITS,
    Show.CANCELLED: _CANCELLED,
}
_MODE = case((Registration.place == Place.ONSITE, 0), (Registration.place == Place.DIGITAL, 1), else_=2)
_STATUS = case((_CANCELLED, 2), (Registration.place == Place.NONE, 1), else_=0)


@dataclass(frozen=True)
class ListedPerson:
    """One row of the list; ``position`` counts from 1 in the queue that they wait in."""

    id: int
    reference: str
    given_name: str
    family_name: str
    organisation: str
    role: BadgeRole
    place: Place
    wants: Place
    created_at: datetime
    cancelled_at: datetime | None
    position: int | None
    undelivered: bool

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say but that the place is confirmed."""
        return self.cancelled_at is None and self.wants is Place.NONE and not self.undelivered

    @property
    def sorted_name(self) -> str:
        """The name as a list has it, family name first."""
        return ", ".join(part for part in (self.family_name, self.given_name) if part)


@dataclass(frozen=True)
class ListPage:
    """One page of the list; ``first`` and ``last`` count from 1, 0 when nobody is found."""

    people: list[ListedPerson]
    counts: dict[Show, int]
    total: int
    page: int

    @property
    def first(self) -> int:
        """The number of the first row shown."""
        return (self.page - 1) * PAGE_SIZE + 1 if self.people else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.first + len(self.people) - 1 if self.people else 0

    @property
    def has_next(self) -> bool:
        """Whether there is a page after this one."""
        return self.last < self.total


_LATER = aliased(OutboxMail)
_LAST_REFUSED = select(OutboxMail.registration_id).where(
    OutboxMail.state.in_(UNSENT),
    ~exists().where(_LATER.registration_id == OutboxMail.registration_id, _LATER.id > OutboxMail.id),
)
"""The registrations whose last message was refused for good."""

_REFUSED_IN_EDITION = _LAST_REFUSED.where(OutboxMail.edition_id == bindparam("edition_id"))
_REFUSED_AMONG = _LAST_REFUSED.where(OutboxMail.registration_id.in_(bindparam("ids", expanding=True)))


def _conditions(edition_id: int, wanted: ListFilter) -> list[ColumnElement[bool]]:
    """Return what the search and the further filters ask, without the chip."""
    asked = (
        (Registration.role, wanted.role),
        (Registration.profession, wanted.profession),
        (Registration.source, wanted.source),
    )
    found: list[ColumnElement[bool]] = [
        Registration.edition_id == edition_id,
        *(
            or_(*(Registration.search_text.contains(word, autoescape=True) for word in sorted(readings)))
            for readings in wanted.words
        ),
        *(column == value for column, value in asked if value is not None),
    ]
    if wanted.assistance:
        found.append(Registration.needs_assistance.is_(True))
    if wanted.undelivered:
        found.append(Registration.id.in_(_REFUSED_IN_EDITION.params(edition_id=edition_id)))
    if wanted.answer:
        question, _colon, choice = wanted.answer.partition(":")
        found.append(Registration.id.in_(registrations_with_answer(edition_id, int(question), [choice])))
    return found


_COUNTS = select(*(func.count().filter(_SHOWN[show]) for show in Show)).select_from(Registration)


def count_shown(edition_id: int, wanted: ListFilter) -> dict[Show, int]:
    """Return how many each chip shows within the search and the further filters: one statement."""
    row = db.session.execute(_COUNTS.where(*_conditions(edition_id, wanted))).one()
    return dict(zip(Show, row, strict=True))


_NAME = (Registration.sort_key, Registration.id)
_ORDERS: dict[SortBy, tuple[Any, ...]] = {
    SortBy.NAME: _NAME,
    SortBy.MODE: (_MODE, *_NAME),
    SortBy.STATUS: (_STATUS, Registration.wants, Registration.priority, Registration.joined_at, *_NAME),
    SortBy.REGISTERED: (Registration.created_at, Registration.id),
}
_IN_AN_INDEX = frozenset({SortBy.NAME, SortBy.REGISTERED})
_HAS_A_NAME = Registration.sort_key >= ""
"""True of everybody, so that rows are read by the index of names: in its order, the rest is sorted in half the time."""


def _order(wanted: ListFilter) -> list[Any]:
    columns = _ORDERS[wanted.sort]
    return [column.desc() for column in columns] if wanted.descending else list(columns)


def matching(edition_id: int, wanted: ListFilter, *columns: Any) -> Select[Any]:
    """Return the statement of everybody that a filter asks for, in its order, without paging."""
    shown = () if wanted.show is Show.ALL else (_SHOWN[wanted.show],)
    return select(*columns).where(*_conditions(edition_id, wanted), *shown).order_by(*_order(wanted))


def _page(edition_id: int, wanted: ListFilter, page: int) -> Select[Any]:
    """Return the statement of one page. What no index puts in order is sorted as bare ids, which is half the work."""
    first, size = (page - 1) * PAGE_SIZE, PAGE_SIZE
    if wanted.sort in _IN_AN_INDEX:
        return matching(edition_id, wanted, *_COLUMNS).limit(size).offset(first)
    found = matching(edition_id, wanted, Registration.id).limit(size).offset(first)
    if wanted.show is Show.ALL:
        found = found.where(_HAS_A_NAME)
    ids = found.subquery()
    return select(*_COLUMNS).where(Registration.id.in_(select(ids.c.id))).order_by(*_order(wanted))


_COLUMNS: tuple[Any, ...] = (
    Registration.id, Registration.reference, Registration.given_name, Registration.family_name,
    Registration.organisation, Registration.role, Registration.place, Registration.wants, Registration.created_at,
    Registration.cancelled_at,
)  # fmt: skip


def list_people(edition_id: int, wanted: ListFilter) -> ListPage:
    """Return the asked page, or the last one, with the count of each chip: at most four statements."""
    counts = count_shown(edition_id, wanted)
    total = counts[wanted.show]
    page = min(wanted.page, max(1, -(-total // PAGE_SIZE)))
    if total == 0:
        return ListPage([], counts, total, page)
    rows = db.session.execute(_page(edition_id, wanted, page)).all()
    positions = positions_of(edition_id, [row.id for row in rows if row.wants is not Place.NONE])
    unreached = _undelivered_among([row.id for row in rows])
    people = [
        ListedPerson(**row._asdict(), position=positions.get(row.id), undelivered=row.id in unreached) for row in rows
    ]
    return ListPage(people, counts, total, page)


_LINE = (
    select(
        Registration.id.label("id"),
        func.row_number()
        .over(
            partition_by=Registration.wants,
            order_by=(Registration.priority, Registration.joined_at, Registration.id),
        )
        .label("position"),
    )
    .where(Registration.edition_id == bindparam("edition_id"), _WAITS, Registration.offer_until.is_(None))
    .subquery()
)
_POSITIONS = select(_LINE.c.id, _LINE.c.position)
_POSITIONS_AMONG = _POSITIONS.where(_LINE.c.id.in_(bindparam("ids", expanding=True)))


def positions_of(edition_id: int, ids: list[int]) -> dict[int, int]:
    """Return where those of ``ids`` who wait stand in their queue, from 1."""
    if not ids:
        return {}
    rows = db.session.execute(_POSITIONS_AMONG, {"edition_id": edition_id, "ids": ids})
    return {row.id: row.position for row in rows}


def all_positions(edition_id: int) -> dict[int, int]:
    """Return where everybody who waits stands, from 1, by registration."""
    return {row.id: row.position for row in db.session.execute(_POSITIONS, {"edition_id": edition_id})}


@dataclass(frozen=True)
class WaitingPerson:
    """Somebody in a queue, and since when."""

    id: int
    name: str
    organisation: str
    place: Place
    wants: Place
    joined_at: datetime
    position: int


def list_waiting(edition_id: int, most: int) -> dict[Place, list[WaitingPerson]]:
    """Return the first ``most`` of each queue in their order: one statement."""
    query = (
        select(
            Registration.id, Registration.given_name, Registration.family_name, Registration.organisation,
            Registration.place, Registration.wants, Registration.joined_at, _LINE.c.position,
        )
        .join(_LINE, _LINE.c.id == Registration.id)
        .where(_LINE.c.position <= most)
        .order_by(_LINE.c.position, Registration.id)
    )  # fmt: skip
    queues: dict[Place, list[WaitingPerson]] = {}
    for number, given, family, *rest in db.session.execute(query, {"edition_id": edition_id}):
        person = WaitingPerson(number, f"{given} {family}".strip(), *rest)
        queues.setdefault(person.wants, []).append(person)
    return queues


def _undelivered_among(ids: list[int]) -> set[int]:
    return set(db.session.scalars(_REFUSED_AMONG, {"ids": ids}))


def iterate(edition_id: int, wanted: ListFilter, *columns: Any) -> Iterator[Row[Any]]:
    """Yield everybody that a filter asks for, read in parts, so that memory does not grow with them."""
    result = db.session.execute(matching(edition_id, wanted, *columns).execution_options(yield_per=500))
    yield from result


@dataclass(frozen=True)
class ChosenPerson:
    """Somebody chosen in the list."""

    id: int
    name: str
    has_address: bool
    is_cancelled: bool


def list_chosen(edition_id: int, ids: list[int]) -> list[ChosenPerson]:
    """Return those people by name; raises ``NotFound`` when one of them is not of this edition."""
    query = (
        select(Registration.id, Registration.given_name, Registration.family_name, Registration.email != "", _CANCELLED)
        .where(Registration.edition_id == edition_id, Registration.id.in_(ids))
        .order_by(Registration.sort_key, Registration.id)
    )
    found = [
        ChosenPerson(number, f"{given} {family}".strip(), bool(has_address), bool(is_cancelled))
        for number, given, family, has_address, is_cancelled in db.session.execute(query)
    ]
    if len(found) != len(set(ids)):
        raise NotFound("registration.unknown")
    return found
