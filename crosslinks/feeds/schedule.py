"""The programme as events in rooms on days, as programmes of conferences are exchanged (frab, c3voc, pretalx)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from crosslinks.editions.models import Edition
from crosslinks.feeds.published import Abstract, Published
from crosslinks.kernel.columns import pick, pick_with_language
from crosslinks.programme.rules import slug_of
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow

SHORTEST_NAME = 4
LONGEST_DURATION = timedelta(hours=99, minutes=59)
_NOTHING = Abstract("", "")


@dataclass(frozen=True)
class SchedulePerson:
    """A speaker, or a moderator of a session without talks."""

    id: int
    guid: UUID
    name: str
    url: str


@dataclass(frozen=True)
class ScheduleEvent:
    """One talk, one session without talks, or one break; ``url`` is where the public reads about it."""

    id: int
    guid: UUID
    slug: str
    room: str
    title: str
    language: str
    kind: str
    track: str
    abstract: str
    starts_at: datetime
    ends_at: datetime
    url: str
    persons: tuple[SchedulePerson, ...]
    recorded: bool
    streamed: bool

    @property
    def duration(self) -> str:
        """The length as ``hh:mm``."""
        minutes = int(min(self.ends_at - self.starts_at, LONGEST_DURATION).total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True)
class ScheduleRoom:
    """A place; what has no room told is at the venue."""

    name: str
    guid: UUID
    seats: int | None


@dataclass(frozen=True)
class ScheduleDay:
    """One day in the edition's zone, with its events by room, in order of the rooms and of the day."""

    date: date
    starts_at: datetime
    ends_at: datetime
    rooms: tuple[tuple[ScheduleRoom, tuple[ScheduleEvent, ...]], ...]


@dataclass(frozen=True)
class Track:
    """A session that has talks inside."""

    name: str
    slug: str


@dataclass(frozen=True)
class Schedule:
    """A whole programme; ``base_url`` is the edition's public address with a slash at its end."""

    acronym: str
    title: str
    time_zone: str
    version: str
    base_url: str
    rooms: tuple[ScheduleRoom, ...]
    tracks: tuple[Track, ...]
    days: tuple[ScheduleDay, ...]


def build_schedule(edition: Edition, published: Published, language: str, base_url: str) -> Schedule:
    """Return the programme with titles in ``language``; an empty one still has the edition's first day."""
    builder = _Builder(edition, published, language, base_url)
    events = [event for row in published.rows for event in builder.events(row)]
    rooms = builder.rooms(events)
    return Schedule(
        acronym=builder.acronym,
        title=_clean(edition.title),
        time_zone=edition.time_zone,
        version=published.version.label,
        base_url=base_url,
        rooms=rooms,
        tracks=builder.tracks(),
        days=builder.days(events, rooms),
    )


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def _plain(text: str, fallback: str) -> str:
    """Return ASCII letters, digits and hyphens that begin with a letter and end in a letter or digit."""
    word = re.sub(r"[^a-z0-9-]", "", slug_of(text, fallback=fallback)).strip("-")
    return word if word[:1].isalpha() and len(word) >= SHORTEST_NAME else f"{fallback}-{word}".strip("-")


class _Builder:
    def __init__(self, edition: Edition, published: Published, language: str, base_url: str) -> None:
        self._edition, self._published = edition, published
        self._language, self._base = language, base_url
        name = re.sub(r"[^a-z0-9_]", "", f"{edition.conference.slug}{edition.slug}".lower())
        self.acronym = name if len(name) >= SHORTEST_NAME else f"edition{name}"
        self._venue = _clean(edition.venue_name or edition.conference.name)

    def events(self, row: SessionRow) -> Iterable[ScheduleEvent]:
        """Return the talks of a session, or the session itself: talks have even numbers, sessions odd ones."""
        if row.talks:
            return [self._talk(row, talk) for talk in row.talks]
        return [self._frame(row)]

    def _talk(self, row: SessionRow, talk: TalkRow) -> ScheduleEvent:
        title, language = pick_with_language(talk.title, self._language)
        about = self._published.abstracts.get(talk.id, _NOTHING)
        number = 2 * talk.id
        return ScheduleEvent(
            id=number,
            guid=talk.uuid,
            slug=f"{self.acronym}-{number}-{_plain(talk.slug, 'talk')}",
            room=self._room_of(row),
            title=_clean(title),
            language=about.language or language or self._language,
            kind=talk.kind.value,
            track=self._title(row) if row.has_title else "",
            abstract=_clean(about.text),
            starts_at=talk.starts_at.astimezone(self._edition.zone),
            ends_at=talk.ends_at.astimezone(self._edition.zone),
            url=f"{self._base}talks/{talk.slug}",
            persons=tuple(self._person(person) for person in talk.speakers),
            recorded=talk.id in self._published.recorded,
            streamed=row.streamed,
        )

    def _frame(self, row: SessionRow) -> ScheduleEvent:
        title, language = pick_with_language(row.title, self._language)
        number = 2 * row.id + 1
        return ScheduleEvent(
            id=number,
            guid=row.uuid,
            slug=f"{self.acronym}-{number}-{_plain(title, 'part')}",
            room=self._room_of(row),
            title=_clean(title),
            language=language or self._language,
            kind=row.kind.value,
            track="",
            abstract=_clean(pick(row.summary, self._language, self._edition.languages)),
            starts_at=row.starts_at.astimezone(self._edition.zone),
            ends_at=row.ends_at.astimezone(self._edition.zone),
            url=f"{self._base}programme",
            persons=tuple(self._person(person) for person in row.moderators),
            recorded=False,
            streamed=row.streamed,
        )

    def _title(self, row: SessionRow) -> str:
        return _clean(pick(row.title, self._language, self._edition.languages))

    def _person(self, person: PersonLine) -> SchedulePerson:
        guid = uuid5(self._edition.uuid, f"person-{person.id}")
        return SchedulePerson(person.id, guid, _clean(person.name), f"{self._base}speakers/{person.slug}")

    def _room_of(self, row: SessionRow) -> str:
        return _clean(row.room) or self._venue

    def rooms(self, events: Iterable[ScheduleEvent]) -> tuple[ScheduleRoom, ...]:
        """Return the rooms that something happens in, in the organizer's order, the venue itself last."""
        used = dict.fromkeys(event.room for event in events)
        seats = {_clean(name): count for name, count in self._published.seats.items()}
        order = [*(name for name in seats if name in used), *(name for name in used if name not in seats)]
        return tuple(ScheduleRoom(name, uuid5(self._edition.uuid, f"room-{name}"), seats.get(name)) for name in order)

    def tracks(self) -> tuple[Track, ...]:
        """Return the sessions that have talks inside, each name once."""
        names = dict.fromkeys(self._title(row) for row in self._published.rows if row.has_title and row.talks)
        taken: list[str] = []
        for name in names:
            taken.append(slug_of(_plain(name, "track"), taken))
        return tuple(Track(name, slug) for name, slug in zip(names, taken, strict=True))

    def days(self, events: Iterable[ScheduleEvent], rooms: Iterable[ScheduleRoom]) -> tuple[ScheduleDay, ...]:
        """Return the days on which something is, in order."""
        by_day: dict[date, list[ScheduleEvent]] = {}
        for event in sorted(events, key=lambda one: (one.starts_at, one.ends_at, one.id)):
            by_day.setdefault(event.starts_at.date(), []).append(event)
        if not by_day:
            starts, ends = (
                moment.astimezone(self._edition.zone) for moment in (self._edition.starts_at, self._edition.ends_at)
            )
            return (ScheduleDay(starts.date(), starts, ends, ()),)
        return tuple(_day(day, found, rooms) for day, found in by_day.items())


def _day(day: date, events: list[ScheduleEvent], rooms: Iterable[ScheduleRoom]) -> ScheduleDay:
    placed = ((room, tuple(event for event in events if event.room == room.name)) for room in rooms)
    return ScheduleDay(
        day,
        min(event.starts_at for event in events),
        max(event.ends_at for event in events),
        tuple((room, found) for room, found in placed if found),
    )
