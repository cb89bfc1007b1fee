"""Imports and invitations in words: fields, what is wrong with a row, kinds and states."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from crosslinks.invitations.answer_columns import importable
from crosslinks.invitations.inviting import Sent
from crosslinks.invitations.models import ImportRefusal
from crosslinks.invitations.rules import Field, InvitationKind, InvitationState, WhenKnown
from crosslinks.invitations.stage import Given
from crosslinks.questions.rules import Form
from crosslinks.questions.rules import Kind as QuestionKind
from crosslinks.questions.rules import Problem as AnswerProblem
from crosslinks.questions.words import problem_words as answer_problem_words
from crosslinks.registration.bulk import WhenFull
from crosslinks.registration.rules import Place
from crosslinks.registration.words import place_words
from crosslinks.web.pages import texts
from crosslinks.web.spreadsheets import column_letter


def field_words() -> dict[Field, str]:
    """Return what a column may hold, in the order that people think of it."""
    return {
        Field.NAME: _("Whole name"),
        Field.GIVEN_NAME: _("Given name"),
        Field.FAMILY_NAME: _("Family name"),
        Field.EMAIL: _("E-mail address"),
        Field.ORGANISATION: _("Workplace or place of study"),
        Field.MODE: _("Takes part"),
        Field.ROLE: _("Role on the badge"),
        Field.PROFESSION: _("Profession"),
        Field.LANGUAGE: _("Language"),
        Field.ASSISTANCE: _("Needs assistance"),
        Field.NOTE: _("Note"),
    }


def known_words() -> dict[WhenKnown, str]:
    """Return what can be done with addresses that are registered already."""
    return {
        WhenKnown.REPORT: _("Leave them as they are, and list them in the report"),
        WhenKnown.SKIP: _("Leave them as they are, and only count them"),
    }


def full_words() -> dict[WhenFull, str]:
    """Return what becomes of those whom no place is left for."""
    return {
        WhenFull.WAIT: _("They go to the end of the waiting list"),
        WhenFull.REFUSE: _("They are not registered, and stand in the report"),
        WhenFull.OVERRIDE: _("They get a place all the same"),
    }


def problem_words(code: str, fact: str) -> str:
    """Return what is wrong with a cell, and what would be right."""
    if code.startswith("answer_"):
        return answer_problem_words(AnswerProblem(code.removeprefix("answer_")), QuestionKind(fact))
    if code == "full":
        return _("No place is left: %(mode)s", mode=place_words()[Place(fact)])
    return {
        "character": _("There is a character in it that cannot be kept."),
        "too_long": _("At most %(most)s characters.", most=fact),
        "formula": _("This is a formula. Copy the column and paste it as values."),
        "name_missing": _("The name is missing."),
        "email_unusable": _("No mail can be sent to this address. Look for a slip."),
        "twice": _("The same address stands in row %(row)s.", row=fact),
        "known": _("This address is registered already. Nothing was changed."),
        "mode_missing": _("It does not say how this person takes part."),
        "mode_unknown": _("Write “in the room” or “stream”."),
        "mode_not_offered": _("This edition does not offer that way to take part."),
        "role_unknown": _("Write participant, speaker, moderator, organizer, sponsor or press."),
        "profession_unknown": _("Write “health professional” or “other”."),
        "language_unknown": _("Write “English” or “Norwegian”."),
        "assistance_unknown": _("Write yes or no."),
    }.get(code, code)


def question_words(form: Form) -> dict[str, str]:
    """Return the questions that a column may answer, by the name of their field."""
    return {one.name: texts(one.label) for one in importable(form)}


def column_words(refusal: ImportRefusal, questions: Mapping[str, str]) -> str:
    """Return which column is meant, such as "E-mail address (column C)"; ``questions`` are of ``question_words``."""
    known = field_words()
    name = known[Field(refusal.field)] if refusal.field in set(Field) else questions.get(refusal.field, "")
    if refusal.column is None:
        return name
    letter = _("column %(letter)s", letter=column_letter(refusal.column))
    return f"{name} ({letter})" if name else letter


def kind_words() -> dict[InvitationKind, str]:
    """Return why people are invited."""
    return {
        InvitationKind.GUEST: _("Guest"),
        InvitationKind.SPEAKER: _("Speaker"),
        InvitationKind.SPONSOR_GUEST: _("Guest of a sponsor"),
        InvitationKind.PRESS: _("Press"),
    }


def state_words() -> dict[InvitationState, str]:
    """Return where invitations stand."""
    return {
        InvitationState.SENT: _("No answer yet"),
        InvitationState.ACCEPTED: _("Accepted"),
        InvitationState.DECLINED: _("Declined"),
        InvitationState.EXPIRED: _("Ran out"),
        InvitationState.WITHDRAWN: _("Withdrawn"),
    }


def invited_as(kind: InvitationKind, title: str) -> str:
    """Return the sentence that invites."""
    return {
        InvitationKind.GUEST: _("You are invited to %(title)s", title=title),
        InvitationKind.SPEAKER: _("You are invited to %(title)s as a speaker", title=title),
        InvitationKind.SPONSOR_GUEST: _("You are invited to %(title)s as a guest of a sponsor", title=title),
        InvitationKind.PRESS: _("You are invited to %(title)s as press", title=title),
    }[kind]


def sent_words() -> dict[Sent, str]:
    """Return why somebody was not invited."""
    return {
        Sent.SENT: _("Invited"),
        Sent.INVITED: _("Has an invitation that is open"),
        Sent.REGISTERED: _("Is registered already"),
        Sent.FULL: _("No place was left to keep"),
    }


def given_words() -> dict[Given, str]:
    """Return what became of people on stage."""
    return {
        Given.PLACE: _("Got a place"),
        Given.ROLE: _("Was registered, and got the role on the badge"),
        Given.HAD: _("Had both already"),
        Given.CANCELLED: _("Has cancelled, and was left alone"),
        Given.SHARED_ADDRESS: _("Shares an address with somebody else. Correct it under People"),
        Given.UNUSABLE_ADDRESS: _("No mail can be sent to the address. Correct it under People"),
    }
