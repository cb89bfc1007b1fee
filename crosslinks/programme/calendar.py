"""The programme as a calendar file: one event per talk and break, whose identity outlives every change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import pick
from crosslinks.programme.timeline import SessionRow, TalkRow

MEDIA_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class CalendarFacts:
    """What the events of one calendar share; ``base_url`` is the edition's public address with a slash at its end."""

    language: str
    now: datetime
    base_url: str


def write_calendar(edition: Edition, parts: Iterable[tuple[SessionRow, TalkRow]], facts: CalendarFacts) -> bytes:
    """Return an iCalendar file of talks; moments are UTC, so that every calendar shows its own zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Crosslinks//Programme//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", edition.title)
    calendar.add("x-wr-timezone", edition.time_zone)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for session, talk in parts:
        calendar.add_component(_event(edition, session, talk, facts))
    written: bytes = calendar.to_ical()
    return written


def _event(edition: Edition, session: SessionRow, talk: TalkRow, facts: CalendarFacts) -> Event:
    title = pick(talk.title, facts.language, edition.languages)
    people = ", ".join(person.name for person in talk.speakers)
    within = pick(session.title, facts.language, edition.languages)
    event = Event()
    event.add("uid", str(talk.uuid))
    event.add("dtstamp", facts.now)
    event.add("sequence", edition.public_rev)
    event.add("dtstart", talk.starts_at)
    event.add("dtend", talk.ends_at)
    event.add("summary", f"{title} ({people})" if people else title)
    event.add("description", "\n".join(line for line in (within, people, facts.base_url + "programme") if line))
    event.add("location", ", ".join(filter(None, (session.room, edition.venue_name, edition.venue_city))))
    event.add("url", f"{facts.base_url}talks/{talk.slug}")
    return event
