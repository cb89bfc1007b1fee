"""What an outgoing message is, before and after rendering, and what a mail server's answer means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

MAX_ATTEMPTS = 12
FIRST_RETRY = timedelta(seconds=20)
LONGEST_RETRY = timedelta(hours=2)
LEASE = timedelta(seconds=60)
BATCH = 20


Fact = str | int | bool
"""A value that an organizer's text may name: plain, never an object."""


class UnfilledLetter(Exception):
    """An organizer's words that cannot be filled: the message is held, never sent so.

    It says what is wrong, ``names`` the placeholders without a value, ``letter`` and ``language`` whose words they are.
    """

    def __init__(self, detail: str, *, names: str = "", letter: str = "", language: str = "") -> None:
        super().__init__(detail)
        self.names = names
        self.letter = letter
        self.language = language


class MailState(StrEnum):
    """Where a message is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    """Its words cannot be filled: nothing goes out until somebody mends them and sends it again."""
    PAUSED = "paused"
    """Its mailing is paused: it waits until somebody lets that go on."""
    WITHHELD = "withheld"
    """It shall not be sent any more; ``last_error`` says why in one of our own words."""


class Outcome(StrEnum):
    """What became of one attempt to send one message."""

    TAKEN = "taken"
    """The server answered 250: this message is never sent again."""
    LATER = "later"
    """Refused for now, or the connection broke: again after a while, not for ever."""
    REFUSED = "refused"
    """Refused for good: nobody tries again by themselves."""
    UNFILLED = "unfilled"
    """Its words cannot be filled, so it was never handed over."""
    PAUSED = "paused"
    """Not handed over: it waits until somebody lets it go. It counts as no attempt."""
    WITHHELD = "withheld"
    """Not handed over, and never again: whom it was for does not want it any more, or it was called back."""


class LetterKept(Exception):
    """What a letter's function raises when the letter shall not go, now (``PAUSED``) or at all (``WITHHELD``)."""

    def __init__(self, outcome: Outcome, reason: str = "") -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What became of an attempt, and the server's words or ours."""

    outcome: Outcome
    reason: str = ""


UNSENT = frozenset({MailState.FAILED, MailState.HELD})
"""What waits for an organizer: nobody tries again by themselves."""


@dataclass(frozen=True)
class Words:
    """What an organizer has put in place of our words in one letter, filled; where empty, ours stay.

    ``opening`` stands before the fixed parts and ``closing`` after them, each as plain text and as safe HTML.
    With ``show_ours`` the letter also tells what our own words are.
    """

    subject: str = ""
    heading: str = ""
    opening: str = ""
    opening_html: str = ""
    closing: str = ""
    closing_html: str = ""
    show_ours: bool = False


@dataclass(frozen=True)
class Letter:
    """The frozen facts of one message, as its row keeps them.

    With ``preview`` an organizer looks at it: nothing may be written, and a link that is minted is left out. Without a
    registration such a look is at an invented person's letter. ``words`` are tried in place of those that are saved.
    """

    kind: str
    language: str
    to_address: str
    to_name: str
    data: dict[str, Any]
    message_id: str
    edition_id: int | None
    registration_id: int | None
    account_id: int | None
    preview: bool = False
    words: Words | None = None


@dataclass(frozen=True)
class Claim:
    """A message that this worker, and no other, may send now."""

    mail_id: int
    letter: Letter


@dataclass(frozen=True)
class LetterFrame:
    """What surrounds every letter of a conference: its name, accent, reply address and last lines.

    ``logo`` is the name of a stored picture, which goes along in the message.
    """

    brand: str = "Crosslinks"
    hue: int = 288
    url: str = ""
    reply_to: str = ""
    last_lines: tuple[str, ...] = ()
    logo: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file within a message; with ``content_id`` it is shown in the HTML instead of listed."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Rendered:
    """A message ready to be sent. ``html`` has its styles inlined; ``ours`` are our own words, when asked for."""

    subject: str
    text: str
    html: str
    sender_name: str = ""
    reply_to: str = ""
    language: str = ""
    unsubscribe_url: str = ""
    attachments: tuple[Attachment, ...] = field(default=())
    ours: dict[str, str] = field(default_factory=dict)


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after the given number of failed attempts (1 or more): doubled each time, bounded."""
    return min(FIRST_RETRY * (1 << (attempts - 1)), LONGEST_RETRY)


def meaning(code: int) -> Outcome:
    """Return what an SMTP reply code means for the message: 2xx taken, 5xx refused for good, all else later."""
    if 200 <= code < 300:
        return Outcome.TAKEN
    return Outcome.REFUSED if 500 <= code < 600 else Outcome.LATER
