"""What the programme is made of, and the conflicts in it."""

from __future__ import annotations

from enum import StrEnum


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
