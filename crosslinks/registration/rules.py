"""What a registration is: a place held, a place wanted, and what follows from the two."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.writing import clean_line as clean_line


class Place(StrEnum):
    """A place that somebody holds or wants."""

    ONSITE = "onsite"
    DIGITAL = "digital"
    NONE = "none"

    @classmethod
    def of(cls, mode: Mode) -> Place:
        """Return the place of a mode."""
        return cls(mode.value)

    @property
    def mode(self) -> Mode | None:
        """The mode of this place, None for no place."""
        return None if self is Place.NONE else Mode(self.value)


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
class Details:
    """What somebody tells of themselves when registering; ``email`` is empty only when added by hand."""

    given_name: str
    family_name: str
    email: str = ""
    organisation: str = ""
    profession: Profession = Profession.OTHER
    language: str = "en"
    needs_assistance: bool = False


@dataclass(frozen=True)
class EditionFacts:
    """What registering needs to know of an edition, read in one light statement."""

    id: int
    conference_id: int
    title: str
    state: EditionState
    starts_at: datetime
    ends_at: datetime
    zone: str
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class Receipt:
    """The answer to a registration, the same for a known address; ``position`` counts from 1 when waiting.

    ``registration_id`` is the known one when ``is_known``; neither is ever told to a visitor.
    """

    status: Status
    place: Place
    reference: str
    position: int | None
    registration_id: int
    is_known: bool = False


LONGEST_NAME = 120
LONGEST_ORGANISATION = 200
LONGEST_EMAIL = 254
LONGEST_OFFER = 24 * 30
"""Hours."""


def mask_address(address: str) -> str:
    """Return ``k•••@example.org`` for an address: enough for its owner to know it, too little for anybody else."""
    before, _, after = address.rpartition("@")
    return f"{before[:1]}•••@{after}"


_NOT_COMPOSED = str.maketrans(
    {"ø": "o", "æ": "ae", "å": "a", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ŋ": "n", "ŧ": "t", "ı": "i", "œ": "oe"}
)


def search_key(*parts: str) -> str:
    """Return ``parts`` as one text to search in: lower case, without accents, single spaces.

    Names are found typed with or without å, ø, ł and the like.
    """
    folded = " ".join(" ".join(parts).casefold().split()).translate(_NOT_COMPOSED)
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))


_AFTER_Z = str.maketrans({"æ": "zza", "ä": "zza", "ø": "zzb", "ö": "zzb", "å": "zzc"})


def sort_key(*parts: str) -> str:
    """Return ``parts`` as one text to sort by, in any collation: as Norwegian lists go, with æ, ø and å after z.

    Other letters stand where those without their accents do.
    """
    composed = unicodedata.normalize("NFC", " ".join(parts)).casefold()
    return search_key(composed.translate(_AFTER_Z))


def search_columns(given: str, family: str, organisation: str, email: str, reference: str) -> dict[str, str]:
    """Return the columns of a registration that lists are searched and sorted by."""
    return {
        "name_key": search_key(given, family)[:300],
        "sort_key": sort_key(family, given)[:300],
        "search_text": f"{reference.lower()} {search_key(given, family, organisation, email)}"[:1000],
    }


@dataclass(frozen=True)
class ModeCount:
    """The figures of one mode: people, and None for places without limit.

    Who was offered a place decides about it and is not counted as waiting; a reserved one is for somebody yet to come.
    """

    mode: Mode
    capacity: int | None
    places: int | None
    confirmed: int
    waiting: int
    offered: int = 0
    reserved: int = 0

    @property
    def taken(self) -> int:
        """How many places are not free: held, offered or reserved."""
        return self.confirmed + self.offered + self.reserved

    @property
    def free(self) -> int | None:
        """Return places − taken; negative only after the capacity was lowered or a desk overrode."""
        return None if self.places is None else self.places - self.taken

    @property
    def has_room(self) -> bool:
        """Whether a newcomer gets a place at once: one is free and nobody waits for it."""
        return self.waiting == 0 and (self.free is None or self.free > 0)


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


class Step(StrEnum):
    """What asking people whether they really come goes through."""

    ASK = "ask"
    WARN = "warn"
    RELEASE = "release"


def steps_due(
    now: datetime, ask_at: datetime, warn_at: datetime, release_at: datetime, starts_at: datetime
) -> list[Step]:
    """Return the steps whose moment has come, none once the day has started; all moments aware."""
    if now >= starts_at:
        return []
    planned = ((Step.ASK, ask_at), (Step.WARN, warn_at), (Step.RELEASE, release_at))
    return [step for step, moment in planned if now >= moment]


def noticed_before(now: datetime, told_at: datetime, acts_at: datetime) -> datetime:
    """Return when people must have been told at the latest for the next step at ``now``.

    Half of the time planned between the two: where mails went out late, nobody loses a place without fair notice.
    """
    return now - (acts_at - told_at) / 2


class Move(StrEnum):
    """Where an organizer moves somebody in a line."""

    FRONT = "front"
    UP = "up"
    DOWN = "down"

    def target(self, position: int) -> int:
        """Return the new number of somebody who stands at ``position``, from 1; the caller keeps it in the line."""
        return {Move.FRONT: 1, Move.UP: position - 1, Move.DOWN: position + 1}[self]


@dataclass(frozen=True)
class Turnout:
    """How many of those with a place in the room came, in an earlier edition."""

    edition: str
    had_place: int
    came: int

    @property
    def per_hundred(self) -> int:
        """How many of a hundred came, rounded."""
        return round(100 * self.came / self.had_place)

    def expected(self, places: int) -> int:
        """Return how many are likely to come when that many hold a place, rounded."""
        return round(places * self.came / self.had_place)

    def overbooking_to_fill(self) -> int:
        """Return the overbooking in per cent, rounded down, with which the room would be just full."""
        return max(0, 100 * self.had_place // self.came - 100) if self.came else 0


def turnout(edition: str, figures: Mapping[str, object]) -> Turnout | None:
    """Return the turnout of an earlier edition from its aggregate ``figures``, or None when it was not counted."""
    had_place, came = figures.get("onsite_places"), figures.get("onsite_came")
    if not isinstance(had_place, int) or not isinstance(came, int) or had_place < 1 or not 0 <= came <= had_place:
        return None
    return Turnout(edition, had_place, came)


ARRIVAL_MINUTES = 5


def arrival_step(moment: datetime) -> str:
    """Return the start of the five minutes in which somebody came, as counts keep it."""
    start = moment.replace(minute=moment.minute - moment.minute % ARRIVAL_MINUTES, second=0, microsecond=0)
    return start.isoformat()
