"""What organizers' words in a letter may name about a person and an edition: plain values, never an object."""

from __future__ import annotations

from datetime import datetime

from crosslinks.editions.frames import edition_url
from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import pick
from crosslinks.kernel.tokens import show_reference
from crosslinks.mail.rendering import absolute
from crosslinks.mail.rules import Fact
from crosslinks.registration.links import place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from crosslinks.registration.words import place_words
from crosslinks.web.formats import format_clock, format_day, format_weekday


def letter_facts(registration: Registration, edition: Edition, language: str, token: str) -> dict[str, Fact]:
    """Return the values of the placeholders in a letter about ``registration``; call it while speaking ``language``.

    ``token`` is that of the personal link, or what takes its place when an organizer looks at the letter.
    """
    return {**person_facts(registration, token), **edition_facts(edition, language)}


def person_facts(registration: Registration, token: str) -> dict[str, Fact]:
    """Return the values that are about the person; the place is the one waited for while none is held."""
    held = registration.place if registration.place is not Place.NONE else registration.wants
    return {
        "given_name": registration.given_name,
        "family_name": registration.family_name,
        "name": registration.name,
        "reference": show_reference(registration.reference),
        "mode": registration.place.value,
        "place": place_words()[held],
        **link_facts(token),
    }


def edition_facts(edition: Edition, language: str) -> dict[str, Fact]:
    """Return the values that are about the edition; empty where it lacks something."""
    return {
        "edition": edition.title,
        "theme": pick(edition.theme, language, edition.languages),
        "day": format_day(edition.starts_at, edition.zone, language),
        "weekday": format_weekday(edition.starts_at, edition.zone, language),
        "time": format_clock(edition.starts_at, edition.zone, language),
        "doors": _clock(edition.doors_at, edition, language),
        "venue": venue_line(edition),
        "city": edition.venue_city,
        "organiser": edition.conference.organiser,
        "contact": edition.conference.contact_email,
        "edition_url": absolute(edition_url(edition)),
        "programme_url": absolute(edition_url(edition, "programme")),
        "register_url": absolute(edition_url(edition, "register")),
    }


def link_facts(token: str) -> dict[str, Fact]:
    """Return the personal links; opening one changes nothing, a page with a button asks first."""
    return {
        "manage_url": absolute(place_path(token)),
        "cancel_url": absolute(place_path(token, "cancel")),
        "digital_url": absolute(place_path(token, "switch?to=digital")),
        "live_url": absolute(place_path(token, "live")),
        "feedback_url": absolute(place_path(token, "feedback")),
    }


def venue_line(edition: Edition) -> str:
    """Return where the room is, in one line."""
    return ", ".join(part for part in (edition.venue_name, edition.venue_address, edition.venue_city) if part)


def _clock(moment: datetime | None, edition: Edition, language: str) -> str:
    return format_clock(moment, edition.zone, language) if moment else ""
