"""What a form asks, and whether what was answered can be used. Answers are plain JSON values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crosslinks.kernel.writing import clean_line, clean_lines

LONGEST_TEXT = 300
LONGEST_LONG_TEXT = 2_000
LARGEST_NUMBER = 999_999_999
MOST_OPTIONS = 40
MOST_QUESTIONS = 60
YES, NO = "yes", "no"
_NUMBER = re.compile(r"[+-]?[0-9]{1,10}")

Texts = dict[str, str]
Value = str | list[str] | bool | int
"""An answer: text, the id of a choice, ids of several, yes or no, or a whole number."""


class Kind(StrEnum):
    """What sort of answer a question takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    SEVERAL = "several"
    YES_NO = "yes_no"
    NUMBER = "number"

    @property
    def has_options(self) -> bool:
        """Whether the organizer writes the choices."""
        return self in {Kind.CHOICE, Kind.SEVERAL}

    @property
    def can_be_counted(self) -> bool:
        """Whether answers fall on a few known choices, so that others may depend on them."""
        return self.has_options or self is Kind.YES_NO


class AskedOf(StrEnum):
    """Who is asked: everybody, or those who take part in one way."""

    BOTH = "both"
    ONSITE = "onsite"
    DIGITAL = "digital"


class Source(StrEnum):
    """What a condition can look at besides earlier questions: fields that every form has."""

    MODE = "mode"
    PROFESSION = "profession"
    ASSISTANCE = "assistance"


SOURCE_VALUES: dict[str, tuple[str, ...]] = {
    Source.MODE: ("onsite", "digital"),
    Source.PROFESSION: ("health", "other"),
    Source.ASSISTANCE: (YES, NO),
}


class Problem(StrEnum):
    """Why an answer cannot be used."""

    MISSING = "missing"
    NOT_TEXT = "not_text"
    TOO_LONG = "too_long"
    BAD_CHARACTER = "bad_character"
    NOT_A_CHOICE = "not_a_choice"
    NOT_YES_NO = "not_yes_no"
    NOT_A_NUMBER = "not_a_number"
    TOO_LARGE = "too_large"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True)
class Option:
    """One choice; its id never changes, so that renaming it loses no answer. A retired one is no longer offered."""

    id: str
    label: Texts
    retired: bool = False


@dataclass(frozen=True)
class Condition:
    """Shown when ``source`` has one of ``values``; the source is a field of every form, or ``q<id>``."""

    source: str
    values: tuple[str, ...]

    @property
    def question_id(self) -> int | None:
        """The question that it looks at, None for a field that every form has."""
        return int(self.source[1:]) if self.source.startswith("q") else None


@dataclass(frozen=True)
class Asked:
    """One question as a form asks it."""

    id: int
    kind: Kind
    label: Texts
    help: Texts = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    required: bool = False
    asked_of: AskedOf = AskedOf.BOTH
    condition: Condition | None = None
    explicit_consent: bool = False
    consent_text: Texts = field(default_factory=dict)
    consent_version: int = 0

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"q_{self.id}"

    @property
    def offered(self) -> tuple[Option, ...]:
        """The choices that can be taken now."""
        return tuple(option for option in self.options if not option.retired)


Form = tuple[Asked, ...]
"""What one edition asks, in order: those about everybody before those for the room alone."""


@dataclass(frozen=True)
class Facts:
    """What the rest of the form says, which conditions look at."""

    mode: str
    profession: str
    assistance: bool = False

    def value(self, source: str) -> str:
        """Return the value of a field of every form."""
        if source == Source.ASSISTANCE:
            return YES if self.assistance else NO
        return self.mode if source == Source.MODE else self.profession


@dataclass(frozen=True)
class Given:
    """What somebody sent: an answer for each question id, and the questions whose consent is ticked."""

    answers: Mapping[int, Any] = field(default_factory=dict)
    consents: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Answered:
    """One usable answer; ``consent_version`` is that of the words agreed to, where a question asks for it."""

    value: Value
    consent_version: int | None = None


@dataclass(frozen=True)
class Checked:
    """What came of checking what was sent to ``form``: usable answers and problems by question id."""

    form: Form = ()
    answers: Mapping[int, Answered] = field(default_factory=dict)
    problems: Mapping[int, Problem] = field(default_factory=dict)


NOTHING = Checked()


def picks(value: Value | None) -> frozenset[str]:
    """Return what of an answer can be counted: ids of choices, ``yes`` or ``no``; nothing of text and numbers."""
    if isinstance(value, bool):
        return frozenset({YES if value else NO})
    if isinstance(value, list):
        return frozenset(value)
    return frozenset({value}) if isinstance(value, str) else frozenset()


def countable(kind: Kind, value: Value) -> frozenset[str]:
    """Return what ``picks`` returns when ``kind`` can be counted, nothing otherwise."""
    return picks(value) if kind.can_be_counted else frozenset()


def consent_holder(question: Asked, form: Mapping[int, Asked]) -> Asked | None:
    """Return the question whose tick covers ``question``: itself or one before it; None where none is needed.

    A question that is shown because of another one with its own tick, such as "what else?" after the choices, is
    covered by that tick.
    """
    if not question.explicit_consent:
        return None
    seen = {question.id}
    while question.condition is not None:
        parent = form.get(question.condition.question_id or 0)
        if parent is None or not parent.explicit_consent or parent.id in seen:
            break
        seen.add(parent.id)
        question = parent
    return question


def is_asked(question: Asked, facts: Facts, answers: Mapping[int, Answered]) -> bool:
    """Say whether a question is put to somebody, given the usable answers to what stands before it."""
    if question.asked_of is not AskedOf.BOTH and question.asked_of.value != facts.mode:
        return False
    condition = question.condition
    if condition is None:
        return True
    parent = condition.question_id
    if parent is None:
        return facts.value(condition.source) in condition.values
    answered = answers.get(parent)
    return answered is not None and not picks(answered.value).isdisjoint(condition.values)


def check_answers(form: Form, given: Given, facts: Facts) -> Checked:
    """Check all that was sent in the form's order; what is not asked of this person is left out without a word."""
    by_id = {question.id: question for question in form}
    answers: dict[int, Answered] = {}
    problems: dict[int, Problem] = {}
    for question in form:
        if not is_asked(question, facts, answers):
            continue
        found = check_value(question, given.answers.get(question.id))
        if isinstance(found, Problem):
            problems[question.id] = found
        elif found is not None:
            holder = consent_holder(question, by_id)
            if holder is question and question.id not in given.consents:
                problems[question.id] = Problem.NO_CONSENT
            version = None if holder is None else holder.consent_version
            answers[question.id] = Answered(found, version)
    return Checked(form, {} if problems else answers, problems)


def check_value(question: Asked, value: Any) -> Value | Problem | None:
    """Return a usable answer, None for none at all, or why it cannot be used."""
    if value is None or value in ("", []):
        return Problem.MISSING if question.required else None
    checked = _CHECKS[question.kind](question, value)
    if checked is None and question.required:
        return Problem.MISSING
    return checked


def _text(question: Asked, value: Any) -> Value | Problem | None:
    if not isinstance(value, str):
        return Problem.NOT_TEXT
    long = question.kind is Kind.LONG_TEXT
    most = LONGEST_LONG_TEXT if long else LONGEST_TEXT
    if len(value) > most * 2:
        return Problem.TOO_LONG
    cleaned = clean_lines(value) if long else clean_line(value)
    if cleaned is None:
        return Problem.BAD_CHARACTER
    return Problem.TOO_LONG if len(cleaned) > most else cleaned or None


def _choice(question: Asked, value: Any) -> Value | Problem | None:
    known = isinstance(value, str) and any(option.id == value for option in question.offered)
    return value if known else Problem.NOT_A_CHOICE


def _several(question: Asked, value: Any) -> Value | Problem | None:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return Problem.NOT_A_CHOICE
    offered = [option.id for option in question.offered]
    if not set(value) <= set(offered):
        return Problem.NOT_A_CHOICE
    return [option for option in offered if option in value]


def _yes_no(question: Asked, value: Any) -> Value | Problem | None:
    return value if isinstance(value, bool) else Problem.NOT_YES_NO


def _number(question: Asked, value: Any) -> Value | Problem | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return Problem.NOT_A_NUMBER
    return value if abs(value) <= LARGEST_NUMBER else Problem.TOO_LARGE


_CHECKS = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.SEVERAL: _several,
    Kind.YES_NO: _yes_no,
    Kind.NUMBER: _number,
}


def read_typed(kind: Kind, typed: list[str]) -> Any:
    """Return what a form's field sent as the value that ``check_value`` takes; what cannot be read stays text."""
    if kind is Kind.SEVERAL:
        return [one for one in typed if one]
    text = typed[0] if typed else ""
    if kind is Kind.YES_NO:
        return {YES: True, NO: False, "": None}.get(text, text)
    if kind is Kind.NUMBER:
        bare = text.strip()
        return int(bare) if _NUMBER.fullmatch(bare) else bare
    return text


def in_order(questions: Iterable[Asked]) -> Form:
    """Return questions as the form puts them: those for the room alone come last, in their own group."""
    return tuple(sorted(questions, key=lambda question: question.asked_of is AskedOf.ONSITE))


def misplaced(form: Form) -> tuple[Asked, Asked | None] | None:
    """Return the first question whose condition cannot be met where it stands, with what it looks at; None if all can.

    What a condition looks at must come before it, and must be asked of everybody whom the question is for.
    """
    before: dict[int, Asked] = {}
    for question in form:
        parent_id = question.condition.question_id if question.condition else None
        if parent_id is not None:
            parent = before.get(parent_id)
            if parent is None or parent.asked_of not in {AskedOf.BOTH, question.asked_of}:
                return question, next((one for one in form if one.id == parent_id), None)
        before[question.id] = question
    return None


def dangling(form: Form) -> Asked | None:
    """Return the first question whose condition names an answer that cannot be given; None if there is none."""
    by_id = {question.id: question for question in form}
    for question in form:
        condition = question.condition
        if condition is None:
            continue
        parent = by_id.get(condition.question_id or 0)
        known = SOURCE_VALUES.get(condition.source, ()) if parent is None else possible_picks(parent)
        if not condition.values or not set(condition.values) <= set(known):
            return question
    return None


def possible_picks(question: Asked) -> tuple[str, ...]:
    """Return the answers that another question can depend on: choices that are offered, or yes and no."""
    if question.kind is Kind.YES_NO:
        return (YES, NO)
    return tuple(option.id for option in question.offered)
