"""The day as a grid of rooms and time: plain values for its page; minutes count from the midnight of its zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crosslinks.editions.models import Edition
from crosslinks.editions.times import to_local
from crosslinks.programme.models import Room
from crosslinks.programme.timeline import SessionRow, TalkRow

EVERYWHERE = -1
NOWHERE = 0
BRIEF = 15
HALF_HOUR = 30
DAY = 24 * 60


@dataclass(frozen=True)
class Column:
    """A room; number 0 holds what has none."""

    number: int
    name: str
    seats: int | None = None


@dataclass(frozen=True)
class TalkBlock:
    """A talk in the grid. ``brief``: too short for more than a line."""

    talk: TalkRow
    starts: int
    minutes: int
    version: int
    brief: bool


@dataclass(frozen=True)
class Block:
    """A session, a break or a talk alone in the grid; ``column`` counts from 0, or is ``EVERYWHERE``."""

    row: SessionRow
    column: int
    starts: int
    minutes: int
    version: int
    brief: bool
    talks: tuple[TalkBlock, ...]


@dataclass(frozen=True)
class GridDay:
    """One day: its hours, as minutes from midnight, and what is in them, in order."""

    date: date
    starts: int
    ends: int
    blocks: tuple[Block, ...]

    @property
    def hours(self) -> tuple[int, ...]:
        """The half hours that the grid names, from midnight."""
        return tuple(range(self.starts, self.ends, HALF_HOUR))


@dataclass(frozen=True)
class Timetable:
    """All days of an edition, with the columns that each has."""

    columns: tuple[Column, ...]
    days: tuple[GridDay, ...]


Versions = Mapping[int, int]


def build_timetable(
    edition: Edition, rows: Sequence[SessionRow], rooms: Sequence[Room], versions: tuple[Versions, Versions]
) -> Timetable:
    """Return the grid of an edition; ``versions`` are those of its sessions and of its talks by id."""
    columns = [Column(room.id, room.name, room.seats) for room in rooms]
    if not columns or any(row.room_id is None and not row.is_break for row in rows):
        columns.append(Column(NOWHERE, ""))
    places = {column.number: place for place, column in enumerate(columns)}
    by_day: dict[date, list[Block]] = {day: [] for day in _own_days(edition)}
    for row in rows:
        day = to_local(row.starts_at, edition.zone).date()
        by_day.setdefault(day, []).append(_block(row, day, edition.zone, places, versions))
    return Timetable(tuple(columns), tuple(_grid_day(edition, day, by_day[day]) for day in sorted(by_day)))


def _own_days(edition: Edition) -> list[date]:
    first, last = (to_local(moment, edition.zone).date() for moment in (edition.starts_at, edition.ends_at))
    return [first + timedelta(days=number) for number in range(min((last - first).days, 31) + 1)]


def minutes_of(moment: datetime, day: date, zone: ZoneInfo) -> int:
    """Return the minutes of a local clock from the midnight that ``day`` begins with."""
    return int((to_local(moment, zone) - datetime.combine(day, time())).total_seconds() // 60)


def _block(
    row: SessionRow, day: date, zone: ZoneInfo, places: Mapping[int, int], versions: tuple[Versions, Versions]
) -> Block:
    of_sessions, of_talks = versions
    starts = minutes_of(row.starts_at, day, zone)
    column = places.get(row.room_id or NOWHERE, EVERYWHERE if row.is_break else 0)
    if row.is_break and row.room_id is None:
        column = EVERYWHERE
    talks = tuple(
        TalkBlock(talk, minutes_of(talk.starts_at, day, zone), talk.minutes, of_talks.get(talk.id, 0),
                  talk.minutes <= BRIEF)
        for talk in row.talks
    )  # fmt: skip
    minutes = max(int((row.ends_at - row.starts_at).total_seconds() // 60), 1)
    return Block(row, column, starts, minutes, of_sessions.get(row.id, 0), minutes <= BRIEF, talks)


def _grid_day(edition: Edition, day: date, blocks: list[Block]) -> GridDay:
    zone = edition.zone
    clocks = [
        (minutes_of(edition.starts_at, _day_of(edition.starts_at, zone), zone),
         minutes_of(edition.ends_at, _day_of(edition.ends_at, zone), zone))
    ]  # fmt: skip
    for block in blocks:
        clocks += [(block.starts, block.starts + block.minutes)]
        clocks += [(talk.starts, talk.starts + talk.minutes) for talk in block.talks]
    starts = max(min(starts for starts, _ in clocks), 0)
    ends = max(ends for _, ends in clocks)
    first = starts // HALF_HOUR * HALF_HOUR
    last = -(-ends // HALF_HOUR) * HALF_HOUR + HALF_HOUR
    return GridDay(day, first, max(min(last, 2 * DAY), first + 2 * HALF_HOUR), tuple(blocks))


def _day_of(moment: datetime, zone: ZoneInfo) -> date:
    return to_local(moment, zone).date()
