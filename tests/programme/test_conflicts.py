from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from crosslinks.programme.conflicts import (
    Conflict,
    ConflictKind,
    PlannedSession,
    PlannedTalk,
    Span,
    find_conflicts,
)
from crosslinks.programme.rules import slug_of, swapped

START = datetime(2024, 1, 25, 9, 30, tzinfo=UTC)
DAY_MINUTES = 60
DAY = Span(START, START + timedelta(minutes=DAY_MINUTES))


def span(begin: int, length: int) -> Span:
    return Span(START + timedelta(minutes=begin), START + timedelta(minutes=begin + length))


spans = st.builds(span, st.integers(-5, DAY_MINUTES), st.integers(1, 20))
people = st.lists(st.integers(1, 4), max_size=2, unique=True).map(tuple)


@st.composite
def programmes(draw: st.DrawFn) -> list[PlannedSession]:
    sessions = []
    for number in range(draw(st.integers(0, 5))):
        talks = tuple(
            PlannedTalk(100 * (number + 1) + place, draw(spans), draw(people))
            for place in range(draw(st.integers(0, 3)))
        )
        room = draw(st.sampled_from([None, 1, 2]))
        sessions.append(PlannedSession(number + 1, draw(spans), room=room, moderators=draw(people), talks=talks))
    return sessions


def minutes(of: Span) -> set[int]:
    first = int((of.starts_at - START).total_seconds() // 60)
    return set(range(first, first + int((of.ends_at - of.starts_at).total_seconds() // 60)))


Found = set[tuple[object, ...]]


def minute_by_minute(sessions: list[PlannedSession]) -> Found:
    """The same conflicts found the slow way: by what is on in each minute."""
    talks = [(session, talk) for session in sessions for talk in session.talks]
    return sessions_by_minute(sessions) | places_by_minute(sessions, talks) | talks_by_minute(talks)


def sessions_by_minute(sessions: list[PlannedSession]) -> Found:
    found: Found = {
        (ConflictKind.OUTSIDE_DAY, frozenset({session.id}), frozenset(), None)
        for session in sessions
        if not minutes(session.span) <= set(range(DAY_MINUTES))
    }
    for one, two in combinations(sessions, 2):
        if minutes(one.span) & minutes(two.span):
            pair = frozenset({one.id, two.id})
            if one.room == two.room:
                found.add((ConflictKind.ROOM_OVERLAP, pair, frozenset(), None))
            for who in set(one.moderators) & set(two.moderators):
                found.add((ConflictKind.MODERATOR_TWICE, pair, frozenset(), who))
    return found


def places_by_minute(sessions: list[PlannedSession], talks: list[tuple[PlannedSession, PlannedTalk]]) -> Found:
    found: Found = set()
    for session, talk in talks:
        if not minutes(talk.span) <= minutes(session.span):
            found.add((ConflictKind.OUTSIDE_SESSION, frozenset({session.id}), frozenset({talk.id}), None))
        for other in sessions:
            if other.id != session.id and minutes(other.span) & minutes(talk.span):
                for who in set(other.moderators) & set(talk.speakers):
                    found.add((ConflictKind.SPEAKS_ELSEWHERE, frozenset({other.id}), frozenset({talk.id}), who))
    return found


def talks_by_minute(talks: list[tuple[PlannedSession, PlannedTalk]]) -> Found:
    found: Found = set()
    for (session, one), (another, two) in combinations(talks, 2):
        if minutes(one.span) & minutes(two.span):
            pair = frozenset({one.id, two.id})
            if session.id == another.id:
                found.add((ConflictKind.TALK_OVERLAP, frozenset(), pair, None))
            for who in set(one.speakers) & set(two.speakers):
                found.add((ConflictKind.SPEAKER_TWICE, frozenset(), pair, who))
    return found


def facts(conflict: Conflict) -> tuple[object, ...]:
    return conflict.kind, frozenset(conflict.sessions), frozenset(conflict.talks), conflict.person


@given(programmes())
def test_every_conflict_is_found_and_no_other(sessions: list[PlannedSession]) -> None:
    found = [facts(conflict) for conflict in find_conflicts(DAY, sessions)]
    assert len(found) == len(set(found))
    assert set(found) == minute_by_minute(sessions)


@given(programmes(), st.randoms())
def test_the_order_in_which_sessions_come_does_not_matter(sessions: list[PlannedSession], chance: object) -> None:
    mixed = list(sessions)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert {facts(c) for c in find_conflicts(DAY, mixed)} == {facts(c) for c in find_conflicts(DAY, sessions)}


def test_what_only_touches_does_not_conflict() -> None:
    sessions = [
        PlannedSession(1, span(0, 30), moderators=(1,), talks=(PlannedTalk(1, span(0, 15), (2,)),)),
        PlannedSession(2, span(30, 30), moderators=(1,), talks=(PlannedTalk(2, span(30, 30), (2,)),)),
    ]
    assert find_conflicts(DAY, sessions) == []


def test_a_moderator_may_speak_in_their_own_session() -> None:
    session = PlannedSession(1, span(0, 30), moderators=(1,), talks=(PlannedTalk(1, span(0, 15), (1,)),))
    assert find_conflicts(DAY, [session]) == []


@given(spans, st.integers(0, 15), st.integers(1, 20))
def test_talks_that_change_places_keep_their_lengths_and_what_they_fill(first: Span, pause: int, length: int) -> None:
    begin = first.ends_at + timedelta(minutes=pause)
    second = Span(begin, begin + timedelta(minutes=length))
    one, two = swapped((first.starts_at, first.ends_at), (second.starts_at, second.ends_at))
    assert two[0] == first.starts_at
    assert one[1] == second.ends_at
    assert one[1] - one[0] == first.ends_at - first.starts_at
    assert two[1] - two[0] == second.ends_at - second.starts_at
    assert one[0] - two[1] == timedelta(minutes=pause)


@given(spans, spans)
def test_after_a_swap_the_later_one_comes_first(one: Span, two: Span) -> None:
    first, second = sorted((one, two), key=lambda part: part.starts_at)
    moved_first, moved_second = swapped((first.starts_at, first.ends_at), (second.starts_at, second.ends_at))
    assert moved_second[1] <= moved_first[0]


@given(st.text(max_size=300))
def test_a_slug_fits_an_address(text: str) -> None:
    slug = slug_of(text)
    assert 0 < len(slug) <= 80
    assert not set(slug) & set("/?#%&\\ \x00.<>\"'")


def test_slugs_keep_every_script_and_are_unique() -> None:
    assert slug_of("Øyvind Ås-Bjørnæs") == "oyvind-as-bjornaes"
    assert slug_of("Győző Kovács") == "gyozo-kovacs"
    assert slug_of("王 小明") == "王-小明"
    assert slug_of("홍길동") == "홍길동"
    assert slug_of("Ada", {"ada", "ada-2"}) == "ada-3"
    assert slug_of("../..", fallback="person") == "person"
