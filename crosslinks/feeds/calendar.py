"""The programme as a calendar file: one event per talk, whose identity outlives every change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from icalendar import Event, vText

from crosslinks.editions.models import Edition
from crosslinks.feeds.published import Part, ScheduleVersion
from crosslinks.kernel.columns import pick
from crosslinks.web.calendars import new_calendar

REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class CalendarFacts:
    """What the events of one calendar share; ``base_url`` is the edition's public address with a slash at its end."""

    name: str
    language: str
    version: ScheduleVersion
    base_url: str


def write_calendar(edition: Edition, parts: Iterable[Part], facts: CalendarFacts) -> bytes:
    """Return an iCalendar file of talks, and of sessions where a part is no talk, in the edition's zone.

    An event keeps its UID; its SEQUENCE is the number of the programme's version and its LAST-MODIFIED that moment.
    """
    calendar = new_calendar("Programme", edition.time_zone)
    calendar.add("x-wr-calname", vText(facts.name))
    calendar.add("x-wr-timezone", edition.time_zone)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for part in parts:
        calendar.add_component(_event(edition, part, facts))
    written: bytes = calendar.to_ical()
    return written


def _event(edition: Edition, part: Part, facts: CalendarFacts) -> Event:
    session, talk = part
    shown = talk or session
    title = pick(shown.title, facts.language, edition.languages)
    people = ", ".join(person.name for person in (talk.speakers if talk else session.moderators))
    within = pick(session.title, facts.language, edition.languages) if talk else ""
    event = Event()
    event.add("uid", str(shown.uuid))
    event.add("dtstamp", facts.version.changed_at)
    event.add("last-modified", facts.version.changed_at)
    event.add("sequence", facts.version.number)
    event.add("dtstart", shown.starts_at.astimezone(edition.zone))
    event.add("dtend", shown.ends_at.astimezone(edition.zone))
    event.add("summary", f"{title} ({people})" if people else title)
    event.add("description", "\n".join(line for line in (within, people, facts.base_url + "programme") if line))
    event.add("location", ", ".join(filter(None, (session.room, edition.venue_name, edition.venue_city))))
    event.add("url", facts.base_url + (f"talks/{talk.slug}" if talk else "programme"))
    return event
