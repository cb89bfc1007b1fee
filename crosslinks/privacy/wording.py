"""What we have of a person, in words: the same as in the file, with names of fields and values as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crosslinks.accounts.log_fields import FIELDS
from crosslinks.accounts.log_words import CODED_FIELDS, VALUES, actor_words, deed_words, value_words
from crosslinks.privacy.rules import ErasureKind, ErasureReason
from crosslinks.registration.words import mail_words

SECTIONS = {
    "registration": _l("Your registration"),
    "questions": _l("Your answers"),
    "consents": _l("What you have agreed to"),
    "invitations": _l("Invitations"),
    "mail": _l("Messages to you"),
    "mailings": _l("Mailings to you"),
    "checkin": _l("At the door"),
    "live": _l("On the stream"),
    "feedback": _l("Feedback"),
    "documents": _l("Printed"),
    "accounts": _l("What happened"),
}
MORE_FIELDS = {
    "action": _l("What"),
    "after": _l("Afterwards"),
    "at": _l("When"),
    "badges": _l("Badges"),
    "before": _l("Before"),
    "by": _l("Who"),
    "came_in_at": _l("Came in"),
    "changed_at": _l("Changed"),
    "created_at": _l("Made"),
    "edition": _l("Edition"),
    "format": _l("Format"),
    "gate": _l("Gate"),
    "issued_at": _l("Issued"),
    "joined_at": _l("Joined the line"),
    "kind": _l("Kind"),
    "log": _l("Changes"),
    "messages": _l("Messages"),
    "outcome": _l("Answer"),
    "printed_at": _l("Printed"),
    "privacy_seen_at": _l("Read how data is used"),
    "privacy_version": _l("Version of that text"),
    "reference": _l("Reference"),
    "replaced_at": _l("Replaced"),
    "says": _l("It says"),
    "scans": _l("Scans"),
    "sent_at": _l("Sent"),
    "tickets": _l("Tickets"),
    "to": _l("To"),
    "zone": _l("Time zone"),
}
TABLES = {
    "address_change": _l("Changes of address"),
    "attendance": _l("Attendance"),
    "audit_entry": _l("Lines of the log"),
    "badge_print": _l("Printed badges"),
    "consent_entry": _l("Lines of consent"),
    "follower": _l("Addresses on the interest list"),
    "invitation": _l("Invitations"),
    "mail": _l("Messages"),
    "mailing_recipient": _l("Recipients of mailings"),
    "person_details": _l("What organizers keep"),
    "presence": _l("Times on the stream"),
    "question_answer": _l("Answers"),
    "registration": _l("Registrations"),
    "registration_group_member": _l("Members of groups"),
    "reservation": _l("Reserved places"),
    "scan": _l("Scans"),
    "stage_place": _l("Places in the programme"),
    "step_mail": _l("Scheduled messages"),
    "ticket": _l("Tickets"),
}


@dataclass(frozen=True)
class Told:
    """One thing that we have: what it is called, and its words or the things that it consists of."""

    label: str
    text: str = ""
    parts: tuple[Told, ...] = ()


def section_words(name: str) -> str:
    """Return the heading of a feature's part."""
    return str(SECTIONS.get(name) or _plain(name))


def table_words(name: str) -> str:
    """Return what the rows of a table are called in the proof of an erasure."""
    return str(TABLES.get(name) or _plain(name))


def kind_words(kind: ErasureKind) -> str:
    """Return what led to an erasure."""
    return {
        ErasureKind.RETENTION: _("The erase date, everybody"),
        ErasureKind.REQUEST: _("Erased themselves"),
        ErasureKind.ORGANIZER: _("Erased by an organizer"),
    }[kind]


def reason_words() -> dict[ErasureReason, str]:
    """Return the reasons that an organizer may choose from."""
    return {
        ErasureReason.ASKED: _("The person asked for it"),
        ErasureReason.TWICE: _("Registered twice"),
        ErasureReason.MISTAKE: _("Registered by mistake, or invented"),
        ErasureReason.OTHER: _("Another reason"),
    }


def tell(data: Mapping[str, Any], zone: ZoneInfo) -> tuple[Told, ...]:
    """Return plain data in words; what is empty is left out."""
    return tuple(
        told for key, value in data.items() if value not in (None, "", [], {}) for told in [_one(str(key), value, zone)]
    )


def _one(key: str, value: Any, zone: ZoneInfo) -> Told:
    if isinstance(value, Mapping):
        return Told(_label(key), parts=tell(value, zone))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Told(_label(key), parts=tuple(_item(key, number, item, zone) for number, item in enumerate(value, 1)))
    return Told(_label(key), _value(key, value, zone))


def _item(key: str, number: int, item: Any, zone: ZoneInfo) -> Told:
    if isinstance(item, Mapping):
        return Told(str(number), parts=tell(item, zone))
    return Told(str(number), _value(key, item, zone))


def _value(key: str, value: Any, zone: ZoneInfo) -> str:
    if key == "action":
        return deed_words(str(value)).capitalize()
    if key == "by":
        return actor_words(str(value))
    if key == "kind" and "." in str(value):
        return mail_words(str(value))
    if key in CODED_FIELDS and str(value) in VALUES:
        return str(VALUES[str(value)])
    return value_words(key, value, zone) or str(value)


def _label(key: str) -> str:
    return str(MORE_FIELDS.get(key) or FIELDS.get(key) or _plain(key))


def _plain(key: str) -> str:
    return key.replace("_", " ")[:1].upper() + key.replace("_", " ")[1:]
