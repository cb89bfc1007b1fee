"""What somebody sent, as the rules take it: from a form's fields, or from JSON with the same names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from flask_babel import gettext as _

from crosslinks.questions.rules import NO, YES, Checked, Form, Given, Value, read_typed
from crosslinks.questions.words import problem_words

Typed = Mapping[int, list[str]]
"""What fields held, by question id."""

NAME = re.compile(r"q_([1-9][0-9]{0,8})(_consent)?")
NAMES_PATTERN = r"^q_[1-9][0-9]{0,8}(_consent)?$"


class Fields(Protocol):
    """A form as it was sent."""

    def getlist(self, name: str) -> list[str]:
        """Return every value of a field."""


def read_fields(form: Form, sent: Fields) -> tuple[Typed, Given]:
    """Return what was typed, to be shown again, and the same as values."""
    typed = {question.id: sent.getlist(question.name) for question in form}
    consents = frozenset(one.id for one in form if one.explicit_consent and sent.getlist(f"{one.name}_consent"))
    answers = {question.id: read_typed(question.kind, typed[question.id]) for question in form}
    return typed, Given(answers, consents)


def as_typed(value: Value) -> list[str]:
    """Return a kept answer as its field would have sent it."""
    if isinstance(value, bool):
        return [YES if value else NO]
    return value if isinstance(value, list) else [str(value)]


def read_json(form: Form, sent: Mapping[str, Any]) -> tuple[Given, dict[str, str]]:
    """Return what ``q_<id>`` and ``q_<id>_consent`` hold, and words for each that is not asked or no tick."""
    asked = {question.id: question for question in form}
    answers: dict[int, Any] = {}
    consents: set[int] = set()
    wrong: dict[str, str] = {}
    for name, value in sent.items():
        found = NAME.fullmatch(name)
        number = int(found[1]) if found else 0
        if number not in asked:
            wrong[name] = _("There is no such question here.")
        elif found is not None and found[2]:
            if not isinstance(value, bool):
                wrong[name] = _("This is either true or false.")
            elif value:
                consents.add(number)
        else:
            answers[number] = value
    return Given(answers, frozenset(consents)), wrong


def problems_by_name(checked: Checked) -> dict[str, str]:
    """Return what is wrong in words, by the name of the field."""
    return {
        question.name: problem_words(checked.problems[question.id], question.kind)
        for question in checked.form
        if question.id in checked.problems
    }
