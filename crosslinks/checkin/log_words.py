"""The scan log in words."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.checkin.rules import ADMITTING, ConflictKind, Outcome

_ASKING = {Outcome.ALREADY_IN, Outcome.DIGITAL, Outcome.WAITING, Outcome.NOT_STARTED}


def outcome_words(outcome: str) -> str:
    """Return an answer as organizers read it."""
    return {
        Outcome.ADMITTED: _("Was let in"),
        Outcome.ADMITTED_UNVERIFIED: _("Was let in, not in the list"),
        Outcome.ALREADY_IN: _("Already in"),
        Outcome.DIGITAL: _("Digital"),
        Outcome.WAITING: _("Waiting list"),
        Outcome.NOT_STARTED: _("Not open yet"),
        Outcome.CANCELLED: _("Cancelled"),
        Outcome.REPLACED: _("Replaced ticket"),
        Outcome.UNKNOWN: _("Unknown ticket"),
        Outcome.BAD_SIGNATURE: _("Not a genuine ticket"),
        Outcome.OTHER_EDITION: _("Ticket for another edition"),
        Outcome.LEFT: _("Has left"),
        Outcome.UNDONE: _("Taken back"),
    }[Outcome(outcome)]


def outcome_kind(outcome: str) -> tuple[str, str]:
    """Return the kind of status of an answer and its icon."""
    found = Outcome(outcome)
    if found in ADMITTING:
        return "ok", "check"
    if found in _ASKING:
        return "warn", "clock"
    if found in {Outcome.LEFT, Outcome.UNDONE}:
        return "plain", "clock-counter-clockwise"
    return "bad", "x"


def conflict_words(conflict: str) -> str:
    """Return why somebody should look at a scan."""
    return {
        ConflictKind.MALFORMED: _("The phone sent something that cannot be read"),
        ConflictKind.ID_TAKEN: _("Its number belongs to a scan of another edition"),
        ConflictKind.UNKNOWN_PERSON: _("Nobody has this ticket or reference"),
        ConflictKind.BAD_SIGNATURE: _("The ticket was changed, or made by somebody else"),
        ConflictKind.OTHER_EDITION: _("The ticket belongs to another edition"),
        ConflictKind.LET_IN_AGAINST_LIST: _("Let in without connection, against the list"),
        ConflictKind.LET_IN_TWICE: _("Let in without connection at two doors"),
        ConflictKind.REFUSED_AGAINST_LIST: _("Refused without connection, against the list"),
        ConflictKind.OVERRIDE_ON_LANE: _("A lane tried to let in against the answer"),
        ConflictKind.UNDO_OF_ANOTHER: _("Took back a scan of somebody else"),
        ConflictKind.UNDO_WITHOUT_TARGET: _("Took back a scan that never arrived"),
        ConflictKind.AFTER_EXPIRY: _("Scanned after the phone’s time was over"),
    }[ConflictKind(conflict)]
