"""What an edition is and where it stands in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DEFAULT_HUE = 288
HUES = (180, 195, 210, 225, 240, 255, 270, 288, 300, 315, 330, 345)
LANGUAGES = ("en", "nb")


class Mode(StrEnum):
    """A way to take part, in locking order: on-site first."""

    ONSITE = "onsite"
    DIGITAL = "digital"


class EditionState(StrEnum):
    """Who may see an edition: holders of the preview link, everybody, everybody as history."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Phase(StrEnum):
    """Where the day is: before it, in it, after it."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class RegistrationWindow(StrEnum):
    """Whether registration takes people now."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


def phase(now: datetime, starts_at: datetime, ends_at: datetime) -> Phase:
    """Return the phase of an edition at ``now``; all moments aware."""
    if now < starts_at:
        return Phase.BEFORE
    return Phase.DURING if now < ends_at else Phase.AFTER


def registration_window(now: datetime, opens_at: datetime | None, closes_at: datetime | None) -> RegistrationWindow:
    """Return whether registration is open at ``now``; a missing bound does not limit."""
    if opens_at is not None and now < opens_at:
        return RegistrationWindow.NOT_YET
    if closes_at is not None and now >= closes_at:
        return RegistrationWindow.CLOSED
    return RegistrationWindow.OPEN


def places(capacity: int | None, overbooking_percent: int, so_far: int | None = None) -> int | None:
    """Return floor(capacity × (1 + overbooking)), or None where a mode has no limit.

    While places are handed out to a long queue in steps, at most ``so_far`` of them count.
    """
    if capacity is None:
        return so_far
    full = capacity * (100 + overbooking_percent) // 100
    return full if so_far is None else min(full, so_far)


@dataclass(frozen=True)
class LockedMode:
    """One way to take part as its locked row says: its capacity, overbooking in percent, whether the queue rests.

    Freed places are offered for ``offer_hours``, or given at once when there are none.
    """

    mode: Mode
    capacity: int | None
    overbooking: int
    queue_paused: bool
    offer_hours: int | None = None
    places_so_far: int | None = None

    @property
    def places(self) -> int | None:
        """How many may hold a place; None where there is no limit."""
        return places(self.capacity, self.overbooking, self.places_so_far)
