"""What an edition's home page is about at a moment: it changes with the clock, and with the places left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from crosslinks.editions.rules import RegistrationWindow, registration_window
from crosslinks.registration.rules import Availability

LAST_DAYS = timedelta(days=3)
"""So long before registration closes the page says that it will."""
THANKS_FOR = timedelta(days=30)
"""So long after the day the page gives thanks; then it looks ahead."""


class Stage(StrEnum):
    """What the home page leads to."""

    SOON = "soon"
    OPEN = "open"
    LAST = "last"
    """Open, but few places are left or it closes within days."""
    FULL = "full"
    """Open, but every way to take part has a line."""
    CLOSED = "closed"
    TODAY = "today"
    THANKS = "thanks"
    AHEAD = "ahead"
    """Next year: the next edition, or the list of those who want to hear of it."""


def stage_of(
    moment: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    opens_at: datetime | None,
    closes_at: datetime,
    left: Collection[Availability],
) -> Stage:
    """Return the stage at ``moment``; all moments aware, ``left`` one value for each way to take part."""
    if moment >= ends_at:
        return Stage.AHEAD if moment >= ends_at + THANKS_FOR else Stage.THANKS
    if moment >= midnight_of(starts_at, zone):
        return Stage.TODAY
    window = registration_window(moment, opens_at, closes_at)
    if window is RegistrationWindow.NOT_YET:
        return Stage.SOON
    if window is RegistrationWindow.CLOSED:
        return Stage.CLOSED
    if left and all(one is Availability.FULL for one in left):
        return Stage.FULL
    is_late = moment >= closes_at - LAST_DAYS
    return Stage.LAST if is_late or Availability.FEW in left else Stage.OPEN


def midnight_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return when the day of ``moment`` begins in ``zone``."""
    return datetime.combine(moment.astimezone(zone).date(), time(), zone)


def next_boundary(
    moment: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    opens_at: datetime | None,
    closes_at: datetime,
    others: Collection[datetime | None] = (),
) -> datetime | None:
    """Return the first moment after ``moment`` at which the page says something else, of itself or by ``others``."""
    known = (
        opens_at, closes_at - LAST_DAYS, closes_at, midnight_of(starts_at, zone), starts_at, ends_at,
        ends_at + THANKS_FOR, *others,
    )  # fmt: skip
    return min((one for one in known if one is not None and one > moment), default=None)
