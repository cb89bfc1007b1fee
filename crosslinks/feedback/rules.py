"""What people are asked afterwards, when, and what may be shown of their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import SystemRandom
from zoneinfo import ZoneInfo

LEAST_ANSWERS = 5
"""Fewer are not shown: somebody could be known by them."""
HIGHEST = 5
MOST_QUESTIONS = 30
MOST_OPTIONS = 12
LONGEST_ANSWER = 2_000
USUAL_DAYS = 30


class QuestionKind(StrEnum):
    """What an answer is: one to five, one of several options, or words."""

    RATING = "rating"
    CHOICE = "choice"
    TEXT = "text"


class Opening(StrEnum):
    """From when on the form takes answers."""

    BEGUN = "begun"
    ENDED = "ended"


class FormState(StrEnum):
    """Where the form stands at a moment."""

    OFF = "off"
    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


Words = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """One question; ``mode`` is who is asked, everybody when empty. ``key`` names its answers for ever."""

    key: str
    kind: QuestionKind
    label: Words
    options: tuple[Words, ...] = ()
    mode: str = ""
    id: int = 0


@dataclass(frozen=True)
class Period:
    """From when to when a form takes answers."""

    opens_at: datetime
    closes_at: datetime


USUAL = (
    Question("overall", QuestionKind.RATING, {"en": "How was it, all in all?", "nb": "Hvordan var det, alt i alt?"}),
    Question("programme", QuestionKind.RATING, {"en": "The programme", "nb": "Programmet"}),
    Question(
        "venue", QuestionKind.RATING, {"en": "The venue and the food", "nb": "Stedet og maten"}, mode="onsite"
    ),
    Question(
        "stream", QuestionKind.RATING, {"en": "The sound and picture of the stream", "nb": "Lyd og bilde i sendingen"},
        mode="digital",
    ),
    Question(
        "length", QuestionKind.CHOICE, {"en": "How long the day was", "nb": "Hvor lang dagen var"},
        (
            {"en": "Too short", "nb": "For kort"},
            {"en": "Just right", "nb": "Passe"},
            {"en": "Too long", "nb": "For lang"},
        ),
    ),
    Question(
        "again", QuestionKind.CHOICE, {"en": "Would you come again?", "nb": "Vil du komme igjen?"},
        ({"en": "Yes", "nb": "Ja"}, {"en": "Perhaps", "nb": "Kanskje"}, {"en": "No", "nb": "Nei"}),
    ),
    Question("better", QuestionKind.TEXT, {"en": "What should we do better?", "nb": "Hva bør vi gjøre bedre?"}),
)  # fmt: skip
"""What is asked until the organizer changes it."""


def usual_last_day(ends_at: datetime, zone: ZoneInfo, erase_on: date) -> date:
    """Return the last day for answers unless told otherwise: thirty days on, and before registrations are erased."""
    return min(ends_at.astimezone(zone).date() + timedelta(days=USUAL_DAYS), erase_on - timedelta(days=1))


def form_period(opening: Opening, last_day: date, *, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Period:
    """Return when a form takes answers: to the end of ``last_day`` in the edition's zone."""
    closes_at = datetime.combine(last_day + timedelta(days=1), time(), zone)
    return Period(starts_at if opening is Opening.BEGUN else ends_at, closes_at)


def form_state(now: datetime, period: Period, *, is_on: bool) -> FormState:
    """Return where a form stands at ``now``."""
    if not is_on:
        return FormState.OFF
    if now < period.opens_at:
        return FormState.BEFORE
    return FormState.OPEN if now < period.closes_at else FormState.CLOSED


def asked_of(questions: Sequence[Question], mode: str) -> list[Question]:
    """Return the questions for somebody who took part by ``mode``."""
    return [question for question in questions if question.mode in {"", mode}]


@dataclass(frozen=True)
class Sheet:
    """One person's answers by the questions' keys: a number from 1, or words. Nobody's name."""

    mode: str
    answers: Mapping[str, int | str]


@dataclass(frozen=True)
class ModeRating:
    """The average of one way of taking part, and of how many answers."""

    mode: str
    count: int
    average: float


@dataclass(frozen=True)
class Result:
    """What may be shown of the answers to one question; ``counts`` are by rating 1 to 5, or by option.

    Empty when fewer than five answered it; words when fewer than five of those whom it asks answered anything.
    """

    question: Question
    count: int
    counts: tuple[int, ...] = ()
    average: float | None = None
    by_mode: tuple[ModeRating, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.counts or self.texts)


def results_of(questions: Sequence[Question], sheets: Sequence[Sheet]) -> list[Result]:
    """Return what may be shown of ``sheets``, question by question; nothing of fewer than five sheets."""
    if len(sheets) < LEAST_ANSWERS:
        return []
    return [_result(question, sheets) for question in questions]


def _result(question: Question, sheets: Sequence[Sheet]) -> Result:
    if sum(question.mode in {"", sheet.mode} for sheet in sheets) < LEAST_ANSWERS:
        return Result(question, 0)  # words of one of a few who were asked would name them
    given = [(sheet.mode, sheet.answers[question.key]) for sheet in sheets if question.key in sheet.answers]
    if question.kind is QuestionKind.TEXT:
        texts = [value for _mode, value in given if isinstance(value, str)]
        SystemRandom().shuffle(texts)
        return Result(question, len(texts), texts=tuple(texts))
    most = HIGHEST if question.kind is QuestionKind.RATING else len(question.options)
    numbers = [(mode, value) for mode, value in given if isinstance(value, int) and 1 <= value <= most]
    if len(numbers) < LEAST_ANSWERS:
        return Result(question, len(numbers))
    counts = tuple(sum(value == number for _mode, value in numbers) for number in range(1, most + 1))
    if question.kind is QuestionKind.CHOICE:
        return Result(question, len(numbers), counts)
    return Result(question, len(numbers), counts, _average([value for _mode, value in numbers]), _by_mode(numbers))


def _by_mode(numbers: Sequence[tuple[str, int]]) -> tuple[ModeRating, ...]:
    """Return the averages by mode, all or none: one that is left out could be worked out from the others."""
    by_mode: dict[str, list[int]] = {}
    for mode, value in numbers:
        by_mode.setdefault(mode, []).append(value)
    if len(by_mode) < 2 or any(len(values) < LEAST_ANSWERS for values in by_mode.values()):
        return ()
    return tuple(ModeRating(mode, len(values), _average(values)) for mode, values in sorted(by_mode.items()))[::-1]


def _average(values: Sequence[int]) -> float:
    return sum(values) / len(values)
