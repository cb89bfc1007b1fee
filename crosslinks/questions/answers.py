"""Keeping what somebody answered, within the transaction of who asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from crosslinks.kernel.db import db, execute
from crosslinks.kernel.errors import Conflict
from crosslinks.questions.models import Answer
from crosslinks.questions.queries import pack
from crosslinks.questions.rules import Answered, Asked, Checked, Kind, countable

_INSERT = Answer.metadata.tables[Answer.__tablename__].insert()
_SAME_ANSWERS = text("UPDATE question_answer SET answered_at = answered_at WHERE registration_id = :id")


def save_answers(*, registration_id: int, answers: Checked, now: datetime) -> None:
    """Keep the answers of a new registration in one statement, none when there are none.

    Raises ``Conflict`` when a question has been deleted since the form was read.
    """
    save_many([(registration_id, answers)], now=now)


def save_many(answered: Iterable[tuple[int, Checked]], *, now: datetime) -> None:
    """Keep the answers of new registrations, by id, as ``save_answers`` does: all in one statement."""
    rows = [row for registration_id, answers in answered for row in _rows(registration_id, answers, now)]
    if not rows:
        return
    try:
        execute(_INSERT, rows)
    except IntegrityError as error:
        raise Conflict("form.changed") from error


def _rows(registration_id: int, answers: Checked, now: datetime) -> list[dict[str, Any]]:
    kinds = {question.id: question.kind for question in answers.form}
    return [
        {"registration_id": registration_id, "question_id": number, **_columns(kinds[number], one, now)}
        for number, one in answers.answers.items()
    ]


def write_as_much(*, registration_id: int, answers: Checked) -> None:
    """Write as ``save_answers`` would for these answers, and change nothing: a stranger overwrites nobody's answers."""
    if answers.answers:
        execute(_SAME_ANSWERS, {"id": registration_id})


def change_answers(*, registration_id: int, answers: Checked, now: datetime) -> list[int]:
    """Let somebody's answers be ``answers`` as far as their form asks; return the ids of the questions that changed.

    Answers to questions that are no longer asked stay. Consent given to the same words for the same answer keeps its
    moment. The caller holds the registration, so that two changes do not cross.
    """
    known = {
        row.question_id: row
        for row in db.session.scalars(
            select(Answer).where(
                Answer.registration_id == registration_id, Answer.question_id.in_([one.id for one in answers.form])
            )
        )
    }
    changed = [
        question.id
        for question in answers.form
        if _change(registration_id, question, known.get(question.id), answers.answers.get(question.id), now)
    ]
    db.session.flush()
    return changed


def _change(
    registration_id: int, question: Asked, row: Answer | None, answered: Answered | None, now: datetime
) -> bool:
    if answered is None:
        if row is not None:
            db.session.delete(row)
        return row is not None
    columns = _columns(question.kind, answered, now)
    if row is None:
        db.session.add(Answer(registration_id=registration_id, question_id=question.id, **columns))
        return True
    same = type(row.value) is type(answered.value) and row.value == answered.value
    if same and row.consent_version == answered.consent_version:
        return False
    for name, value in columns.items():
        setattr(row, name, value)
    return True


def _columns(kind: Kind, answered: Answered, now: datetime) -> dict[str, Any]:
    return {
        "value": answered.value,
        "picked": pack(countable(kind, answered.value)),
        "consented_at": None if answered.consent_version is None else now,
        "consent_version": answered.consent_version,
        "answered_at": now,
    }
