"""A person's place as a calendar file; its identity stays the same through every change."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Alarm, Event

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import pick
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place, Status
from crosslinks.web.calendars import new_calendar

FILE_NAME = "calendar.ics"
REMINDER = timedelta(hours=-18)


def write_place_calendar(registration: Registration, edition: Edition, language: str, now: datetime) -> bytes:
    """Return an iCalendar file with the edition's day, in the edition's zone; cancelled when the registration is.

    It holds no personal link, since calendars are shared.
    """
    calendar = new_calendar("Place", edition.time_zone)
    calendar.add_component(_event(registration, edition, language, now))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(registration: Registration, edition: Edition, language: str, now: datetime) -> Event:
    url = f"{settings().base_url}/{edition.conference.slug}/{edition.slug}/"
    event = Event()
    event.add("uid", f"{edition.uuid}-{registration.id}")
    event.add("dtstamp", now)
    event.add("sequence", registration.rev)
    event.add("dtstart", edition.starts_at.astimezone(edition.zone))
    event.add("dtend", edition.ends_at.astimezone(edition.zone))
    event.add("summary", edition.title)
    theme = pick(edition.theme, language, edition.languages)
    event.add("description", "\n".join(line for line in (theme, url) if line))
    event.add("url", url)
    if registration.status is Status.CANCELLED:
        event.add("status", "CANCELLED")
        return event
    event.add("status", "CONFIRMED" if registration.status is Status.CONFIRMED else "TENTATIVE")
    event.add("location", _location(registration, edition, url))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", edition.title)
    alarm.add("trigger", REMINDER)
    event.add_component(alarm)
    return event


def _location(registration: Registration, edition: Edition, url: str) -> str:
    if registration.place is Place.DIGITAL:
        return url
    return ", ".join(part for part in (edition.venue_name, edition.venue_address, edition.venue_city) if part)
