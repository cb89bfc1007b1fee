"""Reading the programme: for its public pages as plain values, a fixed number of statements however long the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.conflicts import PlannedSession, PlannedTalk, Span
from crosslinks.programme.models import Person, Room, Session, SessionModerator, Talk, TalkSpeaker
from crosslinks.programme.rules import stage_name
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow, Timeline, build_timeline

T = TypeVar("T")

_LINE = (
    Person.id, Person.slug, Person.title, Person.given_name, Person.family_name, Person.affiliation, Person.portrait,
)  # fmt: skip


@dataclass(frozen=True)
class PersonCard:
    """A person with what they do on the day, for lists and cards."""

    person: PersonLine
    topics: tuple[Texts, ...]
    speaks: bool
    moderates: bool


@dataclass(frozen=True)
class Slot:
    """One talk within its session, with its abstract."""

    talk: TalkRow
    session: SessionRow
    abstract: str
    abstract_language: str


@dataclass(frozen=True)
class PersonPage:
    """A person with the talks they give and the sessions they moderate."""

    person: Person
    slots: tuple[Slot, ...]
    moderated: tuple[SessionRow, ...]


def get_timeline(edition: Edition, now: datetime) -> Timeline:
    """Return the day of ``edition`` as it stands at ``now``: four statements, however many talks."""
    rows = list_session_rows(edition.id)
    return build_timeline(rows, now=now, zone=edition.zone, has_stream=edition.mode(Mode.DIGITAL) is not None)


def list_session_rows(edition_id: int) -> list[SessionRow]:
    """Return the sessions with moderators, talks and speakers in order of the day."""
    talks = _grouped(_talk_rows(edition_id))
    moderators = _grouped(_person_rows(edition_id, SessionModerator))
    sessions = db.session.execute(
        select(
            Session.id, Session.uuid, Session.kind, Session.title, Session.summary, Session.starts_at, Session.ends_at,
            Session.room_id, Room.name, Session.streamed, Session.is_demo,
        )
        .outerjoin(Room, Room.id == Session.room_id)
        .where(Session.edition_id == edition_id)
        .order_by(Session.starts_at, Session.ends_at, Session.id)
    )  # fmt: skip
    return [
        SessionRow(*row[:8], row[8] or "", row[9], moderators.get(row[0], ()), talks.get(row[0], ()), row[10])
        for row in sessions
    ]


def _talk_rows(edition_id: int) -> Iterable[tuple[int, TalkRow]]:
    speakers = _grouped(_person_rows(edition_id, TalkSpeaker))
    rows = db.session.execute(
        select(
            Talk.session_id, Talk.id, Talk.uuid, Talk.slug, Talk.kind, Talk.title, Talk.starts_at, Talk.ends_at,
            Talk.is_demo,
        )
        .where(Talk.edition_id == edition_id)
        .order_by(Talk.starts_at, Talk.position, Talk.id)
    )  # fmt: skip
    return ((row[0], TalkRow(*row[1:8], speakers.get(row[1], ()), row[8])) for row in rows)


def _person_rows(edition_id: int, role: type[SessionModerator | TalkSpeaker]) -> Iterable[tuple[int, PersonLine]]:
    part = role.session_id if issubclass(role, SessionModerator) else role.talk_id
    rows = db.session.execute(
        select(part, *_LINE)
        .join(Person, Person.id == role.person_id)
        .where(Person.edition_id == edition_id)
        .order_by(role.position, Person.id)
    )
    return ((row[0], person_line(row[1:])) for row in rows)


def person_line(row: Sequence[Any]) -> PersonLine:
    """Return a person's line of ``(id, slug, title, given name, family name, affiliation, portrait)``."""
    number, slug, title, given, family, affiliation, portrait = row
    return PersonLine(number, slug, stage_name(title, given, family), affiliation, portrait, family)


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, tuple[T, ...]]:
    groups: dict[int, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def plan_of(rows: Iterable[SessionRow]) -> list[PlannedSession]:
    """Return what the conflicts of a programme depend on."""
    return [
        PlannedSession(
            id=row.id,
            span=Span(row.starts_at, row.ends_at),
            kind=row.kind,
            room=row.room_id,
            moderators=tuple(person.id for person in row.moderators),
            talks=tuple(
                PlannedTalk(talk.id, Span(talk.starts_at, talk.ends_at), tuple(person.id for person in talk.speakers))
                for talk in row.talks
            ),
        )
        for row in rows
    ]


def list_public_people(edition: Edition) -> list[PersonCard]:
    """Return who speaks or moderates, and who is highlighted, as set by hand, then by appearance."""
    return [card for card, highlighted in _cards(edition) if highlighted or card.speaks or card.moderates]


def list_highlighted_people(edition: Edition) -> list[PersonCard]:
    """Return the people that the front page shows, in the order of ``list_public_people``."""
    return [card for card, highlighted in _cards(edition) if highlighted]


def _cards(edition: Edition) -> list[tuple[PersonCard, bool]]:
    sessions = list_session_rows(edition.id)
    topics: dict[int, list[Texts]] = {}
    first: dict[int, datetime] = {}
    for row in sessions:
        for talk in row.talks:
            for person in talk.speakers:
                topics.setdefault(person.id, []).append(talk.title)
                first.setdefault(person.id, talk.starts_at)
    moderating = {person.id: row.starts_at for row in reversed(sessions) for person in row.moderators}
    rows = db.session.execute(
        select(*_LINE, Person.position, Person.highlighted).where(Person.edition_id == edition.id)
    ).all()

    def appearance(row: Any) -> tuple[int, bool, datetime, str]:
        return (
            row.position,
            not row.highlighted,
            first.get(row.id) or moderating.get(row.id) or edition.ends_at,
            row.family_name,
        )

    return [
        (
            PersonCard(person_line(row[:7]), tuple(topics.get(row.id, ())), row.id in topics, row.id in moderating),
            row.highlighted,
        )
        for row in sorted(rows, key=appearance)
    ]


def get_person_page(edition: Edition, slug: str) -> PersonPage:
    """Return who speaks, moderates or is highlighted, with their part of the day; raises ``NotFound``."""
    person = _find_by_slug(Person, edition.id, slug)
    if person is None:
        raise NotFound("person.unknown")
    rows = list_session_rows(edition.id)
    found = [(talk, row) for row in rows for talk in row.talks if person.id in {who.id for who in talk.speakers}]
    moderated = tuple(row for row in rows if person.id in {who.id for who in row.moderators})
    if not (person.highlighted or found or moderated):
        raise NotFound("person.unknown")
    texts = {talk.id: talk for talk in _talks([talk.id for talk, _ in found])}
    slots = tuple(Slot(talk, row, texts[talk.id].abstract, texts[talk.id].abstract_language) for talk, row in found)
    return PersonPage(person, slots, moderated)


def get_slot(edition: Edition, slug: str) -> Slot:
    """Return a talk by its address, within its session; raises ``NotFound``."""
    talk = _find_by_slug(Talk, edition.id, slug)
    if talk is None:
        raise NotFound("talk.unknown")
    for row in list_session_rows(edition.id):
        for line in row.talks:
            if line.id == talk.id:
                return Slot(line, row, talk.abstract, talk.abstract_language)
    raise NotFound("talk.unknown")


def _talks(ids: list[int]) -> list[Talk]:
    return list(db.session.scalars(select(Talk).where(Talk.id.in_(ids)))) if ids else []


def _find_by_slug(kind: type[T], edition_id: int, slug: str) -> T | None:
    if "\x00" in slug:
        return None
    model: Any = kind
    found: T | None = db.session.scalar(select(model).where(model.edition_id == edition_id, model.slug == slug))
    return found


def get_session(edition_id: int, session_id: int) -> Session:
    """Return a session of this edition with its talks and moderators; raises ``NotFound``."""
    found = db.session.scalar(
        select(Session)
        .where(Session.id == session_id, Session.edition_id == edition_id)
        .options(selectinload(Session.talks), selectinload(Session.moderators), joinedload(Session.room))
    )
    if found is None:
        raise NotFound("session.unknown")
    return found


def get_talk(edition_id: int, talk_id: int) -> Talk:
    """Return a talk of this edition with its session and speakers; raises ``NotFound``."""
    found = db.session.scalar(
        select(Talk)
        .where(Talk.id == talk_id, Talk.edition_id == edition_id)
        .options(joinedload(Talk.session), selectinload(Talk.speakers))
    )
    if found is None:
        raise NotFound("talk.unknown")
    return found


def get_room(edition_id: int, room_id: int) -> Room:
    """Return a room of this edition; raises ``NotFound``."""
    found = db.session.scalar(select(Room).where(Room.id == room_id, Room.edition_id == edition_id))
    if found is None:
        raise NotFound("room.unknown")
    return found


def find_room(edition_id: int, room_id: int | None) -> Room | None:
    """Return a room of this edition, or None."""
    return db.session.scalar(select(Room).where(Room.id == room_id, Room.edition_id == edition_id)) if room_id else None


def get_person(edition_id: int, person_id: int) -> Person:
    """Return a person of this edition; raises ``NotFound``."""
    found = db.session.scalar(select(Person).where(Person.id == person_id, Person.edition_id == edition_id))
    if found is None:
        raise NotFound("person.unknown")
    return found


def list_rooms(edition_id: int) -> list[Room]:
    """Return the rooms in their order."""
    return list(
        db.session.scalars(
            select(Room).where(Room.edition_id == edition_id).order_by(Room.position, Room.name, Room.id)
        )
    )


def list_people(edition_id: int) -> list[Person]:
    """Return everybody of an edition by family name, for the organizer."""
    return list(
        db.session.scalars(
            select(Person)
            .where(Person.edition_id == edition_id)
            .order_by(Person.family_name, Person.given_name, Person.id)
        )
    )


def picture_in_use(name: str) -> bool:
    """Say whether any person shows the stored picture ``name``."""
    return bool(db.session.scalar(select(exists().where(Person.portrait == name))))
