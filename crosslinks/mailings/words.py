"""What organizers call the kinds and states of messages."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.mail.rules import MailState


def kind_words(kind: str) -> str:
    """Return what a kind of message is called; an unknown one by its own name."""
    known = {
        "accounts.invitation": _("Invitation to organize"),
        "accounts.sign_in": _("Sign-in link"),
        "mailings.about": _("Mailing"),
        "mailings.news": _("News or an invitation"),
        "mailings.follow": _("Interest list"),
        "registration.confirmed": _("Confirmation"),
        "registration.promoted": _("A place was freed"),
        "registration.switched": _("Switched"),
        "registration.waiting": _("Waiting list"),
        "registration.cancelled": _("Cancelled"),
        "registration.already": _("Already registered"),
        "registration.moved": _("New address"),
        "registration.reminder": _("Reminder"),
    }
    return known.get(kind) or kind.rpartition(".")[2].replace("_", " ").capitalize()


def state_words(state: MailState) -> str:
    """Return what a state is called."""
    return {
        MailState.QUEUED: _("Waits"),
        MailState.SENT: _("Sent"),
        MailState.FAILED: _("Failed"),
        MailState.HELD: _("Held"),
        MailState.PAUSED: _("Paused"),
        MailState.WITHHELD: _("Not sent"),
    }[state]
