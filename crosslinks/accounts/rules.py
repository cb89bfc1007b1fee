"""What an account link is for, how long a sign-in lasts, and which passwords are taken."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

SIGN_IN_LINK_LIFE = timedelta(minutes=30)
INVITATION_LIFE = timedelta(days=7)
SESSION_LIFE = timedelta(hours=12)
SESSION_RENEWED_AFTER = timedelta(minutes=5)
LONGEST_SESSION = timedelta(days=30)
FAILED_SIGN_INS_PER_HOUR = 10
LONGEST_EMAIL = 254
LONGEST_NAME = 200
LEAST_PASSWORD = 12
LONGEST_PASSWORD = 200
LEAST_DIFFERENT = 5
LEAST_NAME_PART = 4


@dataclass(frozen=True)
class Workplace:
    """What somebody is invited to work on, as the letter tells it; ``hue`` is the conference's accent."""

    conference_id: int
    edition_id: int
    conference_name: str
    hue: int


class LinkPurpose(StrEnum):
    """What a single-use account link allows."""

    SIGN_IN = "sign_in"
    SET_PASSWORD = "set_password"  # noqa: S105 - a purpose, not a password


class PasswordFlaw(StrEnum):
    """Why a password is not taken; the value is the error's code."""

    SHORT = "password.short"
    LONG = "password.long"
    SIMPLE = "password.simple"
    OWN_NAME = "password.own_name"


def link_life(purpose: LinkPurpose) -> timedelta:
    """Return how long a fresh link of ``purpose`` opens something."""
    return SIGN_IN_LINK_LIFE if purpose is LinkPurpose.SIGN_IN else INVITATION_LIFE


def normalise_email(address: str) -> str:
    """Return the form of an address under which its account is found: trimmed, composed, lower case."""
    return unicodedata.normalize("NFC", address).strip().casefold()


def find_password_flaw(password: str, email: str, name: str) -> PasswordFlaw | None:
    """Return why ``password`` is refused, or None.

    12 to 200 characters, five of them different, and more than one's address or name.
    """
    if len(password) < LEAST_PASSWORD:
        return PasswordFlaw.SHORT
    if len(password) > LONGEST_PASSWORD:
        return PasswordFlaw.LONG
    plain = password.casefold()
    if len(set(plain)) < LEAST_DIFFERENT:
        return PasswordFlaw.SIMPLE
    address = normalise_email(email)
    whole_name = " ".join(name.casefold().split())
    rest = plain
    for part in sorted((address, whole_name, *address.split("@"), *whole_name.split()), key=len, reverse=True):
        if len(part) >= LEAST_NAME_PART:
            rest = rest.replace(part, "")
    return PasswordFlaw.OWN_NAME if len(rest) < LEAST_PASSWORD // 2 else None
