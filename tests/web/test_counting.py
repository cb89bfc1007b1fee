"""Counts of rate limits in this process: a window that moves, and no memory of what has left it."""

from __future__ import annotations

import threading

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from crosslinks.web import counting
from crosslinks.web.counting import CountingStorage


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at

    def time(self) -> float:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    moved = Time()
    monkeypatch.setattr(counting, "time", moved)
    return moved


def test_the_window_moves(time: Time) -> None:
    limiter, three = MovingWindowRateLimiter(CountingStorage()), parse("3/minute")
    assert [limiter.hit(three, "who") for _ in range(4)] == [True, True, True, False]
    assert limiter.hit(three, "somebody else")
    time.at += 59
    assert not limiter.test(three, "who")
    time.at += 2
    assert limiter.test(three, "who")
    assert limiter.hit(three, "who")
    assert limiter.get_window_stats(three, "who").remaining == 2


def test_who_has_left_the_window_is_forgotten(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SWEEP_EVERY", 10)
    storage = CountingStorage()
    for number in range(10):
        storage.acquire_entry(str(number), 5, 60)
    time.at += 61
    for _ in range(20):
        storage.acquire_entry("still here", 1000, 60)
    assert set(storage._used) == {"still here"}
    assert storage.reset() == 1


def test_counting_starts_no_thread_and_loses_nothing() -> None:
    storage = CountingStorage()
    before = threading.active_count()
    taken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(storage.acquire_entry("all", 100, 60) for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 100
    assert threading.active_count() == before
