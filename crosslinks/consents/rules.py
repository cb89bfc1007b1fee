"""What people are asked to agree to, and how a wording is told from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FIELD_PREFIX = "consent_"
SPONSOR_PREFIX = "consent_sponsor_"
LARGEST_ID = 2**31 - 1


class Purpose(StrEnum):
    """What a consent is for; ``SPONSOR`` is one for each sponsor that asks."""

    PHOTO = "photo"
    PARTICIPANT_LIST = "participant_list"
    NEXT_EDITION = "next_edition"
    SPONSOR = "sponsor"


ASKED_BY_EDITION = (Purpose.PHOTO, Purpose.PARTICIPANT_LIST, Purpose.NEXT_EDITION)
"""What an edition may ask by itself, in the order of the form; sponsors come after."""

_FIELDS = {
    Purpose.PHOTO: "consent_photo",
    Purpose.PARTICIPANT_LIST: "consent_list",
    Purpose.NEXT_EDITION: "consent_next",
}


@dataclass(frozen=True)
class Topic:
    """One thing to agree to: a purpose, and whose for a sponsor's."""

    purpose: Purpose
    sponsor_id: int | None = None

    @property
    def field(self) -> str:
        """The name of its box in forms and in JSON, such as ``consent_photo`` or ``consent_sponsor_7``."""
        return _FIELDS.get(self.purpose) or f"{SPONSOR_PREFIX}{self.sponsor_id}"

    @property
    def key(self) -> str:
        """Its name beside its text's versions, such as ``photo`` or ``sponsor:7``."""
        return self.purpose.value if self.sponsor_id is None else f"{self.purpose.value}:{self.sponsor_id}"


def read_topic(field: str) -> Topic | None:
    """Return the topic whose box has that name, or None when no box can."""
    for purpose, name in _FIELDS.items():
        if field == name:
            return Topic(purpose)
    number = field.removeprefix(SPONSOR_PREFIX)
    if number == field or not number.isascii() or not number.isdigit() or len(number) > 10 or number[0] == "0":
        return None
    return Topic(Purpose.SPONSOR, int(number)) if int(number) <= LARGEST_ID else None


@dataclass(frozen=True)
class Wording:
    """A topic in the exact words that are asked now, by language; ``sponsor`` is the sponsor's name."""

    topic: Topic
    texts: Mapping[str, str]
    sponsor: str = ""

    @property
    def fingerprint(self) -> str:
        """What tells this version of the text from any other."""
        return fingerprint(self.texts)


def fingerprint(texts: Mapping[str, str]) -> str:
    """Return the SHA-256 of the texts in all languages, in hexadecimal: any other word is another version."""
    canonical = json.dumps(dict(texts), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
