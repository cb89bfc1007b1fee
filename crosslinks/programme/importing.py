"""Taking rows of a table into the working copy. What is there already is left alone, so it may be done once more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.editions.times import to_local, to_utc
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.programme.import_rules import BREAK, NamedPerson, ReadRow, person_key, plain_word
from crosslinks.programme.models import Person, Room, Session
from crosslinks.programme.operations import change_session, create_room, create_session, create_talk
from crosslinks.programme.people import create_person
from crosslinks.programme.queries import list_people, list_rooms
from crosslinks.programme.rules import SessionKind, TalkKind

ROWS_AT_ONCE = 10
"""So many rows are written in one transaction: nobody else waits longer than they take."""

SessionKey = tuple[str, date]


@dataclass(frozen=True)
class NamedSession:
    """A session as its rows tell of it, each a part: from when to when (local times), and everybody who moderates."""

    starts_at: datetime
    ends_at: datetime
    moderators: tuple[NamedPerson, ...]


def sessions_of(rows: Iterable[ReadRow]) -> dict[SessionKey, NamedSession]:
    """Return each named session, by its name and day."""
    named: dict[SessionKey, list[ReadRow]] = {}
    for row in rows:
        if row.session:
            named.setdefault(_key(row), []).append(row)
    return {key: _joined(parts) for key, parts in named.items()}


def _joined(parts: Sequence[ReadRow]) -> NamedSession:
    moderators: dict[str, NamedPerson] = {}
    for person in (person for part in parts for person in part.moderators):
        moderators.setdefault(person.key, person)
    return NamedSession(
        min(part.starts_at for part in parts), max(part.ends_at for part in parts), tuple(moderators.values())
    )


def take_in(
    *, actor: Actor, now: datetime, edition: Edition, rows: Sequence[ReadRow], named: dict[SessionKey, NamedSession]
) -> None:
    """Add ``rows`` as talks and breaks, with the sessions, people and rooms that they need; ``named`` is of all rows.

    A session of the same name on the same day takes more talks in, and grows until they fit.
    """
    writer = _Writer(actor, now, edition, named)
    for row in rows:
        writer.write(row)


def _key(row: ReadRow) -> SessionKey:
    return plain_word(row.session), row.starts_at.date()


@dataclass
class _Writer:
    actor: Actor
    now: datetime
    edition: Edition
    named: dict[SessionKey, NamedSession]

    def __post_init__(self) -> None:
        self._rooms = {room.name.casefold(): room for room in list_rooms(self.edition.id)}
        people = list_people(self.edition.id)
        self._people = {person_key(f"{one.given_name} {one.family_name}"): one for one in reversed(people)}
        sessions = db.session.scalars(
            select(Session).where(Session.edition_id == self.edition.id, Session.kind == SessionKind.SESSION)
        )
        self._sessions = {
            (plain_word(text), to_local(one.starts_at, self.edition.zone).date()): one
            for one in sessions
            for text in one.title.values()
        }

    def write(self, row: ReadRow) -> None:
        """Add one row."""
        starts_at, ends_at = (to_utc(moment, self.edition.zone) for moment in (row.starts_at, row.ends_at))
        room = self._room(row.room)
        if row.kind == BREAK:
            create_session(
                actor=self.actor, now=self.now, edition=self.edition, kind=SessionKind.BREAK, starts_at=starts_at,
                ends_at=ends_at, title=dict(row.title), room=room,
            )  # fmt: skip
            return
        create_talk(
            actor=self.actor,
            now=self.now,
            edition=self.edition,
            session=self._session(row, room) if row.session else None,
            title=dict(row.title),
            starts_at=starts_at,
            ends_at=ends_at,
            kind=TalkKind(row.kind),
            abstract=row.abstract,
            abstract_language=self.edition.languages[0],
            speakers=[self._person(person) for person in row.speakers],
            room=room,
        )

    def _session(self, row: ReadRow, room: Room | None) -> Session:
        key = _key(row)
        told = self.named[key]
        starts_at, ends_at = (to_utc(moment, self.edition.zone) for moment in (told.starts_at, told.ends_at))
        found = self._sessions.get(key)
        if found is None:
            found = self._sessions[key] = create_session(
                actor=self.actor, now=self.now, edition=self.edition, kind=SessionKind.SESSION, starts_at=starts_at,
                ends_at=ends_at, title={self.edition.languages[0]: row.session}, room=room,
                moderators=[self._person(person) for person in told.moderators],
            )  # fmt: skip
        elif starts_at < found.starts_at or ends_at > found.ends_at:
            longer = {"starts_at": min(starts_at, found.starts_at), "ends_at": max(ends_at, found.ends_at)}
            change_session(actor=self.actor, now=self.now, edition=self.edition, session=found, changes=longer)
        return found

    def _room(self, name: str) -> Room | None:
        if not name:
            return None
        key = name.casefold()
        if key not in self._rooms:
            self._rooms[key] = create_room(actor=self.actor, now=self.now, edition=self.edition, name=name)
        return self._rooms[key]

    def _person(self, named: NamedPerson) -> Person:
        if named.key not in self._people:
            self._people[named.key] = create_person(
                actor=self.actor, now=self.now, edition=self.edition, given_name=named.given_name,
                family_name=named.family_name, title=named.title[:40], affiliation=named.affiliation[:200],
            )  # fmt: skip
        return self._people[named.key]
