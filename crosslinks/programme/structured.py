"""The edition, its talks and its people as schema.org describes them, for search engines (JSON-LD)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from crosslinks.editions.frames import edition_url
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.columns import pick
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow

CONTEXT = "https://schema.org"
CURRENCY = "NOK"

Data = dict[str, Any]


class Describer:
    """Describes parts of one edition in ``language``; ``base_url`` is the site's address without a slash at its end."""

    def __init__(self, edition: Edition, base_url: str, language: str) -> None:
        self._edition, self._language = edition, language
        self._url = base_url + edition_url(edition)
        self._site = base_url
        self._events: dict[bool, Data] = {}

    def edition(self, parts: Iterable[Data] = (), availability: str = "", opens_at: datetime | None = None) -> Data:
        """Return the edition as an Event with its ``parts``; with ``availability`` also what a place costs: nothing.

        ``availability`` is a word of schema.org, such as ``InStock``.
        """
        edition = self._edition
        found: Data = {
            "@context": CONTEXT,
            **self._frame(edition.title, edition.starts_at, edition.ends_at),
            "@id": self._url,
            "url": self._url,
            "organizer": self._organizer(edition.conference),
            "isAccessibleForFree": True,
            "inLanguage": list(edition.languages),
        }
        if about := pick(edition.lead, self._language, edition.languages):
            found["description"] = about
        if theme := pick(edition.theme, self._language, edition.languages):
            found["alternateName"] = theme
        if availability:
            found["offers"] = self._offer(availability, opens_at)
        if events := list(parts):
            found["subEvent"] = events
        return found

    def sessions(self, rows: Iterable[SessionRow]) -> list[Data]:
        """Return the sessions with a title as Events."""
        return [self._session(row) for row in rows if row.has_title]

    def talks(self, rows: Iterable[SessionRow]) -> list[Data]:
        """Return all talks as Events, briefly."""
        return [self._talk(row, talk) for row in rows for talk in row.talks]

    def performers(self, rows: Iterable[SessionRow]) -> list[Data]:
        """Return everybody who speaks, once, in order of the day."""
        people = {person.id: person for row in rows for talk in row.talks for person in talk.speakers}
        return [self._person(person) for person in people.values()]

    def talk(self, row: SessionRow, talk: TalkRow, about: str) -> Data:
        """Return one talk as an Event of its own, within the edition."""
        edition = self._edition
        within = self._frame(edition.title, edition.starts_at, edition.ends_at) | {"url": self._url}
        found = {"@context": CONTEXT, **self._talk(row, talk), "superEvent": within}
        found["organizer"] = self._organizer(edition.conference)
        return found | ({"description": about} if about else {})

    def person(self, person: PersonLine, image: str, slots: Iterable[tuple[SessionRow, TalkRow]]) -> Data:
        """Return a person with the talks that they give; ``image`` is a path on this site, or empty."""
        found: Data = {"@context": CONTEXT, **self._person(person)}
        if image:
            found["image"] = self._site + image
        if talks := [self._talk(row, talk) for row, talk in slots]:
            found["performerIn"] = talks
        return found

    def _title(self, value: dict[str, str]) -> str:
        return pick(value, self._language, self._edition.languages)

    def _frame(self, name: str, starts_at: datetime, ends_at: datetime, *, streamed: bool = True) -> Data:
        zone = self._edition.zone
        return {
            "name": name,
            "startDate": starts_at.astimezone(zone).isoformat(),
            "endDate": ends_at.astimezone(zone).isoformat(),
            **self._event(streamed),
        }

    def _event(self, streamed: bool) -> Data:
        """Return what every event says that is ``streamed`` or not; many parts share it."""
        if streamed not in self._events:
            event = {"@type": "Event", "eventStatus": f"{CONTEXT}/EventScheduled"}
            self._events[streamed] = event | self._find_places(streamed)
        return self._events[streamed]

    def _find_places(self, streamed: bool) -> Data:
        edition = self._edition
        in_room = edition.mode(Mode.ONSITE) is not None
        on_stream = edition.mode(Mode.DIGITAL) is not None and (streamed or not in_room)
        places: list[Data] = []
        if in_room or not on_stream:
            places.append(self._venue())
        if on_stream:
            places.append({"@type": "VirtualLocation", "url": self._url})
        word = "Mixed" if len(places) > 1 else "Online" if on_stream else "Offline"
        return {
            "eventAttendanceMode": f"{CONTEXT}/{word}EventAttendanceMode",
            "location": places if len(places) > 1 else places[0],
        }

    def _venue(self) -> Data:
        edition = self._edition
        address: Data = {"@type": "PostalAddress"}
        if edition.venue_address:
            address["streetAddress"] = edition.venue_address
        address["addressLocality"] = edition.venue_city or edition.venue_name or edition.conference.name
        return {"@type": "Place", "name": edition.venue_name or edition.conference.name, "address": address}

    def _organizer(self, conference: Conference) -> Data:
        return {"@type": "Organization", "name": conference.organiser, "url": f"{self._site}/{conference.slug}/"}

    def _offer(self, availability: str, opens_at: datetime | None) -> Data:
        offer: Data = {
            "@type": "Offer",
            "price": 0,
            "priceCurrency": CURRENCY,
            "availability": f"{CONTEXT}/{availability}",
            "url": f"{self._url}register",
        }
        if opens_at is not None:
            offer["validFrom"] = opens_at.astimezone(self._edition.zone).isoformat()
        return offer

    def _session(self, row: SessionRow) -> Data:
        found = self._frame(self._title(row.title), row.starts_at, row.ends_at, streamed=row.streamed)
        return found | {"url": f"{self._url}programme"}

    def _talk(self, row: SessionRow, talk: TalkRow) -> Data:
        found = self._frame(self._title(talk.title), talk.starts_at, talk.ends_at, streamed=row.streamed)
        found["url"] = f"{self._url}talks/{talk.slug}"
        if talk.speakers:
            found["performer"] = [self._person(person) for person in talk.speakers]
        return found

    def _person(self, person: PersonLine) -> Data:
        found: Data = {"@type": "Person", "name": person.name, "url": f"{self._url}speakers/{person.slug}"}
        if person.affiliation:
            found["affiliation"] = {"@type": "Organization", "name": person.affiliation}
        return found
