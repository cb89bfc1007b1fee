"""What goes out: the programme that the public may know, with the number and moment of its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db
from crosslinks.programme.models import Talk
from crosslinks.programme.queries import list_rooms, list_session_rows
from crosslinks.programme.timeline import SessionRow, TalkRow

Part = tuple[SessionRow, TalkRow | None]


@dataclass(frozen=True)
class ScheduleVersion:
    """Which version of a programme it is; ``number`` only grows."""

    number: int
    changed_at: datetime

    @property
    def label(self) -> str:
        """The number as clients show it."""
        return str(self.number)


@dataclass(frozen=True)
class Abstract:
    """A talk's abstract and its language."""

    text: str
    language: str


@dataclass(frozen=True)
class Published:
    """The sessions in order, seats by room, abstracts by talk, and the talks whose recording was agreed to."""

    rows: tuple[SessionRow, ...]
    version: ScheduleVersion
    seats: Mapping[str, int | None]
    abstracts: Mapping[UUID, Abstract]
    recorded: frozenset[UUID] = frozenset()


def schedule_version(edition: Edition) -> ScheduleVersion:
    """Return the version of the programme that the public sees."""
    return ScheduleVersion(edition.public_rev, now())


def read_rows(edition: Edition) -> list[SessionRow]:
    """Return the sessions that the public sees, in order of the day."""
    return list_session_rows(edition.id)


def read_published(edition: Edition) -> Published:
    """Return all that goes out of an edition's programme: a fixed number of statements."""
    texts = db.session.execute(
        select(Talk.uuid, Talk.abstract, Talk.abstract_language).where(
            Talk.edition_id == edition.id, Talk.abstract != ""
        )
    )
    return Published(
        rows=tuple(read_rows(edition)),
        version=schedule_version(edition),
        seats={room.name: room.seats for room in list_rooms(edition.id)},
        abstracts={row.uuid: Abstract(row.abstract, row.abstract_language) for row in texts},
    )


def talk_parts(rows: Iterable[SessionRow]) -> list[Part]:
    """Return every talk with its session."""
    return [(row, talk) for row in rows for talk in row.talks]


def session_parts(rows: Iterable[SessionRow], identity: UUID) -> list[Part]:
    """Return the talks of one session, the session itself when it has none; nothing when there is no such session."""
    return [
        part for row in rows if row.uuid == identity for part in ([(row, talk) for talk in row.talks] or [(row, None)])
    ]


def person_parts(rows: Iterable[SessionRow], slug: str) -> list[Part]:
    """Return the talks that a person gives and the sessions that they moderate."""
    found: list[Part] = []
    for row in rows:
        if any(person.slug == slug for person in row.moderators):
            found.append((row, None))
        found += [(row, talk) for talk in row.talks if any(person.slug == slug for person in talk.speakers)]
    return found


def chosen_parts(rows: Iterable[SessionRow], talks: Iterable[str]) -> list[Part]:
    """Return the talks with these identities; those that are gone are left out."""
    wanted = set(talks)
    return [(row, talk) for row in rows for talk in row.talks if str(talk.uuid) in wanted]
