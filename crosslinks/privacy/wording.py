"""What we have of a person, in words: the same as in the file, with names of fields and values as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crosslinks.accounts.log_fields import FIELDS
from crosslinks.accounts.log_words import CODED_FIELDS, VALUES, actor_words, deed_words, value_words
from crosslinks.checkin.log_words import outcome_words
from crosslinks.checkin.rules import Outcome, ScanKind
from crosslinks.mail.rules import MailState
from crosslinks.mailings.words import letter_words, state_words, variant_words
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
    "agreed_at": _l("Agreed"),
    "agreed_to": _l("What they agree to"),
    "agreed_version": _l("Version of that text"),
    "answer": _l("Answer"),
    "answered": _l("Answered"),
    "answered_at": _l("Answered"),
    "answers": _l("Answers"),
    "as": _l("As"),
    "at": _l("When"),
    "badges": _l("Badges"),
    "before": _l("Before"),
    "by": _l("Who"),
    "came_in_at": _l("Came in"),
    "changed_at": _l("Changed"),
    "contact": _l("Contact"),
    "created_at": _l("Made"),
    "days_left": _l("Days left"),
    "edition": _l("Edition"),
    "format": _l("Format"),
    "from": _l("From"),
    "gate": _l("Gate"),
    "given": _l("Agreed to"),
    "groups_registered": _l("Groups that you registered"),
    "invitations": _l("Invitations"),
    "issued_at": _l("Issued"),
    "joined_at": _l("Joined the line"),
    "kind": _l("Kind"),
    "log": _l("Changes"),
    "mailing": _l("Mailing"),
    "mailings": _l("Mailings"),
    "message": _l("Message"),
    "messages": _l("Messages"),
    "outcome": _l("Answer"),
    "printed_at": _l("Printed"),
    "privacy_seen_at": _l("Read how data is used"),
    "privacy_version": _l("Version of that text"),
    "purpose": _l("Purpose"),
    "question": _l("Question"),
    "reference": _l("Reference"),
    "registered_by": _l("Registered by"),
    "replaced_at": _l("Replaced"),
    "says": _l("It says"),
    "scans": _l("Scans"),
    "scheduled_letters": _l("Scheduled messages"),
    "sent_at": _l("Sent"),
    "sponsor": _l("Sponsor"),
    "stays": _l("Times on the stream"),
    "text": _l("Text"),
    "tickets": _l("Tickets"),
    "to": _l("To"),
    "value": _l("As it is stored"),
    "variant": _l("Variant"),
    "written_at": _l("Written"),
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
    "person_details": _l("What organisers keep"),
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


def kind_words(kind: ErasureKind, *, by_somebody: bool) -> str:
    """Return what led to an erasure; ``by_somebody`` tells the erase date from an organizer who did not wait for it."""
    if kind is ErasureKind.RETENTION and by_somebody:
        return _("Everybody, by an organizer")
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


def tell_section(data: Mapping[str, Any], zone: ZoneInfo) -> tuple[Told, ...]:
    """Return a feature's part in words; what it consists of alone needs no name of its own below the heading."""
    told = tell(data, zone)
    return told[0].parts if len(told) == 1 and told[0].parts else told


def tell(data: Mapping[str, Any], zone: ZoneInfo) -> tuple[Told, ...]:
    """Return plain data in words; what is empty is left out, and how an answer is stored where its words stand."""
    hidden = {"value"} if data.get("answer") else set()
    return tuple(
        _one(str(key), value, zone)
        for key, value in data.items()
        if key not in hidden and value not in (None, "", [], {})
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
    worded = _WORDED.get(key)
    words = worded(str(value)) if worded else ""
    if words:
        return words
    if (key in CODED_FIELDS or key == "purpose") and str(value) in VALUES:
        return str(VALUES[str(value)])
    return value_words(key, value, zone) or str(value)


def _kind(value: str) -> str:
    if value.startswith("mailings."):
        return letter_words(value)
    if "." in value:
        return mail_words(value)
    return {
        ScanKind.ENTER.value: _("Came in"),
        ScanKind.LEAVE.value: _("Left"),
        ScanKind.UNDO.value: _("Taken back"),
    }.get(value, "")


def _step(value: str) -> str:
    return letter_words(f"mailings.{value}")


def _state(value: str) -> str:
    return state_words(MailState(value)) if value in list(MailState) else ""


def _outcome(value: str) -> str:
    return outcome_words(value) if value in list(Outcome) else ""


def _deed(value: str) -> str:
    return deed_words(value).capitalize()


_WORDED: dict[str, Callable[[str], str]] = {
    "action": _deed,
    "by": actor_words,
    "kind": _kind,
    "outcome": _outcome,
    "state": _state,
    "step": _step,
    "variant": variant_words,
}
"""What says a field's values in words; nothing where it does not know one."""


def _label(key: str) -> str:
    return str(MORE_FIELDS.get(key) or FIELDS.get(key) or _plain(key))


def _plain(key: str) -> str:
    return key.replace("_", " ")[:1].upper() + key.replace("_", " ")[1:]
