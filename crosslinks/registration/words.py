"""What organizers read of registrations: roles, sources, modes and states, in their language."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.registration.rules import BadgeRole, Place, Profession, Source
from crosslinks.web.languages import current_language


def role_words() -> dict[BadgeRole, str]:
    """Return what a badge says, by role."""
    return {
        BadgeRole.PARTICIPANT: _("Participant"),
        BadgeRole.SPEAKER: _("Speaker"),
        BadgeRole.MODERATOR: _("Moderator"),
        BadgeRole.ORGANIZER: _("Organizer"),
        BadgeRole.SPONSOR: _("Sponsor"),
        BadgeRole.PRESS: _("Press"),
    }


def profession_words() -> dict[Profession, str]:
    """Return the two professions that the law tells apart."""
    return {Profession.HEALTH: _("Health professional"), Profession.OTHER: _("Other profession")}


def source_words() -> dict[Source, str]:
    """Return how a registration came."""
    return {
        Source.FORM: _("The form"),
        Source.API: _("The API"),
        Source.ORGANIZER: _("Added by hand"),
        Source.DOOR: _("At the door"),
        Source.DEMO: _("Invented for the demonstration"),
    }


def place_words() -> dict[Place, str]:
    """Return the ways to take part; nothing for none."""
    return {Place.ONSITE: _("In the room"), Place.DIGITAL: _("Stream"), Place.NONE: ""}


def ordinal(number: int) -> str:
    """Return 3rd / 3., in the reader's language."""
    if current_language() == "nb":
        return f"{number}."
    teen = 10 <= number % 100 <= 20
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def mail_words(kind: str) -> str:
    """Return what a kind of message to a participant is called; an unknown one by its own name."""
    known = {
        "registration.confirmed": _("Confirmation"),
        "registration.promoted": _("A place was freed"),
        "registration.switched": _("Switched"),
        "registration.waiting": _("Waiting list"),
        "registration.cancelled": _("Cancelled"),
        "registration.already": _("Already registered"),
        "registration.address_confirm": _("New address, to be confirmed"),
        "registration.address_notice": _("Another address was asked for"),
        "registration.address_taken": _("Address has a place already"),
        "registration.lost": _("Link sent again"),
        "registration.reminder": _("Reminder"),
        "registration.offered": _("A place is offered"),
        "registration.offer_lapsed": _("The offer lapsed"),
        "registration.left": _("Left the line"),
        "registration.asked": _("Are you coming?"),
        "registration.warned": _("Warning that the place is given away"),
        "registration.released": _("The place is given away"),
    }
    return known.get(kind) or kind.rpartition(".")[2].replace("_", " ").capitalize()
