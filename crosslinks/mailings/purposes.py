"""What a mailing to many is: its purpose, its state, and whom it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

from crosslinks.consents.rules import Purpose as ConsentPurpose
from crosslinks.registration.rules import BadgeRole, Place, Profession, Status

LONGEST_SUBJECT = 200
LONGEST_BODY = 6_000

Word = TypeVar("Word", bound=StrEnum)


class Purpose(StrEnum):
    """What a mailing is about, which decides who may get it."""

    ABOUT = "about"
    """About this event, to people registered for it: needs no consent."""
    NEWS = "news"
    """News or an invitation: only to those who agreed or asked, and everybody can unsubscribe."""


class MailingState(StrEnum):
    """Where a mailing is; whether all of a running one is sent follows from its messages."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class Source(StrEnum):
    """Where the people of an audience come from."""

    EDITION = "edition"
    LAST_EDITION = "last_edition"
    INTEREST = "interest"
    LAST_AND_INTEREST = "last_and_interest"


SOURCES = {
    Purpose.ABOUT: (Source.EDITION,),
    Purpose.NEWS: (Source.LAST_AND_INTEREST, Source.LAST_EDITION, Source.INTEREST, Source.EDITION),
}


class Attended(StrEnum):
    """Whether somebody came."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Audience:
    """Whom a mailing is for; every default leaves nobody out but those who cancelled.

    ``newcomers`` leaves out of news who is registered for this edition already. ``question`` and ``answer`` are a
    question's id and the id of one of its choices, or ``yes`` and ``no``.
    """

    source: Source = Source.EDITION
    place: Place | None = None
    status: Status | None = None
    role: BadgeRole | None = None
    profession: Profession | None = None
    language: str = ""
    attended: Attended | None = None
    consent: ConsentPurpose | None = None
    question: int = 0
    answer: str = ""
    newcomers: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return what differs from the default, as plain data."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.value if isinstance(value, StrEnum) else value for name, value in found.items() if value}

    @property
    def filters(self) -> int:
        """How many filters are set beside where people come from."""
        return len(self.as_dict().keys() - {"source", "answer", "newcomers"})


def _word(kind: type[Word], value: object) -> Word | None:
    try:
        return kind(str(value)) if value else None
    except ValueError:
        return None


def read_audience(purpose: Purpose, found: Mapping[str, Any]) -> Audience:
    """Return the audience that plain data names; what it does not know is left out.

    A source that the purpose does not allow becomes the purpose's first.
    """
    allowed = SOURCES[purpose]
    source = _word(Source, found.get("source"))
    question = found.get("question") or 0
    return Audience(
        source=source if source in allowed else allowed[0],
        place=_word(Place, found.get("place")),
        status=_word(Status, found.get("status")),
        role=_word(BadgeRole, found.get("role")),
        profession=_word(Profession, found.get("profession")),
        language=str(found.get("language") or "")[:10],
        attended=_word(Attended, found.get("attended")),
        consent=_word(ConsentPurpose, found.get("consent")),
        question=question if isinstance(question, int) else 0,
        answer=str(found.get("answer") or "")[:500],
        newcomers=bool(found.get("newcomers")) and purpose is Purpose.NEWS,
    )
