"""What every calendar file shares: its type, its head, and the description of its time zone."""

from __future__ import annotations

from functools import lru_cache

from icalendar import Calendar, Timezone

MEDIA_TYPE = "text/calendar; charset=utf-8"


def new_calendar(product: str, time_zone: str) -> Calendar:
    """Return an empty calendar of ``product`` that describes ``time_zone`` (an IANA name)."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Crosslinks//{product}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_zone(time_zone))
    return calendar


@lru_cache(maxsize=8)
def _zone(name: str) -> Timezone:
    """Return the description of a time zone; working one out takes longer than all else of a file."""
    return Timezone.from_tzid(name)
