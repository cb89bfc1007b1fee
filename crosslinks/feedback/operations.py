"""The form is changed by organizers, and answered once by each who had a place."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.feedback.models import FeedbackAnswer, FeedbackForm, FeedbackMark, FeedbackQuestion
from crosslinks.feedback.queries import (
    get_form,
    get_question,
    has_answered,
    has_answers,
    list_question_rows,
    mark_of,
)
from crosslinks.feedback.rules import MOST_OPTIONS, MOST_QUESTIONS, USUAL, FormState, Opening, QuestionKind
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Forbidden, Invalid
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place

LARGEST_ID = 2**53


def own_form(edition: Edition) -> FeedbackForm:
    """Return an edition's own form, made of the usual questions when it has none yet."""
    lock_form(edition.id)
    found = db.session.get(FeedbackForm, edition.id, populate_existing=True)
    if found is not None:
        return found
    usual = get_form(edition)
    found = FeedbackForm(edition_id=edition.id, is_on=True, opening=usual.opening, last_day=usual.last_day)
    db.session.add(found)
    db.session.add_all(
        FeedbackQuestion(
            edition_id=edition.id, key=one.key, position=place, kind=one.kind, label=dict(one.label),
            options=[dict(option) for option in one.options], mode=one.mode,
        )
        for place, one in enumerate(USUAL)
    )  # fmt: skip
    db.session.flush()
    return found


def lock_form(edition_id: int) -> None:
    """Let one at a time change an edition's form."""
    db.session.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))


def _log(actor: Actor, now: datetime, edition: Edition, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    log_write(actor, now, edition, "feedback.form_changed", edition.id, before, after)


def change_form(
    *, actor: Actor, now: datetime, edition: Edition, is_on: bool, opening: Opening, last_day: date
) -> None:
    """Set whether, from when and until which day (its end, in the edition's zone) the form takes answers."""
    form = own_form(edition)
    before = {"is_on": form.is_on, "opening": form.opening, "last_day": form.last_day}
    form.is_on, form.opening, form.last_day = is_on, opening, last_day
    db.session.flush()
    _log(actor, now, edition, before, {"is_on": is_on, "opening": opening, "last_day": last_day})


def begin_form(*, actor: Actor, now: datetime, edition: Edition) -> None:
    """Make the usual questions the edition's own, so that each can be changed."""
    own_form(edition)
    _log(actor, now, edition, {}, {"state": "created"})


def add_question(
    *, actor: Actor, now: datetime, edition: Edition, kind: QuestionKind, label: Texts, options: Sequence[Texts],
    mode: str,
) -> FeedbackQuestion:  # fmt: skip
    """Ask one more question, as the last one. Raises ``Invalid`` beyond thirty, or for a choice of fewer than two."""
    own_form(edition)
    rows = list_question_rows(edition.id)
    if len(rows) >= MOST_QUESTIONS:
        raise Invalid("feedback.too_many_questions")
    _check_options(kind, options)
    question = FeedbackQuestion(
        edition_id=edition.id, key=f"q{secrets.token_hex(6)}", kind=kind, label=label, options=list(options), mode=mode,
        position=max((row.position for row in rows), default=-1) + 1,
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    _log(actor, now, edition, {}, {"label": label})
    return question


def _check_options(kind: QuestionKind, options: Sequence[Texts]) -> None:
    if kind is QuestionKind.CHOICE and not 2 <= len(options) <= MOST_OPTIONS:
        raise Invalid("feedback.options")


def change_question(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    question_id: int,
    label: Texts,
    options: Sequence[Texts],
    mode: str,
) -> None:
    """Correct a question. Its answers stay: an option keeps its place, so none may go once somebody has answered.

    Raises ``NotFound``, ``Invalid`` for options that are too few or too many, ``Conflict`` for options that go.
    """
    lock_form(edition.id)
    question = get_question(edition.id, question_id)
    _check_options(question.kind, options)
    if len(options) < len(question.options) and has_answers(edition.id):
        raise Conflict("feedback.option_has_answers")
    before = {"label": question.label}
    question.label, question.options, question.mode = label, list(options), mode
    db.session.flush()
    _log(actor, now, edition, before, {"label": label})


def move_question(*, actor: Actor, now: datetime, edition: Edition, question_id: int, up: bool) -> None:
    """Let a question and its neighbour change places; at the end of the list nothing happens. Raises ``NotFound``."""
    lock_form(edition.id)
    question = get_question(edition.id, question_id)
    rows = list_question_rows(edition.id)
    at = rows.index(question)
    other = at - 1 if up else at + 1
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
    for place, row in enumerate(rows):
        row.position = place
    db.session.flush()
    _log(actor, now, edition, {"position": at}, {"position": rows.index(question)})


def delete_question(*, actor: Actor, now: datetime, edition: Edition, question_id: int) -> None:
    """Ask a question no more; its answers are no longer shown. Raises ``NotFound``."""
    lock_form(edition.id)
    question = get_question(edition.id, question_id)
    label = question.label
    db.session.delete(question)
    db.session.flush()
    _log(actor, now, edition, {"label": label}, {})


def answer(*, now: datetime, registration_id: int, answers: Mapping[str, int | str]) -> None:
    """Take somebody's answers, by the questions' keys, and note apart from them that this person has answered.

    It leaves no audit row: a row with a time would lead from the answers back to the person. Raises ``Forbidden`` for
    somebody without a place, ``Conflict`` when the form is not open or has been answered.
    """
    of_person = select(Registration).where(Registration.id == registration_id)
    registration = db.session.scalars(of_person.with_for_update(key_share=True)).one()
    edition = registration.edition
    refuse_answer(registration, now)
    if db.session.get(FeedbackForm, edition.id) is None:
        own_form(edition)
    db.session.add(FeedbackMark(edition_id=edition.id, mark=mark_of(registration_id)))
    db.session.add(
        FeedbackAnswer(
            id=secrets.randbelow(LARGEST_ID) + 1,
            edition_id=edition.id,
            mode=registration.place.value,
            day=now.astimezone(edition.zone).date(),
            answers=dict(answers),
        )
    )
    db.session.flush()


def refuse_answer(registration: Registration, now: datetime) -> None:
    """Raise what ``answer`` raises for somebody who cannot answer now."""
    if registration.place is Place.NONE:
        raise Forbidden("feedback.no_place")
    if get_form(registration.edition).state(now) is not FormState.OPEN:
        raise Conflict("feedback.closed")
    if has_answered(registration.edition_id, registration.id):
        raise Conflict("feedback.given")
