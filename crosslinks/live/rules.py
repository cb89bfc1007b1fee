"""The stream: which window it has, who was there for how long, and how many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

OVERTIME = timedelta(minutes=30)
"""How long after the programme's end the stream stays open: discussions run late."""
MINUTE = timedelta(minutes=1)
BEAT = MINUTE
"""What one sign of life is worth."""
GAP = timedelta(minutes=2, seconds=30)
"""Two signs of life further apart than this belong to two stays."""
STEP = timedelta(minutes=5)
ATTENDED_MINUTES = 10
"""From how many minutes on somebody counts as having attended."""
USUAL_LEAD = 15
LONGEST_LEAD = 24 * 60


class StreamKind(StrEnum):
    """How people get to the stream: a link to another page, or a player within ours."""

    LINK = "link"
    EMBED = "embed"


class StreamState(StrEnum):
    """Where the stream stands at a moment."""

    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Interval:
    """From a moment (aware) to another, which no longer belongs to it."""

    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True)
class Beat:
    """What a sign of life makes of the stays: the stay that it lies in, and whether that is the last one, longer."""

    stay: Interval
    extends: bool


def stream_window(starts_at: datetime, ends_at: datetime, lead: int) -> Interval:
    """Return when the stream is open: from ``lead`` minutes before the programme to half an hour after its end."""
    return Interval(starts_at - timedelta(minutes=lead), ends_at + OVERTIME)


def stream_state(now: datetime, window: Interval) -> StreamState:
    """Return where the stream stands at ``now``."""
    if now < window.starts_at:
        return StreamState.BEFORE
    return StreamState.OPEN if now < window.ends_at else StreamState.OVER


def beat(last: Interval | None, now: datetime, window: Interval) -> Beat | None:
    """Return what a sign of life at ``now`` makes of the ``last`` stay; None when it changes nothing.

    It changes nothing outside the window, and when this minute of the clock is counted already. Each is worth one
    minute, cut at the window's end; after a gap of more than two and a half minutes another stay begins.
    """
    if stream_state(now, window) is not StreamState.OPEN:
        return None
    ends_at = min(now + BEAT, window.ends_at)
    if last is None:
        return Beat(Interval(now, ends_at), extends=False)
    seen_at = last.ends_at - BEAT
    if last.ends_at >= window.ends_at or now < last.starts_at or _minute(now) <= _minute(seen_at):
        return None
    if now - seen_at <= GAP:
        return Beat(Interval(last.starts_at, ends_at), extends=True)
    return Beat(Interval(now, ends_at), extends=False)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def merge_intervals(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same time as intervals in order that neither overlap nor touch: nothing is counted twice."""
    merged: list[Interval] = []
    for one in sorted(intervals, key=lambda found: (found.starts_at, found.ends_at)):
        if one.ends_at <= one.starts_at:
            continue
        if merged and one.starts_at <= merged[-1].ends_at:
            merged[-1] = Interval(merged[-1].starts_at, max(merged[-1].ends_at, one.ends_at))
        else:
            merged.append(one)
    return tuple(merged)


def minutes_in(intervals: Iterable[Interval], within: Interval | None = None) -> int:
    """Return the minutes that the intervals cover together, only those ``within`` when it is given.

    Each stretch is rounded to whole minutes: signs of life come a little early or late.
    """
    total = 0
    for one in merge_intervals(intervals):
        starts_at = max(one.starts_at, within.starts_at) if within else one.starts_at
        ends_at = min(one.ends_at, within.ends_at) if within else one.ends_at
        total += max((ends_at - starts_at + MINUTE / 2) // MINUTE, 0)
    return total


def steps_of(intervals: Iterable[Interval]) -> set[datetime]:
    """Return the beginnings (UTC) of all five minutes in which one person was there."""
    found: set[datetime] = set()
    for one in merge_intervals(intervals):
        step = step_of(one.starts_at)
        while step < one.ends_at:
            found.add(step)
            step += STEP
    return found


def step_of(moment: datetime) -> datetime:
    """Return the beginning (UTC) of the five minutes in which a moment lies."""
    whole = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return whole - timedelta(minutes=whole.minute % 5)


@dataclass(frozen=True)
class Audience:
    """Who followed the stream, as figures without anybody's name; ``steps`` counts people in each five minutes."""

    people: int
    attended: int
    minutes: int
    steps: Mapping[datetime, int]

    @property
    def peak(self) -> tuple[datetime, int] | None:
        """The five minutes with most people, and how many they were."""
        return max(self.steps.items(), key=lambda step: (step[1], -step[0].timestamp()), default=None)

    def curve(self) -> list[tuple[datetime, int]]:
        """Return each five minutes from the first to the last in which somebody was there."""
        if not self.steps:
            return []
        first, last = min(self.steps), max(self.steps)
        count = (last - first) // STEP + 1
        return [(first + number * STEP, self.steps.get(first + number * STEP, 0)) for number in range(count)]


NOBODY = Audience(0, 0, 0, {})


def audience_of(stays: Iterable[Iterable[Interval]]) -> Audience:
    """Return the figures of people, each given as their stays."""
    steps: Counter[datetime] = Counter()
    minutes: list[int] = []
    for intervals in stays:
        merged = merge_intervals(intervals)
        if merged:
            minutes.append(minutes_in(merged))
            steps.update(steps_of(merged))
    return Audience(len(minutes), sum(one >= ATTENDED_MINUTES for one in minutes), sum(minutes), dict(steps))


def together(first: Audience, second: Audience) -> Audience:
    """Return the figures of two groups that share nobody."""
    steps = Counter(first.steps)
    steps.update(second.steps)
    return Audience(
        first.people + second.people, first.attended + second.attended, first.minutes + second.minutes, dict(steps)
    )
