"""Time, injected everywhere. The demo's clock is shifted; security always uses real time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time with an offset, zero outside a demo instance."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the conference's time: aware, UTC, to the microsecond."""
        return datetime.now(UTC) + self.offset


clock = Clock()


def now() -> datetime:
    """Return the conference's time (aware UTC), which a demo instance shifts."""
    return clock.now()


def real_now() -> datetime:
    """Return real time (aware UTC) for sessions, one-time codes, rate limits and leases."""
    return datetime.now(UTC)
