"""The conflicts of a programme: pure, from plain values; spans that only touch do not conflict."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from crosslinks.programme.rules import SessionKind


class ConflictKind(StrEnum):
    """What cannot be so."""

    ROOM_OVERLAP = "room_overlap"
    TALK_OVERLAP = "talk_overlap"
    SPEAKER_TWICE = "speaker_twice"
    MODERATOR_TWICE = "moderator_twice"
    SPEAKS_ELSEWHERE = "speaks_elsewhere"
    OUTSIDE_DAY = "outside_day"
    OUTSIDE_SESSION = "outside_session"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class Span:
    """From one moment until before another."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Span) -> bool:
        """Say whether any moment belongs to both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def holds(self, other: Span) -> bool:
        """Say whether the whole of ``other`` lies within."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at


@dataclass(frozen=True)
class PlannedTalk:
    """What the conflicts of a talk depend on."""

    id: int
    span: Span
    speakers: tuple[int, ...] = ()


@dataclass(frozen=True)
class PlannedSession:
    """What the conflicts of a session depend on; ``room`` is None where it was not told."""

    id: int
    span: Span
    kind: SessionKind = SessionKind.SESSION
    room: int | None = None
    moderators: tuple[int, ...] = ()
    talks: tuple[PlannedTalk, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """One conflict: the sessions and talks that it touches, earliest first, and the person in it."""

    kind: ConflictKind
    sessions: tuple[int, ...] = ()
    talks: tuple[int, ...] = ()
    person: int | None = None


def find_conflicts(day: Span, sessions: Sequence[PlannedSession], unconfirmed: Collection[int] = ()) -> list[Conflict]:
    """Return every conflict of a programme within ``day``, in the order of the day.

    ``unconfirmed`` are the people who have not said that they come, or said that they do not.
    """
    ordered = sorted(sessions, key=lambda session: (session.span.starts_at, session.id))
    found: list[Conflict] = []
    for session in ordered:
        if not day.holds(session.span):
            found.append(Conflict(ConflictKind.OUTSIDE_DAY, sessions=(session.id,)))
        found += _within(session)
        found += _not_sure(session, unconfirmed)
    for first, second in combinations(ordered, 2):
        found += _between(first, second)
    return found


def _within(session: PlannedSession) -> Iterator[Conflict]:
    talks = _ordered(session.talks)
    for talk in talks:
        if not session.span.holds(talk.span):
            yield Conflict(ConflictKind.OUTSIDE_SESSION, sessions=(session.id,), talks=(talk.id,))
    for first, second in combinations(talks, 2):
        if first.span.overlaps(second.span):
            yield Conflict(ConflictKind.TALK_OVERLAP, talks=(first.id, second.id))
            yield from _speakers_of_both(first, second)


def _not_sure(session: PlannedSession, unconfirmed: Collection[int]) -> Iterator[Conflict]:
    for person in session.moderators:
        if person in unconfirmed:
            yield Conflict(ConflictKind.UNCONFIRMED, sessions=(session.id,), person=person)
    for talk in _ordered(session.talks):
        for person in talk.speakers:
            if person in unconfirmed:
                yield Conflict(ConflictKind.UNCONFIRMED, talks=(talk.id,), person=person)


def _between(first: PlannedSession, second: PlannedSession) -> Iterator[Conflict]:
    overlap = first.span.overlaps(second.span)
    if overlap and first.room == second.room:
        yield Conflict(ConflictKind.ROOM_OVERLAP, sessions=(first.id, second.id))
    if overlap:
        for person in _both(first.moderators, second.moderators):
            yield Conflict(ConflictKind.MODERATOR_TWICE, sessions=(first.id, second.id), person=person)
    yield from _speaks_and_moderates(first, second)
    yield from _speaks_and_moderates(second, first)
    for talk in first.talks:
        for other in second.talks:
            if talk.span.overlaps(other.span):
                yield from _speakers_of_both(*_ordered((talk, other)))


def _speaks_and_moderates(moderated: PlannedSession, other: PlannedSession) -> Iterator[Conflict]:
    """Find moderators who speak elsewhere at that time; in their own session they may."""
    for talk in _ordered(other.talks):
        if talk.span.overlaps(moderated.span):
            for person in _both(moderated.moderators, talk.speakers):
                yield Conflict(ConflictKind.SPEAKS_ELSEWHERE, (moderated.id,), (talk.id,), person)


def _speakers_of_both(first: PlannedTalk, second: PlannedTalk) -> Iterator[Conflict]:
    for person in _both(first.speakers, second.speakers):
        yield Conflict(ConflictKind.SPEAKER_TWICE, talks=(first.id, second.id), person=person)


def _both(some: Sequence[int], others: Sequence[int]) -> list[int]:
    return [person for person in dict.fromkeys(some) if person in others]


def _ordered(talks: Sequence[PlannedTalk]) -> list[PlannedTalk]:
    return sorted(talks, key=lambda talk: (talk.span.starts_at, talk.id))
