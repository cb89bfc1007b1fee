"""What goes out: the programme that the public may know, with the number and moment of its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import now
from crosslinks.programme.material import list_recordable
from crosslinks.programme.queries import list_public_rows, list_rooms, read_public
from crosslinks.programme.released import find_latest
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
    abstracts: Mapping[int, Abstract]
    recorded: frozenset[int] = frozenset()


def schedule_version(edition: Edition) -> ScheduleVersion:
    """Return the version of the programme that the public sees; number 0 before the first release."""
    latest = find_latest(edition.id)
    return ScheduleVersion(latest.number, latest.published_at) if latest else ScheduleVersion(0, now())


def read_rows(edition: Edition) -> list[SessionRow]:
    """Return the sessions that the public sees, in order of the day."""
    return list_public_rows(edition.id)


def read_published(edition: Edition) -> Published:
    """Return all that goes out of an edition's programme: a fixed number of statements."""
    public = read_public(edition.id)
    return Published(
        rows=tuple(public.rows),
        version=schedule_version(edition),
        seats={room.name: room.seats for room in list_rooms(edition.id)},
        abstracts={number: Abstract(*about) for number, about in public.abstracts.items() if about[0]},
        recorded=list_recordable(edition.id),
    )


def talk_parts(rows: Iterable[SessionRow]) -> list[Part]:
    """Return every talk with its session."""
    return [(row, talk) for row in rows for talk in row.talks]


def session_parts(rows: Iterable[SessionRow], identity: UUID) -> list[Part]:
    """Return the talks of one session, the session itself when it has none; nothing when there is no such session."""
    row = next((row for row in rows if row.uuid == identity), None)
    if row is None:
        return []
    return talk_parts([row]) or [(row, None)]


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
