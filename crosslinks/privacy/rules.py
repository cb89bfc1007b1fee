"""Why somebody is erased, and when an edition's people are."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class ErasureKind(StrEnum):
    """What led to an erasure: everybody's retention has ended, the person, an organizer."""

    RETENTION = "retention"
    REQUEST = "request"
    ORGANIZER = "organizer"


class ErasureReason(StrEnum):
    """Why an organizer erases somebody; chosen, never written, so that no name gets into the proof."""

    NONE = "none"
    ASKED = "asked"
    TWICE = "twice"
    MISTAKE = "mistake"
    OTHER = "other"


def is_past_erase_date(now: datetime, erase_on: date, zone: ZoneInfo) -> bool:
    """Say whether the day on which an edition's people are erased has begun, in the edition's zone."""
    return now.astimezone(zone).date() >= erase_on
