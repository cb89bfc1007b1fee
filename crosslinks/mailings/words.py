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
        "programme.changed": _("Changes in the programme"),
        "registration.confirmed": _("Confirmation"),
        "registration.promoted": _("A place was freed"),
        "registration.switched": _("Switched"),
        "registration.waiting": _("Waiting list"),
        "registration.cancelled": _("Cancelled"),
        "registration.already": _("Already registered"),
        "registration.moved": _("New address"),
        "registration.reminder": _("Reminder"),
        "mailings.reminder_first": _("First reminder"),
        "mailings.reminder_second": _("Second reminder"),
        "mailings.reminder_third": _("Third reminder"),
        "mailings.reminder_last": _("Reminder on the morning"),
        "mailings.join": _("The way to the stream"),
        "mailings.thanks": _("Thanks afterwards"),
        "mailings.test": _("Test"),
    }
    return known.get(kind) or kind.rpartition(".")[2].replace("_", " ").capitalize()


def letter_words(kind: str) -> str:
    """Return what a letter that can be worded is called."""
    return _("A place was switched") if kind == "registration.switched" else kind_words(kind)


def variant_words(variant: str) -> str:
    """Return which letter of its kind it is; nothing where there is one only."""
    return {
        "onsite": _("In the room"),
        "digital": _("On the stream"),
        "attended": _("To those who came"),
        "missed": _("To those who did not come"),
    }.get(variant, "")


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
