"""Columns that hold answers to the edition's own questions: guessed from the head, read as the form reads them.

What asks for explicit consent cannot come in a file: nobody but the person can give that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crosslinks.invitations.columns import ANSWERS, word_of
from crosslinks.invitations.rules import Problem
from crosslinks.questions.rules import Asked, Checked, Facts, Form, Given, Kind, check_answers, read_typed
from crosslinks.registration.rules import search_key
from crosslinks.web.spreadsheets import TableRow

_BETWEEN = ";,\n"


def importable(form: Form) -> Form:
    """Return the questions that a column may answer."""
    return tuple(question for question in form if not question.explicit_consent)


def guess_questions(heads: Sequence[str], form: Form, taken: Collection[int]) -> dict[int, int]:
    """Return the columns, not ``taken`` otherwise, whose head is the words of a question: question ids by column."""
    by_words = {_bare(label): one.id for one in reversed(importable(form)) for label in one.label.values()}
    found: dict[int, int] = {}
    for column, head in enumerate(heads):
        number = by_words.get(_bare(head))
        if head and number is not None and column not in taken and number not in found.values():
            found[column] = number
    return found


def _bare(text: str) -> str:
    return search_key(text).strip(" :?*.")


def read_answers(row: TableRow, columns: Mapping[int, int], form: Form, facts: Facts) -> Checked | list[Problem]:
    """Return the usable answers of a row, or what is wrong with each; ``columns`` are question ids by column.

    The form's own rules hold for what a column answers; what none does is not missed.
    """
    if not columns:
        return Checked()
    by_id = {question.id: question for question in form}
    cells = {number: column for column, number in columns.items()}
    formulas = [
        Problem("formula", by_id[number].name, column) for number, column in cells.items() if column in row.formulas
    ]
    if formulas:
        return formulas
    asked = tuple(one if one.id in cells else replace(one, required=False) for one in form)
    given = {number: _read(by_id[number], row.cell(column)) for number, column in cells.items()}
    checked = check_answers(asked, Given(given), facts)
    if checked.problems:
        return [
            Problem(f"answer_{problem}", by_id[number].name, cells[number], by_id[number].kind.value)
            for number, problem in checked.problems.items()
        ]
    return checked


def _read(question: Asked, text: str) -> Any:
    """Return a cell as the value that the form would send; what is not known stays text, for the rules to refuse."""
    if question.kind is Kind.YES_NO:
        return ANSWERS.get(word_of(text), text)
    if not question.kind.has_options:
        return read_typed(question.kind, [text])
    words = {word_of(label): one.id for one in question.offered for label in (*one.label.values(), one.id)}
    if question.kind is Kind.CHOICE:
        return words.get(word_of(text), text)
    if word_of(text) in words:
        return [words[word_of(text)]]
    for mark in _BETWEEN:
        text = text.replace(mark, "\n")
    return [words.get(word_of(part), part) for part in text.split("\n") if part.strip()]
