"""Counts of rate limits in this process.

The library's own memory storage starts a thread at a hit, which then goes through every key: with thousands of
addresses in the window that costs more than the request. This one looks at a key when it is used, and now and then
at all of them.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from limits.storage import MovingWindowSupport, Storage

SWEEP_EVERY = 2000


class CountingStorage(Storage, MovingWindowSupport):
    """Moments of use by key, the oldest first; safe with threads."""

    STORAGE_SCHEME = ["crosslinks-memory"]  # noqa: RUF012 - the library's base class says list

    def __init__(self) -> None:
        super().__init__()
        self._used: dict[str, deque[float]] = {}
        self._window: dict[str, int] = {}
        self._lock = threading.Lock()
        self._until_sweep = SWEEP_EVERY

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Note ``amount`` uses now unless that makes more than ``limit`` within ``expiry`` seconds."""
        now = time.monotonic()
        with self._lock:
            used = self._used.setdefault(key, deque())
            self._window[key] = expiry
            self._forget(used, now - expiry)
            if len(used) + amount > limit:
                return False
            used.extend([now] * amount)
            self._until_sweep -= 1
            if self._until_sweep <= 0:
                self._sweep(now)
            return True

    @staticmethod
    def _forget(used: deque[float], before: float) -> None:
        while used and used[0] <= before:
            used.popleft()

    def _sweep(self, now: float) -> None:
        self._until_sweep = SWEEP_EVERY + len(self._used)
        for key in [key for key, used in self._used.items() if not used or used[-1] <= now - self._window[key]]:
            del self._used[key], self._window[key]

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the oldest use within ``expiry`` seconds was (on the wall clock), and how many there are."""
        now = time.monotonic()
        with self._lock:
            used = self._used.get(key, deque())
            self._forget(used, now - expiry)
            return time.time() - (now - used[0] if used else 0), len(used)

    def reset(self) -> int:
        """Forget everything; return how many keys there were."""
        with self._lock:
            known = len(self._used)
            self._used.clear()
            self._window.clear()
            return known

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._used.pop(key, None)
            self._window.pop(key, None)

    def check(self) -> bool:
        """Say that memory is there."""
        return True

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Refuse: only moving windows are counted here."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Refuse: only moving windows are counted here."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Refuse: only moving windows are counted here."""
        raise NotImplementedError
