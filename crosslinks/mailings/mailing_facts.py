"""The values of the placeholders in a mailing: of the edition for everybody, of the person for who is registered."""

from __future__ import annotations

from crosslinks.editions.frames import edition_url
from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import pick
from crosslinks.kernel.tokens import show_reference
from crosslinks.mail.rendering import absolute
from crosslinks.mail.rules import Fact
from crosslinks.registration.links import MASKED, place_path, place_token
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from crosslinks.registration.words import place_words
from crosslinks.web.formats import format_clock, format_day, format_weekday


def edition_facts(edition: Edition, language: str) -> dict[str, Fact]:
    """Return what placeholders say of an edition; call it while ``language`` is spoken."""
    zone = edition.zone
    venue = ", ".join(part for part in (edition.venue_name, edition.venue_address, edition.venue_city) if part)
    return {
        "edition": edition.title,
        "theme": pick(edition.theme, language, edition.languages),
        "day": format_day(edition.starts_at, zone, language),
        "weekday": format_weekday(edition.starts_at, zone, language),
        "time": format_clock(edition.starts_at, zone, language),
        "doors": format_clock(edition.doors_at, zone, language) if edition.doors_at else "",
        "venue": venue,
        "city": edition.venue_city,
        "organiser": edition.conference.organiser,
        "contact": edition.conference.contact_email,
        "edition_url": absolute(edition_url(edition)),
        "programme_url": absolute(edition_url(edition, "programme")),
        "register_url": absolute(edition_url(edition, "register")),
    }


def person_facts(registration: Registration, *, masked: bool) -> dict[str, Fact]:
    """Return what placeholders say of a person; ``masked`` hides what would open the registration."""
    token = MASKED if masked else place_token(registration)
    held = registration.place if registration.place is not Place.NONE else registration.wants
    return {
        "given_name": registration.given_name,
        "family_name": registration.family_name,
        "name": registration.name,
        "reference": show_reference(registration.reference),
        "mode": registration.place.value,
        "place": place_words()[held],
        "manage_url": absolute(place_path(token)),
        "cancel_url": absolute(place_path(token, "cancel")),
        "digital_url": absolute(f"{place_path(token, 'switch')}?to=digital"),
        "live_url": absolute(place_path(token, "live")),
        "feedback_url": absolute(place_path(token, "feedback")),
    }
