"""The questions of a form as pages show them: the same fields for participants, organizers and the preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import current_app, render_template
from markupsafe import Markup

from crosslinks.kernel.clock import now
from crosslinks.questions.queries import form_at, list_questions
from crosslinks.questions.rules import (
    NOTHING,
    Asked,
    AskedOf,
    Checked,
    Facts,
    Form,
    Kind,
    Problem,
    check_answers,
    consent_holder,
)
from crosslinks.questions.sending import Fields, Typed, read_fields
from crosslinks.questions.words import choice_words, condition_words, problem_words
from crosslinks.web.kept import Keeper
from crosslinks.web.languages import current_language
from crosslinks.web.pages import texts

MOST_RADIOS = 6
"""More choices than these become a list to pick from."""


@dataclass(frozen=True)
class Field:
    """One question, ready to be shown; ``typed`` is what its field holds."""

    question: Asked
    typed: tuple[str, ...] = ()
    consented: bool = False
    asks_consent: bool = False
    condition: str = ""
    error: str = ""
    consent_error: str = ""

    @property
    def name(self) -> str:
        """The name and the id of its field."""
        return self.question.name

    @property
    def anchor(self) -> str:
        """The id of what a link to the error leads to."""
        if self.consent_error:
            return f"{self.name}_consent"
        in_boxes = self.question.kind.can_be_counted and not self.is_long_choice
        return f"{self.name}-0" if in_boxes else self.name

    @property
    def is_long_choice(self) -> bool:
        """Whether one of so many choices is picked from a list, to keep the form short."""
        return self.question.kind is Kind.CHOICE and len(self.question.offered) > MOST_RADIOS

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The choices to be taken now: ``(value, words)``."""
        words = choice_words(self.question)
        if self.question.kind is Kind.YES_NO:
            return list(words.items())
        return [(option.id, words[option.id]) for option in self.question.offered]

    @property
    def text(self) -> str:
        """What a field of one value holds."""
        return self.typed[0] if self.typed else ""


@dataclass(frozen=True)
class Wrong:
    """One line of the summary above a form."""

    anchor: str
    label: str
    error: str


@dataclass(frozen=True)
class Blocks:
    """All questions as HTML: those about everybody, those for the room, and what is wrong."""

    general: Markup
    room: Markup
    errors: tuple[Wrong, ...] = ()

    @classmethod
    def nothing(cls) -> Blocks:
        """Return the questions of a form that has none."""
        return cls(Markup(), Markup())


def list_fields(
    form: Form,
    typed: Typed | None = None,
    consents: frozenset[int] = frozenset(),
    problems: Mapping[int, Problem] | None = None,
) -> list[Field]:
    """Return the fields of a form, holding what was typed, with what is wrong."""
    by_id = {question.id: question for question in form}
    return [_field(one, form, by_id, typed or {}, consents, (problems or {}).get(one.id)) for one in form]


def _field(
    question: Asked,
    form: Form,
    by_id: Mapping[int, Asked],
    typed: Typed,
    consents: frozenset[int],
    problem: Problem | None,
) -> Field:
    words = problem_words(problem, question.kind) if problem else ""
    of_consent = problem is Problem.NO_CONSENT
    return Field(
        question=question,
        typed=tuple(typed.get(question.id, ())),
        consented=question.id in consents,
        asks_consent=consent_holder(question, by_id) is question,
        condition=condition_words(question.condition, form),
        error="" if of_consent else words,
        consent_error=words if of_consent else "",
    )


def show_fields(fields: list[Field]) -> Blocks:
    """Return fields as HTML."""
    room = [field for field in fields if field.question.asked_of is AskedOf.ONSITE]
    general = [field for field in fields if field.question.asked_of is not AskedOf.ONSITE]
    wrong = tuple(
        Wrong(field.anchor, texts(field.question.label).rstrip("?.:"), field.error or field.consent_error)
        for field in fields
        if field.error or field.consent_error
    )
    return Blocks(_html(general), _html(room), wrong)


def _html(fields: list[Field]) -> Markup:
    if not fields:
        return Markup()
    return Markup(render_template("questions/public/fields.html", questions=fields))  # noqa: S704 - rendered, escaped


def blank_fields(edition_id: int, form_rev: int) -> Blocks:
    """Return an edition's questions with nothing filled in; rendered once a process, revision, language and day."""
    keeper = cast("Keeper", current_app.extensions["crosslinks.keeper"])
    key = ("question fields", edition_id, now().date(), current_language())
    return keeper.remember(key, form_rev, lambda: show_fields(list_fields(form_at(edition_id, form_rev))), Blocks)


@dataclass(frozen=True)
class SentAnswers:
    """What came of the answers that a form sent; ``blocks`` shows the questions again as they were filled in."""

    checked: Checked
    typed: Typed
    consents: frozenset[int]

    def blocks(self) -> Blocks:
        """Return the questions holding what was typed, with what is wrong."""
        return show_fields(list_fields(self.checked.form, self.typed, self.consents, self.checked.problems))


def check_sent(form: Form, sent: Fields, facts: Facts) -> SentAnswers:
    """Check what a form sent to the questions of ``form``."""
    if not form:
        return SentAnswers(NOTHING, {}, frozenset())
    typed, given = read_fields(form, sent)
    return SentAnswers(check_answers(form, given, facts), typed, given.consents)


@dataclass(frozen=True)
class Countable:
    """A question whose answers can be counted, with them: ``(12:o3, words)``."""

    label: str
    choices: tuple[tuple[str, str], ...]


def countable_questions(edition_id: int) -> list[Countable]:
    """Return every question of an edition by whose answer a list can be filtered, retired ones among them."""
    return [_countable(one.as_asked()) for one in list_questions(edition_id) if one.kind.can_be_counted]


def _countable(asked: Asked) -> Countable:
    choices = tuple((f"{asked.id}:{value}", words) for value, words in choice_words(asked).items())
    return Countable(texts(asked.label), choices)
