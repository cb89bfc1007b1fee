"""The placeholders that organizers may write, for each kind of letter: name, meaning and an example.

``registration/letter_facts.py`` gives their values; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from crosslinks.mail.rules import Fact

PERSON = ("given_name", "family_name", "name", "reference", "mode")
EDITION = ("edition", "theme", "day", "weekday", "time", "doors", "place", "venue", "city", "organiser", "contact")
PAGES = ("edition_url", "programme_url", "register_url")
OWN_LINKS = ("manage_url", "cancel_url", "digital_url", "live_url", "feedback_url")
BASE = PERSON + EDITION + PAGES + OWN_LINKS
MORE: dict[str, tuple[str, ...]] = {
    "registration.waiting": ("position",),
    "registration.offered": ("deadline",),
}
"""What only one kind of letter has, beside what all have."""
ONLY: dict[str, tuple[str, ...]] = {
    "mailings.news": (*(name for name in EDITION if name != "place"), *PAGES),
}
"""All that a kind has which also goes to people who are not registered: we know no name of theirs."""


@dataclass(frozen=True)
class Placeholder:
    """One name that may be written as ``{{ name }}``; links may stand only whole."""

    name: str
    meaning: str
    sample: Fact

    @property
    def is_link(self) -> bool:
        """Whether it is an address that somebody can open."""
        return is_link(self.name)

    @property
    def written(self) -> str:
        """The placeholder as it is typed."""
        return "{{ " + self.name + " }}"


def is_link(name: str) -> bool:
    """Say whether a placeholder is an address that somebody can open."""
    return name.endswith("_url")


def names_of(kind: str) -> tuple[str, ...]:
    """Return the names of the placeholders that a kind of letter knows."""
    return ONLY.get(kind) or BASE + MORE.get(kind, ())


def placeholders_of(kind: str) -> tuple[Placeholder, ...]:
    """Return the placeholders of a kind of letter, with words in the reader's language."""
    meanings, samples = _meanings(), sample_facts()
    return tuple(Placeholder(name, meanings[name], samples[name]) for name in names_of(kind))


def _meanings() -> dict[str, str]:
    return {
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "name": _("Given name and family name"),
        "reference": _("The reference on the ticket"),
        "mode": _("How they take part; only for conditions: onsite, digital or none"),
        "edition": _("The edition’s short name"),
        "theme": _("The theme"),
        "day": _("The day"),
        "weekday": _("The day with its weekday"),
        "time": _("When the programme starts"),
        "doors": _("When the doors open"),
        "place": _("In the room, or digitally"),
        "venue": _("The venue with its address"),
        "city": _("The town"),
        "organiser": _("Who holds the conference"),
        "contact": _("Your contact address"),
        "edition_url": _("Link: the conference’s page"),
        "programme_url": _("Link: the programme"),
        "register_url": _("Link: the registration form"),
        "manage_url": _("Personal link: their place"),
        "cancel_url": _("Personal link: I can’t come"),
        "digital_url": _("Personal link: I’ll follow digitally"),
        "live_url": _("Personal link: the stream"),
        "feedback_url": _("Personal link: the feedback form"),
        "position": _("Their number in line"),
        "deadline": _("Until when the place is held for them"),
    }


def sample_facts() -> dict[str, Fact]:
    """Return an invented value of every placeholder, in the reader's language where it is words."""
    own = "https://example.org/r/EXAMPLE"
    return {
        "given_name": "Ingrid",
        "family_name": "Nordlie",
        "name": "Ingrid Nordlie",
        "reference": "K7QF-2M",
        "mode": "onsite",
        "edition": "Cancer Crosslinks 2024",
        "theme": _("Bridging innovations"),
        "day": _("25 January 2024"),
        "weekday": _("Thursday 25 January 2024"),
        "time": _("10:30"),
        "doors": _("09:45"),
        "place": _("In the room"),
        "venue": "Fjordbyen auditorium, Oslo",
        "city": "Oslo",
        "organiser": "Oslo Cancer Cluster",
        "contact": "post@example.org",
        "edition_url": "https://example.org/crosslinks/2024/",
        "programme_url": "https://example.org/crosslinks/2024/programme",
        "register_url": "https://example.org/crosslinks/2024/register",
        "manage_url": own,
        "cancel_url": f"{own}/cancel",
        "digital_url": f"{own}/switch?to=digital",
        "live_url": f"{own}/live",
        "feedback_url": f"{own}/feedback",
        "position": 22,
        "deadline": _("24 January 2024, 12:00"),
    }
