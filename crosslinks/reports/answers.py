"""Answers to an edition's questions, as counts in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select

from crosslinks.questions.queries import AnswerCount, count_answers
from crosslinks.questions.rules import NO, YES, Asked, Kind
from crosslinks.web.pages import texts

DIET = "diet"


@dataclass(frozen=True)
class Answers:
    """One question with how often each answer was given; free words are only counted, never shown."""

    question_id: int
    title: str
    answered: int
    rows: tuple[tuple[str, int], ...]


def list_answer_counts(edition_id: int, *, with_health: bool) -> list[Answers]:
    """Return every question that somebody answered, in the order of the form.

    Answers given with explicit consent, and what is asked further about them, tell of somebody's health: a count of
    one is somebody. ``with_health`` is for those who may see each answer anyway.
    """
    counted = count_answers(edition_id)
    if not with_health:
        form = {one.question.id: one.question.as_asked() for one in counted}
        counted = [one for one in counted if not _tells_of_health(form[one.question.id], form)]
    return [_in_words(one) for one in counted if one.answered]


def _tells_of_health(question: Asked, form: Mapping[int, Asked]) -> bool:
    """Say whether a question, or one that it is shown because of, asks for consent of its own."""
    seen: set[int] = set()
    asked: Asked | None = question
    while asked is not None and asked.id not in seen:
        if asked.explicit_consent:
            return True
        seen.add(asked.id)
        asked = form.get(asked.condition.question_id or 0) if asked.condition else None
    return False


def list_diets(edition_id: int, among: Select[Any]) -> list[Answers]:
    """Return what is asked about food, by those in ``among``; when it was erased already, as everybody answered it."""
    asked = [one for one in count_answers(edition_id, among) if one.question.preset.startswith(DIET)]
    if not any(one.answered for one in asked):
        asked = [one for one in count_answers(edition_id) if one.question.preset.startswith(DIET)]
    return [_in_words(one) for one in asked if one.answered or one.question.preset == DIET]


def _in_words(counted: AnswerCount) -> Answers:
    question = counted.question
    return Answers(question.id, texts(question.label), counted.answered, tuple(_rows(counted)))


def _rows(counted: AnswerCount) -> list[tuple[str, int]]:
    question = counted.question
    if question.kind is Kind.YES_NO:
        return [(_("Yes"), counted.counts.get(YES, 0)), (_("No"), counted.counts.get(NO, 0))]
    if question.kind.has_options:
        options = [(one, counted.counts.get(one.id, 0)) for one in question.as_asked().options]
        return [(texts(one.label), count) for one, count in options if count or not one.retired]
    return [(_("Answered in their own words"), counted.answered)]
