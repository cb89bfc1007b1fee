"""The audit log in words: who, what, and each field before and after. Words only; no feature is imported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crosslinks.accounts.log import name_of
from crosslinks.accounts.log_fields import FIELDS
from crosslinks.accounts.models import AuditEntry
from crosslinks.web.formats import format_clock, format_day
from crosslinks.web.languages import LANGUAGES

LONGEST_VALUE = 240
UNSAID_FIELDS = frozenset({"version"})
"""What the log keeps for machines alone."""
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")

KINDS = {
    "account": _l("Account"),
    "badge_print": _l("Badges"),
    "conference": _l("Conference"),
    "device": _l("Phone at the door"),
    "door_link": _l("Door link"),
    "edition": _l("Edition"),
    "feedback": _l("Feedback"),
    "gate": _l("Gate"),
    "grant": _l("Access"),
    "group": _l("Group"),
    "import": _l("Import"),
    "invitation": _l("Invitation"),
    "job": _l("Task"),
    "follower": _l("Interest list"),
    "letter_template": _l("Words of a letter"),
    "mail": _l("Mail"),
    "mailing": _l("Mailing"),
    "person": _l("Person"),
    "registration": _l("Registration"),
    "reservation": _l("Reserved place"),
    "picture": _l("Picture"),
    "print": _l("Badges"),
    "programme": _l("Programme"),
    "question": _l("Question"),
    "release_letter": _l("Letter about a release"),
    "room": _l("Room"),
    "scan": _l("Scan"),
    "schedule": _l("Scheduled letter"),
    "session": _l("Session"),
    "sponsor": _l("Sponsor"),
    "story": _l("Story"),
    "stream": _l("The stream"),
    "talk": _l("Talk"),
    "ticket": _l("Ticket"),
    "tier": _l("Sponsor tier"),
}

DEEDS = {
    "agreed": _l("accepted"),
    "accepted": _l("offer accepted"),
    "answers_changed": _l("answers changed"),
    "answers_erased": _l("answers erased"),
    "address_asked": _l("another address asked for"),
    "address_kept": _l("address kept"),
    "approved": _l("approved"),
    "assistance_changed": _l("assistance changed"),
    "asked": _l("asked for"),
    "cancelled": _l("cancelled"),
    "capacity_changed": _l("capacity changed"),
    "changed": _l("changed"),
    "changes_seen": _l("changes noted as seen"),
    "consent_given": _l("consent given"),
    "consent_withdrawn": _l("consent withdrawn"),
    "consents_changed": _l("consents changed"),
    "cloned": _l("made from another edition"),
    "confirmed": _l("confirmed"),
    "contacts_exported": _l("contacts handed out"),
    "created": _l("added"),
    "declined": _l("offer declined"),
    "redone": _l("done again"),
    "refused": _l("declined"),
    "deleted": _l("deleted"),
    "details_changed": _l("details changed"),
    "disabled": _l("closed"),
    "discarded": _l("discarded"),
    "email_changed": _l("address changed"),
    "enabled": _l("opened again"),
    "enrolled": _l("connected"),
    "exported": _l("exported"),
    "facts_changed": _l("corrected"),
    "form_changed": _l("form changed"),
    "given": _l("given"),
    "imported": _l("imported"),
    "invited": _l("link sent"),
    "lapsed": _l("lapsed"),
    "left": _l("left the line"),
    "link_revealed": _l("link revealed"),
    "link_sent": _l("link sent again"),
    "made": _l("made"),
    "merged": _l("made one of two"),
    "mail_resent": _l("mail sent again"),
    "moved": _l("moved"),
    "moved_in_line": _l("moved in the line"),
    "offered": _l("place offered"),
    "override": _l("let in by exception"),
    "password_set": _l("password set"),
    "people_erased": _l("participants erased on the erase date"),
    "everybody_erased": _l("all participants erased at once"),
    "person_erased": _l("a participant erased"),
    "print": _l("printed"),
    "recording_linked": _l("recording linked"),
    "recording_answered": _l("answered about the recording"),
    "paused": _l("paused"),
    "place_given": _l("place given out of turn"),
    "published": _l("published"),
    "promoted": _l("moved up from the waiting list"),
    "registered": _l("registered"),
    "reminded": _l("reminded"),
    "reconfirmation_changed": _l("asking whether people come changed"),
    "removed": _l("removed"),
    "renamed": _l("renamed"),
    "reordered": _l("put in order"),
    "reservation_used": _l("reserved place used"),
    "repeated": _l("sent once more"),
    "replaced": _l("replaced"),
    "reset": _l("set back to standard"),
    "resent": _l("sent again"),
    "resumed": _l("went on"),
    "restored": _l("brought back"),
    "retired": _l("retired"),
    "returned": _l("registered again"),
    "revoked": _l("revoked"),
    "role_changed": _l("role changed"),
    "sent": _l("sent"),
    "signed_in": _l("signed in"),
    "signed_out": _l("signed out"),
    "signed_out_everywhere": _l("signed out everywhere"),
    "slides_shown": _l("slides shown"),
    "slides_hidden": _l("slides hidden"),
    "slides_deleted": _l("slides deleted"),
    "slides_changed": _l("slides marked"),
    "slides_added": _l("slides uploaded"),
    "started": _l("started"),
    "stopped": _l("stopped"),
    "switched": _l("switched"),
    "tested": _l("tested"),
    "ticket_reissued": _l("ticket replaced"),
    "undone": _l("undone"),
    "uploaded": _l("uploaded"),
}

ACTORS = {
    "account": _l("Organizer"),
    "command": _l("Command line"),
    "device": _l("Phone at the door"),
    "registrant": _l("The participant"),
    "speaker": _l("The speaker"),
    "system": _l("By itself"),
    "visitor": _l("A visitor"),
}

VALUES = {
    "api": _l("The API"),
    "archived": _l("Archived"),
    "confirmed": _l("Comes"),
    "declined": _l("Does not come"),
    "demo": _l("Invented for the demonstration"),
    "digital": _l("On the stream"),
    "door": _l("At the door"),
    "door_lead": _l("Door lead"),
    "draft": _l("Draft"),
    "form": _l("The form"),
    "health": _l("Health professional"),
    "invited": _l("Not answered"),
    "moderator": _l("Moderator"),
    "next_edition": _l("The next edition"),
    "none": _l("No place"),
    "onsite": _l("In the room"),
    "organizer": _l("Organizer"),
    "other": _l("Other"),
    "owner": _l("Owner"),
    "participant": _l("Participant"),
    "participant_list": _l("List of participants"),
    "photo": _l("Photographs"),
    "press": _l("Press"),
    "programme": _l("Programme"),
    "published": _l("Published"),
    "speaker": _l("Speaker"),
    "sponsor": _l("Sponsor"),
}
CODED_FIELDS = frozenset(
    {"state", "place", "wants", "mode", "role", "badge_role", "profession", "source", "consent", "coming"}
)


@dataclass(frozen=True)
class Change:
    """One field: its name in words, what it was and what it is; empty where there was or is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class LogLine:
    """One entry of the log, ready to be read."""

    at: datetime
    who: str
    what: str
    name: str
    changes: tuple[Change, ...]


def _plain(key: str) -> str:
    return key.replace("_", " ").capitalize()


def kind_words(kind: str) -> str:
    """Return what a kind of object is called."""
    return str(KINDS.get(kind) or _plain(kind))


def deed_words(action: str) -> str:
    """Return what was done, such as "changed"."""
    deed = action.rpartition(".")[2]
    return str(DEEDS.get(deed) or deed.replace("_", " "))


def actor_words(kind: str, label: str = "") -> str:
    """Return who did it: a name where one is known, else what kind of somebody it was."""
    return label if label and kind in {"account", "device"} else str(ACTORS.get(kind) or _plain(kind))


def kinds_called(text: str) -> list[str]:
    """Return the kinds of objects whose name, in the reader's language, holds ``text``."""
    return [kind for kind, words in KINDS.items() if text.casefold() in str(words).casefold()]


def deeds_called(text: str) -> list[str]:
    """Return the deeds whose name, in the reader's language, holds ``text``."""
    return [deed for deed, words in DEEDS.items() if text.casefold() in str(words).casefold()]


def value_words(field: str, value: Any, zone: ZoneInfo) -> str:
    """Return a logged value as people write it: days and times in ``zone``, yes and no, texts by language."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        parts = (f"{LANGUAGES.get(key, key)}: {value_words(field, part, zone)}" for key, part in value.items() if part)
        return _cut("; ".join(parts))
    if isinstance(value, (list, tuple)):
        return _cut(", ".join(value_words(field, part, zone) for part in value))
    return _text_words(field, str(value), zone)


def _text_words(field: str, text: str, zone: ZoneInfo) -> str:
    if field in {"language", "languages"}:
        return LANGUAGES.get(text, text)
    if field in CODED_FIELDS and text in VALUES:
        return str(VALUES[text])
    return _cut(_moment_words(text, zone))


def _moment_words(text: str, zone: ZoneInfo) -> str:
    try:
        if _MOMENT.match(text):
            moment = datetime.fromisoformat(text)
            return f"{format_day(moment, zone)}, {format_clock(moment, zone)}"
        if _DAY.match(text):
            return format_day(date.fromisoformat(text))
    except ValueError:
        return text
    return text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1].rstrip() + "…"


def field_words(field: str) -> str:
    """Return what a field is called; one of several of a kind, as ``onsite.capacity``, says which."""
    which, dot, name = field.rpartition(".")
    words = str(FIELDS.get(name) or _plain(name))
    return f"{VALUES.get(which, which)}: {words[:1].lower()}{words[1:]}" if dot else words


def changes_in_words(entry: AuditEntry, zone: ZoneInfo) -> tuple[Change, ...]:
    """Return the fields that an entry changed; those without a value before and after are left out."""
    fields = [*entry.before, *(field for field in entry.after if field not in entry.before)]
    changes = (
        Change(
            field_words(field),
            value_words(field, entry.before.get(field), zone),
            value_words(field, entry.after.get(field), zone),
        )
        for field in fields
        if field not in UNSAID_FIELDS
    )
    return tuple(change for change in changes if change.before or change.after)


def in_words(entry: AuditEntry, labels: Mapping[tuple[str, int], str], zone: ZoneInfo) -> LogLine:
    """Return an entry as people read it; ``labels`` name the objects that it does not name itself."""
    return LogLine(
        at=entry.at,
        who=actor_words(entry.actor_kind, entry.actor_label),
        what=f"{kind_words(entry.object_kind)}: {deed_words(entry.action)}",
        name=labels.get((entry.object_kind, entry.object_id)) or name_of(entry),
        changes=changes_in_words(entry, zone),
    )
