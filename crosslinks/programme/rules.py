"""What the programme is made of, the addresses of its parts, and how talks change places."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

MOST_SLUG = 80
LONGEST_TALK = timedelta(hours=24)
LEAD_TIME = timedelta(minutes=120)
"""How long before its start a talk is called the next one."""

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "œ": "oe", "ŧ": "t", "ŋ": "ng", "ı": "i"}
)


class SessionKind(StrEnum):
    """How a session shows: with its title and talks, as its one talk alone, or as a break."""

    SESSION = "session"
    SINGLE = "single"
    BREAK = "break"


class TalkKind(StrEnum):
    """What a talk is."""

    TALK = "talk"
    KEYNOTE = "keynote"
    PANEL = "panel"
    OPENING = "opening"
    CLOSING = "closing"


class Mark(StrEnum):
    """Where a part of the day stands at this moment; empty when that is not worth saying."""

    NONE = ""
    PAST = "past"
    NOW = "now"
    NEXT = "next"


class DraftState(StrEnum):
    """What became of a letter that was drafted."""

    DRAFT = "draft"
    SENT = "sent"
    DISCARDED = "discarded"


class Coming(StrEnum):
    """What a speaker or moderator has answered."""

    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class SlideKind(StrEnum):
    """A kind of file that slides may come in; the value is also the end of its name."""

    PDF = "pdf"
    PPTX = "pptx"
    ODP = "odp"
    KEY = "key"

    @property
    def media_type(self) -> str:
        """The type that such a file is served as."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    SlideKind.PDF: "application/pdf",
    SlideKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    SlideKind.ODP: "application/vnd.oasis.opendocument.presentation",
    SlideKind.KEY: "application/vnd.apple.keynote",
}


class Gap(StrEnum):
    """Something that is still to be had of a speaker or moderator."""

    CONFIRMATION = "confirmation"
    PORTRAIT = "portrait"
    BIOGRAPHY = "biography"
    DISCLOSURE = "disclosure"
    SLIDES = "slides"
    RECORDING = "recording"


TALKS_WITH_SLIDES = frozenset({TalkKind.TALK, TalkKind.KEYNOTE})
"""Kinds of talks for which slides are expected; the others may have some."""
LINK_DAYS = 60
"""So many days after the end of the edition a speaker's link still opens."""


def link_ends(ends_at: datetime) -> datetime:
    """Return when the links of an edition's speakers end."""
    return ends_at + timedelta(days=LINK_DAYS)


def https_url(text: str) -> str | None:
    """Return an address that may be linked from a public page, or None: https only, a host, no user name, no blank."""
    typed = text.strip()
    if not typed.isprintable() or any(letter.isspace() or letter in '<>"\\^`{|}' for letter in typed):
        return None
    try:
        parts = urlsplit(typed)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme.lower() != "https" or "." not in host.strip(".") or "@" in parts.netloc:
        return None
    return typed


def slug_of(text: str, taken: Container[str] = (), fallback: str = "untitled") -> str:
    """Return a short address for ``text`` that is not ``taken``: letters of any script, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    plain = unicodedata.normalize("NFC", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    whole = "-".join(words)[:MOST_SLUG].strip("-") or fallback
    slug, count = whole, 1
    while slug in taken:
        count += 1
        slug = f"{whole}-{count}"
    return slug


def stage_name(title: str, given_name: str, family_name: str) -> str:
    """Return a name as introduced on stage, with a hard space after the title."""
    return f"{title}\N{NO-BREAK SPACE}{given_name} {family_name}" if title else f"{given_name} {family_name}"


def minutes_between(starts_at: datetime, ends_at: datetime) -> int:
    """Return the whole minutes from one moment to another."""
    return int((ends_at - starts_at).total_seconds() // 60)


def swapped(
    first: tuple[datetime, datetime], second: tuple[datetime, datetime]
) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    """Return the new times of two neighbouring talks that change places: ``(of the first, of the second)``.

    Each keeps its length, the pause between them stays, and the later one now begins where the earlier did.
    """
    pause = max(second[0] - first[1], timedelta(0))
    second_ends = first[0] + (second[1] - second[0])
    first_starts = second_ends + pause
    return (first_starts, first_starts + (first[1] - first[0])), (first[0], second_ends)
