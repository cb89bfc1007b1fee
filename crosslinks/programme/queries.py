"""Reading the programme: for its public pages as plain values, a fixed number of statements however long the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import BindParameter, Select, Table, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from crosslinks.editions.models import Edition
from crosslinks.editions.public import is_preview
from crosslinks.editions.rules import Mode
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import Base, db
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.conflicts import PlannedSession, PlannedTalk, Span
from crosslinks.programme.material_models import PersonEdit
from crosslinks.programme.models import Person, Room, Session, SessionModerator, Talk, TalkSpeaker
from crosslinks.programme.released import ReleaseStamp, list_released_rows, read_latest, rows_of
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow, Timeline, build_timeline, person_line

T = TypeVar("T")

_LINE = (
    Person.id, Person.slug, Person.title, Person.given_name, Person.family_name, Person.affiliation, Person.portrait,
)  # fmt: skip
_EDITION: BindParameter[int] = bindparam("edition")


def _people_in(role: Table, part: str) -> Select[Any]:
    person = _table(Person)
    return (
        select(role.c[part], *(person.c[column.key] for column in _LINE))
        .join(person, person.c.id == role.c.person_id)
        .where(person.c.edition_id == _EDITION)
        .order_by(role.c.position, person.c.id)
    )


def _day_of(table: Table, names: str, *order: str) -> Select[Any]:
    columns = [table.c[name] for name in names.split()]
    return select(*columns).where(table.c.edition_id == _EDITION).order_by(*(table.c[name] for name in order))


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


# The long public page reads these four: built once, over bare tables, they cost a third of the same through the ORM.
_SPEAKERS = _people_in(_table(TalkSpeaker), "talk_id")
_MODERATORS = _people_in(_table(SessionModerator), "session_id")
_TALKS = _day_of(
    _table(Talk), "session_id id uuid slug kind title starts_at ends_at is_demo", "starts_at", "position", "id"
)
_ROOM_NAME = func.coalesce(
    select(_table(Room).c.name).where(_table(Room).c.id == _table(Session).c.room_id).scalar_subquery(), ""
)
_SESSIONS = _day_of(
    _table(Session), "id uuid kind title summary starts_at ends_at room_id", "starts_at", "ends_at", "id"
).add_columns(_ROOM_NAME, _table(Session).c.streamed, _table(Session).c.is_demo)


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


def get_timeline(edition: Edition, now: datetime, latest: ReleaseStamp | None = None) -> Timeline:
    """Return the public day of ``edition`` as it stands at ``now``: as many statements however many talks."""
    rows = list_public_rows(edition.id, latest)
    return build_timeline(rows, now=now, zone=edition.zone, has_stream=edition.mode(Mode.DIGITAL) is not None)


def list_public_rows(edition_id: int, latest: ReleaseStamp | None = None) -> list[SessionRow]:
    """Return what this visitor may see: the latest release, or the working copy with the preview link."""
    return list_session_rows(edition_id) if is_preview(edition_id) else list_released_rows(edition_id, latest)


def list_session_rows(edition_id: int) -> list[SessionRow]:
    """Return the working copy: sessions with moderators, talks and speakers in order of the day."""
    of_edition = {"edition": edition_id}
    speakers = _grouped((row[0], person_line(row[1:])) for row in db.session.execute(_SPEAKERS, of_edition))
    moderators = _grouped((row[0], person_line(row[1:])) for row in db.session.execute(_MODERATORS, of_edition))
    talks = _grouped(
        (row.session_id, _talk_row(*row[1:-1], speakers=speakers.get(row.id, ()), is_demo=row.is_demo))
        for row in db.session.execute(_TALKS, of_edition)
    )
    return [
        _session_row(*row[:-1], moderators=moderators.get(row.id, ()), talks=talks.get(row.id, ()), is_demo=row.is_demo)
        for row in db.session.execute(_SESSIONS, of_edition)
    ]


_talk_row: Callable[..., TalkRow] = TalkRow
_session_row: Callable[..., SessionRow] = SessionRow


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
    sessions = list_public_rows(edition.id)
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
    public = read_public(edition.id)
    rows = public.rows
    found = [(talk, row) for row in rows for talk in row.talks if person.id in {who.id for who in talk.speakers}]
    moderated = tuple(row for row in rows if person.id in {who.id for who in row.moderators})
    if not (person.highlighted or found or moderated):
        raise NotFound("person.unknown")
    return PersonPage(person, tuple(public.slot(talk, row) for talk, row in found), moderated)


def get_slot(edition: Edition, slug: str) -> Slot:
    """Return a talk by its address, within its session; raises ``NotFound``."""
    public = read_public(edition.id)
    for row in public.rows:
        for talk in row.talks:
            if talk.slug == slug:
                return public.slot(talk, row)
    raise NotFound("talk.unknown")


@dataclass(frozen=True)
class PublicProgramme:
    """What this visitor may see: the sessions in order, and the talks' abstracts with their languages, by talk."""

    rows: list[SessionRow]
    abstracts: dict[int, tuple[str, str]]

    def slot(self, talk: TalkRow, session: SessionRow) -> Slot:
        """Return a talk with its abstract."""
        return Slot(talk, session, *self.abstracts[talk.id])


def read_public(edition_id: int) -> PublicProgramme:
    """Return the latest release with its abstracts, or the working copy with the preview link."""
    if is_preview(edition_id):
        return PublicProgramme(list_session_rows(edition_id), _abstracts(edition_id))
    released = read_latest(edition_id)
    abstracts = {
        talk.id: (talk.abstract, talk.abstract_language) for session in released.sessions for talk in session.talks
    }
    return PublicProgramme(rows_of(edition_id, released), abstracts)


def _abstracts(edition_id: int) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(
        select(Talk.id, Talk.abstract, Talk.abstract_language).where(Talk.edition_id == edition_id)
    )
    return {number: (abstract, language) for number, abstract, language in rows}


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


def find_session_title(edition_id: int, session_id: int) -> Texts | None:
    """Return the title of a session of this edition, or None."""
    return db.session.scalar(select(Session.title).where(Session.id == session_id, Session.edition_id == edition_id))


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
    """Say whether any person shows the stored picture ``name``, or could again when a change is taken back."""
    shown = select(exists().where(or_(Person.portrait == name, Person.portrait_source == name)))
    if db.session.scalar(shown):
        return True
    edits = db.session.scalars(select(PersonEdit.before).where(PersonEdit.undone_at.is_(None)))
    return any(name in {before.get("portrait"), before.get("portrait_source")} for before in edits)


def list_versions(edition_id: int) -> tuple[dict[int, int], dict[int, int]]:
    """Return the versions of an edition's sessions and of its talks by id."""
    of_edition = {"edition": edition_id}
    sessions, talks = (
        {row.id: row.version for row in db.session.execute(_VERSIONS[model], of_edition)} for model in (Session, Talk)
    )
    return sessions, talks


_VERSIONS = {model: _day_of(_table(model), "id version", "id") for model in (Session, Talk)}
