"""The day as pages show it: plain values, with what is past, on now and next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from crosslinks.kernel.columns import Texts
from crosslinks.programme.rules import LEAD_TIME, Mark, SessionKind, TalkKind, minutes_between, stage_name


class PersonLine(NamedTuple):
    """A person as a line or a card shows them; ``portrait`` is the name of a stored picture, or empty.

    A named tuple, as a talk is: a page makes hundreds of them, each at a quarter of what a frozen dataclass costs.
    """

    id: int
    slug: str
    name: str
    affiliation: str
    portrait: str
    family_name: str = ""


def person_line(row: Sequence[Any]) -> PersonLine:
    """Return a person's line of ``(id, slug, title, given name, family name, affiliation, portrait)``."""
    number, slug, title, given, family, affiliation, portrait = row
    return PersonLine(number, slug, stage_name(title, given, family), affiliation, portrait, family)


class TalkRow(NamedTuple):
    """One talk. ``share`` is how much of it is over, 0 to 1, while it runs."""

    id: int
    uuid: UUID
    slug: str
    kind: TalkKind
    title: Texts
    starts_at: datetime
    ends_at: datetime
    speakers: tuple[PersonLine, ...] = ()
    is_demo: bool = False
    mark: Mark = Mark.NONE
    share: float | None = None
    minutes_until: int | None = None

    @property
    def minutes(self) -> int:
        """The length in minutes."""
        return minutes_between(self.starts_at, self.ends_at)

    @property
    def starts_iso(self) -> str:
        """The start for machines (ISO 8601)."""
        return self.starts_at.isoformat()

    @property
    def ends_iso(self) -> str:
        """The end for machines (ISO 8601)."""
        return self.ends_at.isoformat()

    @property
    def credits(self) -> tuple[tuple[str, str], ...]:
        """The speakers as ``(name, affiliation)``."""
        return tuple((person.name, person.affiliation) for person in self.speakers)

    @property
    def is_keynote(self) -> bool:
        """Whether it is the day's keynote."""
        return self.kind is TalkKind.KEYNOTE

    @property
    def minutes_gone(self) -> int:
        """The minutes of a running talk that are over."""
        return round(self.minutes * (self.share or 0))


@dataclass(frozen=True)
class SessionRow:
    """One session with its talks, one talk alone, or a break. ``number`` counts the sessions with a title."""

    id: int
    uuid: UUID
    kind: SessionKind
    title: Texts
    summary: Texts
    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    room: str
    streamed: bool
    moderators: tuple[PersonLine, ...] = ()
    talks: tuple[TalkRow, ...] = ()
    is_demo: bool = False
    number: int | None = None
    mark: Mark = Mark.NONE
    resumes_at: datetime | None = None

    @property
    def anchor(self) -> str:
        """The id of this part on the programme page."""
        return f"session-{self.number}" if self.number else f"part-{self.id}"

    @property
    def has_title(self) -> bool:
        """Whether it is a session with a title and talks inside."""
        return self.kind is SessionKind.SESSION

    @property
    def is_break(self) -> bool:
        """Whether it is a break."""
        return self.kind is SessionKind.BREAK


@dataclass(frozen=True)
class TimelineDay:
    """One day of an edition, in its zone."""

    date: date
    rows: tuple[SessionRow, ...]


@dataclass(frozen=True)
class Timeline:
    """A programme at a moment, good until ``until`` (None: until the next change).

    ``live`` from two hours before the first talk to the end of the last: only then is anything marked.
    """

    now: datetime
    zone: ZoneInfo
    days: tuple[TimelineDay, ...]
    live: bool
    until: datetime | None
    has_stream: bool
    several_rooms: bool

    @cached_property
    def rows(self) -> tuple[SessionRow, ...]:
        """All parts of all days, in order."""
        return tuple(row for day in self.days for row in day.rows)

    @cached_property
    def talks(self) -> tuple[TalkRow, ...]:
        """All talks, in order."""
        return tuple(sorted((talk for row in self.rows for talk in row.talks), key=lambda talk: talk.starts_at))

    @cached_property
    def running(self) -> tuple[TalkRow, ...]:
        """The talks that are on now."""
        return tuple(talk for talk in self.talks if talk.mark is Mark.NOW)

    @property
    def running_break(self) -> SessionRow | None:
        """The break that is on now, when no talk is."""
        if self.running:
            return None
        return next((row for row in self.rows if row.is_break and row.mark is Mark.NOW), None)

    @cached_property
    def next_talk(self) -> TalkRow | None:
        """The talk that comes next within two hours."""
        return next((talk for talk in self.talks if talk.mark is Mark.NEXT), None)


def build_timeline(sessions: Sequence[SessionRow], *, now: datetime, zone: ZoneInfo, has_stream: bool) -> Timeline:
    """Return the timeline of ``sessions``, in order of their start, marked at ``now``."""
    starts = min((row.starts_at for row in sessions), default=None)
    ends = max((row.ends_at for row in sessions), default=None)
    live = starts is not None and ends is not None and starts - LEAD_TIME <= now < ends
    coming = _next_talk(sessions, now) if live else None
    rows = [_marked(row, now, coming) if live else row for row in sessions]
    numbered = _resuming(_numbered(rows)) if has_stream else _numbered(rows)
    return Timeline(
        now=now,
        zone=zone,
        days=_days(numbered, zone),
        live=live,
        until=_until(now, live, starts),
        has_stream=has_stream,
        several_rooms=len({row.room_id for row in sessions if row.room_id is not None}) > 1,
    )


def _until(now: datetime, live: bool, starts: datetime | None) -> datetime | None:
    """While the day runs a page tells the time, so it is good for the rest of this minute."""
    if live:
        return now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    if starts is not None and now < starts - LEAD_TIME:
        return starts - LEAD_TIME
    return None


def _next_talk(sessions: Sequence[SessionRow], now: datetime) -> int | None:
    coming = [talk for row in sessions for talk in row.talks if now < talk.starts_at <= now + LEAD_TIME]
    return min(coming, key=lambda talk: (talk.starts_at, talk.id)).id if coming else None


def _mark(starts_at: datetime, ends_at: datetime, now: datetime) -> Mark:
    if ends_at <= now:
        return Mark.PAST
    return Mark.NOW if starts_at <= now else Mark.NONE


def _marked(row: SessionRow, now: datetime, coming: int | None) -> SessionRow:
    talks = tuple(_marked_talk(talk, now, coming) for talk in row.talks)
    return replace(row, mark=_mark(row.starts_at, row.ends_at, now), talks=talks)


def _marked_talk(talk: TalkRow, now: datetime, coming: int | None) -> TalkRow:
    mark = _mark(talk.starts_at, talk.ends_at, now)
    if mark is Mark.NOW:
        return talk._replace(mark=mark, share=(now - talk.starts_at) / (talk.ends_at - talk.starts_at))
    if talk.id == coming:
        return talk._replace(mark=Mark.NEXT, minutes_until=-((now - talk.starts_at) // timedelta(minutes=1)))
    return talk._replace(mark=mark)


def _numbered(rows: Sequence[SessionRow]) -> list[SessionRow]:
    titled = [row.id for row in rows if row.kind is SessionKind.SESSION]
    numbers = {row_id: number for number, row_id in enumerate(titled, 1)}
    return [replace(row, number=numbers.get(row.id)) for row in rows]


def _resuming(rows: Sequence[SessionRow]) -> list[SessionRow]:
    """Tell each break that is not streamed when the stream goes on."""
    streamed = [row.starts_at for row in rows if row.streamed]
    return [
        replace(row, resumes_at=next((start for start in streamed if start >= row.ends_at), None))
        if row.is_break and not row.streamed
        else row
        for row in rows
    ]


def _days(rows: Sequence[SessionRow], zone: ZoneInfo) -> tuple[TimelineDay, ...]:
    by_day: dict[date, list[SessionRow]] = {}
    for row in rows:
        by_day.setdefault(row.starts_at.astimezone(zone).date(), []).append(row)
    return tuple(TimelineDay(day, tuple(found)) for day, found in by_day.items())
