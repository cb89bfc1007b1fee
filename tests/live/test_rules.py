"""Stays, merged without counting anything twice, and the audience that they make."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crosslinks.live.rules import (
    BEAT,
    GAP,
    Interval,
    StreamState,
    audience_of,
    beat,
    merge_intervals,
    minutes_in,
    step_of,
    stream_state,
    stream_window,
    together,
)

START = datetime(2024, 1, 25, 9, 30, tzinfo=UTC)
WINDOW = stream_window(START, START + timedelta(hours=5), 15)

seconds = st.integers(0, 6 * 3600)


@st.composite
def an_interval(draw: st.DrawFn) -> Interval:
    begin, length = draw(seconds), draw(st.integers(-60, 3600))
    return Interval(START + timedelta(seconds=begin), START + timedelta(seconds=begin + length))


@given(st.lists(an_interval(), max_size=12))
def test_merging_keeps_every_second_once(intervals: list[Interval]) -> None:
    merged = merge_intervals(intervals)
    assert all(first.ends_at < second.starts_at for first, second in itertools.pairwise(merged))
    covered = {
        second
        for one in intervals
        for second in range(int((one.starts_at - START).total_seconds()), int((one.ends_at - START).total_seconds()))
    }
    assert sum(one.length.total_seconds() for one in merged) == len(covered)
    assert abs(minutes_in(intervals) - len(covered) / 60) <= len(merged) / 2
    assert minutes_in(merged * 2) == minutes_in(intervals)


@given(st.lists(seconds, min_size=1, max_size=60))
def test_beats_in_any_number_make_stays_that_never_overlap(moments: list[int]) -> None:
    stays: list[Interval] = []
    written: list[datetime] = []
    for second in sorted(moments):
        now = START - timedelta(minutes=20) + timedelta(seconds=second)
        found = beat(stays[-1] if stays else None, now, WINDOW)
        if found is None:
            continue
        written.append(now.replace(second=0))
        if found.extends:
            stays[-1] = found.stay
        else:
            stays.append(found.stay)
        assert beat(stays[-1], now, WINDOW) is None, "the same again changes nothing"
    assert len(written) == len(set(written)), "at most one a minute"
    for one in stays:
        assert WINDOW.starts_at <= one.starts_at < one.ends_at <= WINDOW.ends_at
    assert all(first.ends_at <= second.starts_at for first, second in itertools.pairwise(stays))


def test_a_stay_grows_each_minute_and_ends_with_a_gap() -> None:
    first = beat(None, START, WINDOW)
    assert first is not None
    assert first.stay == Interval(START, START + BEAT)
    second = beat(first.stay, START + GAP, WINDOW)
    assert second is not None
    assert (second.extends, second.stay.starts_at) == (True, START)
    third = beat(second.stay, START + 2 * GAP + timedelta(seconds=1), WINDOW)
    assert third is not None
    assert (third.extends, third.stay.length) == (False, BEAT)


def test_nothing_counts_outside_the_window_and_a_clock_set_back_takes_nothing_away() -> None:
    assert beat(None, WINDOW.starts_at - timedelta(seconds=1), WINDOW) is None
    assert beat(None, WINDOW.ends_at, WINDOW) is None
    late = beat(None, WINDOW.ends_at - timedelta(seconds=10), WINDOW)
    assert late is not None
    assert late.stay.ends_at == WINDOW.ends_at
    stay = Interval(START, START + timedelta(hours=1))
    assert beat(stay, START + timedelta(minutes=20), WINDOW) is None
    assert beat(stay, START - timedelta(minutes=5), WINDOW) is None
    assert [stream_state(moment, WINDOW) for moment in (WINDOW.starts_at, WINDOW.ends_at)] == [
        StreamState.OPEN, StreamState.OVER,
    ]  # fmt: skip


def test_an_audience_adds_up_and_its_peak_is_the_fullest_five_minutes() -> None:
    def stay(begin: int, length: int) -> Interval:
        return Interval(START + timedelta(minutes=begin), START + timedelta(minutes=begin + length))

    people = [[stay(0, 30)], [stay(10, 5), stay(12, 10)], [stay(58, 3)]]
    audience = audience_of(people)
    assert (audience.people, audience.attended, audience.minutes) == (3, 2, 30 + 12 + 3)
    assert audience.peak == (START + timedelta(minutes=10), 2)
    curve = audience.curve()
    assert (curve[0], curve[-1]) == ((START, 1), (step_of(START + timedelta(minutes=60)), 1))
    assert [count for _step, count in curve][6:11] == [0, 0, 0, 0, 0]
    assert together(audience_of(people[:1]), audience_of(people[1:])) == audience
