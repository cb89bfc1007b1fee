"""Answers to the edition's questions, changed later: by the person, or by an organizer for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts, pick
from crosslinks.kernel.db import db
from crosslinks.questions.answers import change_answers as keep_answers
from crosslinks.questions.fields import Blocks, list_fields, show_fields
from crosslinks.questions.queries import form_at, list_answers
from crosslinks.questions.rules import Checked, Facts, Form
from crosslinks.questions.sending import as_typed
from crosslinks.questions.words import answer_words
from crosslinks.registration.models import Registration
from crosslinks.registration.notices import note
from crosslinks.registration.rules import Place
from crosslinks.registration.steps import open_registration, refuse_cancelled


def change_answers(*, actor: Actor, now: datetime, registration_id: int, answers: Checked) -> bool:
    """Let somebody's answers be these; return whether any changed. Nobody is mailed.

    The log keeps which questions it was about, never what was answered. Raises ``Conflict`` after cancelling.
    """
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    changed = set(keep_answers(registration_id=registration_id, answers=answers, now=now))
    if not changed:
        return False
    names = [pick(one.label, registration.language) for one in answers.form if one.id in changed]
    note(book.edition, registration_id, "answers_changed", actor=actor, now=now, after={"questions": names})
    db.session.flush()
    return True


def facts_of(registration: Registration) -> Facts:
    """Return what the questions put to somebody depend on; who waits for the room is asked what the room is asked."""
    onsite = Place.ONSITE in {registration.place, registration.wants}
    mode = Mode.ONSITE if onsite else Mode.DIGITAL
    return Facts(mode.value, registration.profession.value, registration.needs_assistance and onsite)


def form_for_organizers(edition: Edition) -> Form:
    """Return what an edition asks with nothing required: an organizer writes down what they know."""
    return tuple(replace(question, required=False) for question in form_at(edition.id, edition.form_rev))


def kept_blocks(registration: Registration, form: Form) -> Blocks:
    """Return the questions with what somebody answered so far."""
    rows = list_answers(registration.id)
    typed = {question.id: as_typed(answer.value) for question, answer in rows}
    agreed = frozenset(question.id for question, answer in rows if answer.consent_version == question.consent_version)
    return show_fields(list_fields(form, typed, agreed))


def answers_in_words(registration_id: int) -> list[tuple[Texts, str, datetime | None]]:
    """Return what somebody answered: question, answer in words, and when they agreed to its being kept."""
    return [
        (question.label, answer_words(question.as_asked(), answer.value), answer.consented_at)
        for question, answer in list_answers(registration_id)
    ]
