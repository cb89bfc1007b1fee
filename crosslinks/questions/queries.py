"""Finding questions and counting answers. Registrations are known by their ids alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask import current_app
from sqlalchemy import Select, func, or_, select

from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, in_transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.questions.models import Answer, AnswerTally, Question
from crosslinks.questions.rules import Form, Value, in_order
from crosslinks.web.kept import Keeper

_LARGEST_ID = 2**31 - 1


def list_questions(edition_id: int, *, with_retired: bool = True) -> list[Question]:
    """Return an edition's questions in their order, retired ones among them."""
    asked = select(Question).where(Question.edition_id == edition_id).order_by(Question.position, Question.id)
    return list(db.session.scalars(asked if with_retired else asked.where(Question.retired_at.is_(None))))


def get_question(edition_id: int, question_id: int) -> Question:
    """Return a question of this edition; raises ``NotFound``."""
    found = db.session.get(Question, question_id) if 0 < question_id <= _LARGEST_ID else None
    if found is None or found.edition_id != edition_id:
        raise NotFound("question.unknown")
    return found


def read_form(edition_id: int, today: date) -> Form:
    """Return what is asked on ``today``: no retired question, and none whose answers would be erased already."""
    questions = list_questions(edition_id, with_retired=False)
    return in_order(one.as_asked() for one in questions if one.erase_after is None or one.erase_after >= today)


@dataclass(frozen=True)
class _Kept:
    form: Form


def form_at(edition_id: int, form_rev: int) -> Form:
    """Return what an edition asks now; at one ``form_rev`` it is read once a process and day, then kept."""
    today = now().date()
    if in_transaction():
        return read_form(edition_id, today)
    keeper = cast("Keeper", current_app.extensions["crosslinks.keeper"])
    key = ("questions", edition_id, today)
    return keeper.remember(key, form_rev, lambda: _Kept(read_form(edition_id, today)), _Kept).form


def answers_of(registration_id: int) -> dict[int, Value]:
    """Return everything that somebody answered, by question id."""
    rows = db.session.execute(select(Answer.question_id, Answer.value).where(Answer.registration_id == registration_id))
    return {row.question_id: row.value for row in rows}


def list_answers(registration_id: int) -> list[tuple[Question, Answer]]:
    """Return somebody's answers with their questions, in the form's order."""
    rows = db.session.execute(
        select(Question, Answer)
        .join(Answer, Answer.question_id == Question.id)
        .where(Answer.registration_id == registration_id)
        .order_by(Question.position, Question.id)
    )
    return [(question, answer) for question, answer in rows]


def answers_by_person(edition_id: int) -> dict[int, dict[int, Value]]:
    """Return all answers of an edition by registration id and question id, in one statement."""
    rows = db.session.execute(
        select(Answer.registration_id, Answer.question_id, Answer.value)
        .join(Question, Question.id == Answer.question_id)
        .where(Question.edition_id == edition_id)
    )
    found: dict[int, dict[int, Value]] = {}
    for row in rows:
        found.setdefault(row.registration_id, {})[row.question_id] = row.value
    return found


def registrations_with_answer(edition_id: int, question_id: int, values: Collection[str]) -> Select[Any]:
    """Return the statement of the registrations that answered with one of ``values``, to be put into others.

    Values are ids of choices, or ``yes`` and ``no``; none of them means any answer at all.
    """
    found = (
        select(Answer.registration_id)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.question_id == question_id, Question.edition_id == edition_id)
    )
    if values:
        found = found.where(or_(*(Answer.picked.contains(f"|{value}|", autoescape=True) for value in sorted(values))))
    return found


@dataclass(frozen=True)
class AnswerCount:
    """How many answered one question, and how often each choice was taken (``yes`` and ``no`` too)."""

    question: Question
    answered: int
    counts: dict[str, int]


def count_answers(edition_id: int, among: Select[Any] | None = None) -> list[AnswerCount]:
    """Count the answers to every question, retired ones among them; answers erased since are counted too.

    ``among`` is a statement of registration ids: then only their present answers count, such as for a kitchen.
    Three statements, however many answers there are.
    """
    questions = list_questions(edition_id)
    mine = select(Question.id).where(Question.edition_id == edition_id)
    grouped = (
        select(Answer.question_id, Answer.picked, func.count().label("people"))
        .where(Answer.question_id.in_(mine))
        .group_by(Answer.question_id, Answer.picked)
    )
    if among is not None:
        grouped = grouped.where(Answer.registration_id.in_(among))
    totals: dict[int, int] = {}
    counts: dict[int, dict[str, int]] = {}
    for row in db.session.execute(grouped):
        number = int(row.people)
        totals[row.question_id] = totals.get(row.question_id, 0) + number
        _add(counts.setdefault(row.question_id, {}), unpack(row.picked), number)
    if among is None:
        for tally in db.session.scalars(select(AnswerTally).where(AnswerTally.question_id.in_(mine))):
            if tally.option:
                _add(counts.setdefault(tally.question_id, {}), [tally.option], tally.count)
            else:
                totals[tally.question_id] = totals.get(tally.question_id, 0) + tally.count
    return [AnswerCount(one, totals.get(one.id, 0), counts.get(one.id, {})) for one in questions]


def _add(counts: dict[str, int], options: Iterable[str], number: int) -> None:
    for option in options:
        counts[option] = counts.get(option, 0) + number


def pack(options: Iterable[str]) -> str:
    """Return choices as they are kept to be searched: ``|o1|o3|``, nothing for none."""
    joined = "|".join(sorted(options))
    return f"|{joined}|" if joined else ""


def unpack(picked: str) -> list[str]:
    """Return the choices in what ``pack`` returned."""
    return [option for option in picked.split("|") if option]


def has_answers(question_id: int) -> bool:
    """Say whether anybody has answered a question, or had before it was erased."""
    answered = db.session.scalar(select(Answer.id).where(Answer.question_id == question_id).limit(1))
    return answered is not None or bool(
        db.session.scalar(select(AnswerTally.id).where(AnswerTally.question_id == question_id).limit(1))
    )


def options_in_use(question_id: int) -> set[str]:
    """Return the choices of a question that somebody took, or had taken before it was erased."""
    picked = db.session.scalars(select(Answer.picked).where(Answer.question_id == question_id).distinct())
    tallied = db.session.scalars(
        select(AnswerTally.option).where(AnswerTally.question_id == question_id, AnswerTally.option != "")
    )
    return {option for one in picked for option in unpack(one)} | set(tallied)
