"""What an import, a group and an invitation are, and where they stand. No request and no database in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FILE_LIFE = timedelta(hours=24)
MOST_IN_GROUP = 25
"""So many colleagues one contact person registers at once."""
MOST_AT_ONCE = 100
"""So many people are invited by one form."""
LONGEST_MESSAGE = 1_000
DAYS_TO_ANSWER = 14
MOST_DAYS_TO_ANSWER = 180


class ImportStage(StrEnum):
    """How far an import has come; a check writes nobody."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    IMPORTED = "imported"


class WhenKnown(StrEnum):
    """What an import does with an address that is registered already: it is never changed."""

    SKIP = "skip"
    REPORT = "report"


class Field(StrEnum):
    """What a column of an import may be."""

    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    ORGANISATION = "organisation"
    PROFESSION = "profession"
    LANGUAGE = "language"
    ROLE = "role"
    MODE = "mode"
    ASSISTANCE = "assistance"
    NOTE = "note"


@dataclass(frozen=True)
class Problem:
    """Why a row is refused: the field or ``q_<id>``, its column from 0 (None: none at fault), a code and a fact."""

    code: str
    field: str | None = None
    column: int | None = None
    fact: str = ""


class InvitationKind(StrEnum):
    """Why somebody is invited."""

    GUEST = "guest"
    SPEAKER = "speaker"
    SPONSOR_GUEST = "sponsor_guest"
    PRESS = "press"


class Answer(StrEnum):
    """What became of an invitation, as far as it is written; an open one may have run out."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class InvitationState(StrEnum):
    """Where an invitation stands at a moment."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def invitation_state(answer: Answer, expires_at: datetime, now: datetime) -> InvitationState:
    """Return where an invitation stands at ``now``: only an unanswered one runs out."""
    if answer is Answer.OPEN:
        return InvitationState.EXPIRED if now >= expires_at else InvitationState.SENT
    return InvitationState(answer.value)
