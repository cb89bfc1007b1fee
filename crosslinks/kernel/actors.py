"""Who acts, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Permission(StrEnum):
    """One thing that an account may do within a conference."""

    OVERVIEW = "overview"
    EDITION = "edition"
    PROGRAMME = "programme"
    SPONSORS = "sponsors"
    REGISTRATIONS = "registrations"
    MAIL = "mail"
    BADGES = "badges"
    DOOR = "door"
    AUDIT = "audit"
    ACCOUNTS = "accounts"


class Role(StrEnum):
    """What an account is within one conference."""

    OWNER = "owner"
    ORGANIZER = "organizer"
    PROGRAMME = "programme"
    DOOR_LEAD = "door_lead"


_ORGANIZER = frozenset(Permission) - {Permission.ACCOUNTS}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ORGANIZER: _ORGANIZER,
    Role.PROGRAMME: frozenset({Permission.OVERVIEW, Permission.PROGRAMME, Permission.SPONSORS}),
    Role.DOOR_LEAD: frozenset({Permission.OVERVIEW, Permission.DOOR, Permission.BADGES}),
}


class Principal(Protocol):
    """The signed-in account as ``web`` sees it; ``accounts`` provides it."""

    @property
    def actor(self) -> Actor: ...

    def may(self, permission: Permission, conference_id: int) -> bool:
        """Say whether this account holds ``permission`` in that conference."""

    def conference_ids(self) -> frozenset[int]:
        """Return the conferences in which this account has any role."""


@dataclass(frozen=True)
class Actor:
    """Who did it, for the audit log: a kind, an id within that kind, and a name to show."""

    kind: str
    id: str = ""
    label: str = ""

    @classmethod
    def system(cls, label: str = "") -> Actor:
        """Return the actor of what happens by itself."""
        return cls("system", "", label)

    @classmethod
    def visitor(cls) -> Actor:
        """Return the actor of an anonymous request."""
        return cls("visitor")

    @classmethod
    def account(cls, account_id: int, name: str) -> Actor:
        """Return the actor of a signed-in organizer."""
        return cls("account", str(account_id), name)

    @classmethod
    def registrant(cls, registration_id: int) -> Actor:
        """Return the actor of a person using their own link; the log keeps no name."""
        return cls("registrant", str(registration_id))

    @classmethod
    def speaker(cls, person_id: int) -> Actor:
        """Return the actor of a speaker or moderator using their own link; the log keeps no name."""
        return cls("speaker", str(person_id))

    @classmethod
    def device(cls, device_id: int, label: str) -> Actor:
        """Return the actor of a phone at the door."""
        return cls("device", str(device_id), label)

    @classmethod
    def command(cls) -> Actor:
        """Return the actor of somebody at the server's command line."""
        return cls("command", "", "command line")
