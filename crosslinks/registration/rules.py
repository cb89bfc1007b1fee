"""What a registration is: a place held, a place wanted, and what follows from the two."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crosslinks.editions.rules import Mode


class Place(StrEnum):
    """A place that somebody holds or wants."""

    ONSITE = "onsite"
    DIGITAL = "digital"
    NONE = "none"

    @classmethod
    def of(cls, mode: Mode) -> Place:
        """Return the place of a mode."""
        return cls(mode.value)


class Profession(StrEnum):
    """Norwegian drug-marketing rules let only health professionals see prescription-drug content."""

    HEALTH = "health"
    OTHER = "other"


class BadgeRole(StrEnum):
    """What a badge says that somebody is."""

    PARTICIPANT = "participant"
    SPEAKER = "speaker"
    MODERATOR = "moderator"
    ORGANIZER = "organizer"
    SPONSOR = "sponsor"
    PRESS = "press"


class Source(StrEnum):
    """How a registration came to be."""

    FORM = "form"
    API = "api"
    ORGANIZER = "organizer"
    DOOR = "door"
    DEMO = "demo"


class Status(StrEnum):
    """What to tell a person about one mode, or about all of it."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ModeCount:
    """The figures of one mode: people, and None for places without limit."""

    mode: Mode
    capacity: int | None
    places: int | None
    confirmed: int
    waiting: int

    @property
    def free(self) -> int | None:
        """Return places − confirmed; negative only after the capacity was lowered or a desk overrode."""
        return None if self.places is None else self.places - self.confirmed


class Availability(StrEnum):
    """What kept public pages say of places left."""

    FREE = "free"
    FEW = "few"
    FULL = "full"


FEW_PERCENT = 10


def availability(count: ModeCount) -> Availability:
    """Return free, few (a tenth or less left) or full; full also while somebody waits."""
    if count.free is None:
        return Availability.FREE
    if count.free <= 0 or count.waiting:
        return Availability.FULL
    return Availability.FEW if count.free * 100 <= (count.places or 0) * FEW_PERCENT else Availability.FREE
