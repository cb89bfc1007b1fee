"""One row of a file: somebody who can be registered, or why not, field by field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from crosslinks.editions.rules import Mode
from crosslinks.invitations.answer_columns import read_answers
from crosslinks.invitations.columns import ANSWERS, LANGUAGE_WORDS, MODES, PROFESSIONS, ROLES, word_of
from crosslinks.invitations.rules import Field, Problem, WhenKnown
from crosslinks.kernel.errors import Invalid
from crosslinks.questions.rules import Checked, Facts, Form
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.bulk import Arrival, WhenFull
from crosslinks.registration.rules import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_ORGANISATION,
    BadgeRole,
    Details,
    Profession,
    clean_line,
)
from crosslinks.web.spreadsheets import TableRow

LONGEST_NOTE = 1000


@dataclass(frozen=True)
class ImportOptions:
    """What holds for every row that does not say otherwise, and what to do in doubt."""

    mode: str = ""
    role: str = BadgeRole.PARTICIPANT.value
    language: str = "en"
    tell: bool = False
    known: str = WhenKnown.REPORT.value
    when_full: str = WhenFull.WAIT.value
    reason: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as a row can keep it."""
        return asdict(self)


class _Reader:
    """Reads the fields of one row and notes what is wrong with them."""

    def __init__(self, row: TableRow, columns: Mapping[int, Field]) -> None:
        self._row = row
        self._columns = {field: column for column, field in columns.items()}
        self.problems: list[Problem] = []

    def has(self, field: Field) -> bool:
        """Say whether a column holds this field."""
        return field in self._columns

    def refuse(self, field: Field, code: str, fact: object = "") -> None:
        """Note what is wrong with a field."""
        self.problems.append(Problem(code, field, self._columns.get(field), str(fact)))

    def text(self, field: Field, most: int) -> str:
        """Return one clean line of at most ``most`` characters, ``""`` when it is missing or refused."""
        column = self._columns.get(field)
        if column is None:
            return ""
        if column in self._row.formulas:
            self.refuse(field, "formula")
            return ""
        line = clean_line(self._row.cell(column))
        if line is None:
            self.refuse(field, "character")
            return ""
        if len(line) > most:
            self.refuse(field, "too_long", most)
            return ""
        return line

    def word(self, field: Field, words: Mapping[str, Any], default: Any) -> Any:
        """Return what a word means, ``default`` when there is none; refuses a word that is not known."""
        text = self.text(field, LONGEST_ORGANISATION)
        if not text:
            return default
        found = words.get(word_of(text))
        if found is None:
            self.refuse(field, f"{field.value}_unknown")
            return default
        return found


@dataclass(frozen=True)
class Layout:
    """What the columns hold: fields, and answers to the questions of ``form`` (question ids by column)."""

    columns: Mapping[int, Field]
    questions: Mapping[int, int] = field(default_factory=dict)
    form: Form = ()


def read_row(row: TableRow, layout: Layout, options: ImportOptions, modes: Collection[Mode]) -> Arrival | list[Problem]:
    """Return who a row is about, or everything that is wrong with it."""
    reader = _Reader(row, layout.columns)
    given, family = _names(reader)
    email = reader.text(Field.EMAIL, LONGEST_EMAIL)
    if email and not _is_usable(email):
        reader.refuse(Field.EMAIL, "email_unusable")
    mode = reader.word(Field.MODE, MODES, Mode(options.mode) if options.mode else None)
    if mode is None and not any(problem.field is Field.MODE for problem in reader.problems):
        reader.refuse(Field.MODE, "mode_missing")
    elif mode is not None and mode not in modes:
        reader.refuse(Field.MODE, "mode_not_offered")
    details = Details(
        given,
        family,
        email,
        reader.text(Field.ORGANISATION, LONGEST_ORGANISATION),
        reader.word(Field.PROFESSION, PROFESSIONS, Profession.OTHER),
        reader.word(Field.LANGUAGE, LANGUAGE_WORDS, options.language),
        needs_assistance=reader.word(Field.ASSISTANCE, ANSWERS, default=False) and mode is Mode.ONSITE,
    )
    role = reader.word(Field.ROLE, ROLES, BadgeRole(options.role))
    note = reader.text(Field.NOTE, LONGEST_NOTE)
    facts = Facts(mode.value if mode else "", details.profession.value, details.needs_assistance)
    answers = read_answers(row, layout.questions, layout.form, facts)
    if not isinstance(answers, Checked):
        reader.problems += answers
    if reader.problems or not isinstance(answers, Checked):
        return reader.problems
    return Arrival(details, mode, role, note, answers)


def _is_usable(email: str) -> bool:
    try:
        normalise_email(email)
    except Invalid:
        return False
    return True


def _names(reader: _Reader) -> tuple[str, str]:
    if reader.has(Field.NAME):
        before = len(reader.problems)
        whole = reader.text(Field.NAME, 2 * LONGEST_NAME)
        given, family = split_name(whole)
        if not whole and len(reader.problems) == before:
            reader.refuse(Field.NAME, "name_missing")
        elif max(len(given), len(family)) > LONGEST_NAME:
            reader.refuse(Field.NAME, "too_long", LONGEST_NAME)
        return given, family
    before = len(reader.problems)
    given, family = reader.text(Field.GIVEN_NAME, LONGEST_NAME), reader.text(Field.FAMILY_NAME, LONGEST_NAME)
    if not given and len(reader.problems) == before:
        reader.refuse(Field.GIVEN_NAME, "name_missing")
    return given, family


def split_name(whole: str) -> tuple[str, str]:
    """Return given and family name of a whole one: the last word is the family name, or what stands before a comma."""
    before, comma, after = whole.partition(",")
    if comma and before.strip() and after.strip():
        return after.strip(), before.strip()
    given, space, family = whole.rpartition(" ")
    return (given, family) if space else (whole, "")
