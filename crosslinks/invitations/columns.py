"""Which column is what: guessed from its head, in Norwegian and English, and how its cells are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from crosslinks.editions.rules import Mode
from crosslinks.invitations.rules import Field
from crosslinks.registration.rules import BadgeRole, Profession, search_key

T = TypeVar("T")

_HEADS: dict[Field, tuple[str, ...]] = {
    Field.NAME: ("name", "full name", "navn", "fullt navn", "deltaker", "participant", "deltakers navn"),
    Field.GIVEN_NAME: ("given name", "first name", "firstname", "fornavn", "forename"),
    Field.FAMILY_NAME: ("family name", "last name", "lastname", "surname", "etternavn", "slektsnavn"),
    Field.EMAIL: (
        "e-mail", "email", "mail", "e-post", "epost", "e-mail address", "email address", "e-postadresse",
        "epostadresse", "mailadresse",
    ),
    Field.ORGANISATION: (
        "organisation", "organization", "company", "workplace", "workplace or place of study", "employer",
        "affiliation", "institution", "organisasjon", "arbeidssted", "arbeidsplass", "arbeidsgiver", "firma",
        "bedrift", "virksomhet", "institusjon", "arbeids- eller studiested", "tilhorighet",
    ),
    Field.PROFESSION: (
        "profession", "health professional", "yrke", "helsepersonell", "profesjon", "are you a health professional",
        "er du helsepersonell",
    ),
    Field.LANGUAGE: ("language", "language of mails", "sprak", "sprak i e-post", "malform"),
    Field.ROLE: ("role", "role on the badge", "badge", "rolle", "rolle pa navneskiltet", "rolle pa skiltet"),
    Field.MODE: (
        "mode", "takes part", "how will you take part", "attendance", "place", "deltakelse", "deltar", "deltagelse",
        "oppmote", "fysisk/digitalt", "digitalt eller i salen", "deltar slik", "plass", "has a place", "har plass",
    ),
    Field.ASSISTANCE: (
        "assistance", "needs assistance", "accessibility", "assistanse", "trenger assistanse", "trenger hjelp",
        "tilrettelegging", "trenger tilrettelegging",
    ),
    Field.NOTE: ("note", "notes", "comment", "comments", "merknad", "notat", "kommentar", "merknader"),
}  # fmt: skip
_BY_HEAD = {head: field for field, heads in _HEADS.items() for head in heads}


def guess_columns(heads: Sequence[str]) -> dict[int, Field]:
    """Return the columns whose head says what they hold, each field once: by the whole head, then by its start."""
    found: dict[int, Field] = {}
    plain = [search_key(head).strip(" :?*.") for head in heads]
    for number, head in enumerate(plain):
        field = _BY_HEAD.get(head)
        if field is not None and field not in found.values():
            found[number] = field
    for number, head in enumerate(plain):
        if number in found:
            continue
        field = next((field for name, field in _BY_HEAD.items() if len(name) > 3 and head.startswith(f"{name} ")), None)
        if field is not None and field not in found.values():
            found[number] = field
    if {Field.GIVEN_NAME, Field.FAMILY_NAME} & set(found.values()):
        found = {number: field for number, field in found.items() if field is not Field.NAME}
    return found


_MODES: dict[Mode, tuple[str, ...]] = {
    Mode.ONSITE: (
        "onsite", "on-site", "on site", "in the room", "room", "in person", "physical", "i salen", "sal", "salen",
        "fysisk", "pa stedet", "oppmote",
    ),
    Mode.DIGITAL: (
        "digital", "digitalt", "stream", "on the stream", "online", "strom", "pa strom", "strommen", "pa strommen",
        "stromming", "webinar", "nett", "pa nett", "virtual", "hjemmefra",
    ),
}  # fmt: skip
_PROFESSIONS: dict[Profession, tuple[str, ...]] = {
    Profession.HEALTH: (
        "health", "health professional", "helsepersonell", "helse", "yes", "ja", "doctor", "physician", "nurse", "lege",
        "sykepleier", "x", "1", "true", "j", "y",
    ),
    Profession.OTHER: ("other", "other profession", "annet", "annet yrke", "andre", "no", "nei", "0", "false", "n"),
}  # fmt: skip
_ROLES: dict[BadgeRole, tuple[str, ...]] = {
    BadgeRole.PARTICIPANT: ("participant", "deltaker", "deltager", "guest", "gjest"),
    BadgeRole.SPEAKER: ("speaker", "foredragsholder", "taler", "innleder"),
    BadgeRole.MODERATOR: ("moderator", "chair", "moteleder", "ordstyrer", "chairperson"),
    BadgeRole.ORGANIZER: ("organizer", "organiser", "arrangor", "crew", "stab", "staff"),
    BadgeRole.SPONSOR: ("sponsor",),
    BadgeRole.PRESS: ("press", "presse", "media", "journalist"),
}
_LANGUAGES = {
    "nb": ("nb", "no", "nn", "norsk", "norwegian", "bokmal", "norsk bokmal"),
    "en": ("en", "english", "engelsk", "eng"),
}
_ANSWERS = {
    True: ("yes", "ja", "x", "1", "true", "sann", "y", "j"),
    False: ("no", "nei", "0", "false", "usann", "n", "-"),
}


def _by_word(words: Mapping[T, Sequence[str]]) -> dict[str, T]:
    return {word: value for value, known in words.items() for word in known}


MODES = _by_word(_MODES)
PROFESSIONS = _by_word(_PROFESSIONS)
ROLES = _by_word(_ROLES)
LANGUAGE_WORDS = _by_word(_LANGUAGES)
ANSWERS = _by_word(_ANSWERS)


def word_of(text: str) -> str:
    """Return a cell as the words of this module are written."""
    return search_key(text).strip(" .")
