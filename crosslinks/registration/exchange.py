"""The list of participants as a file: CSV (RFC 4180, UTF-8 with a byte order mark) and XLSX.

Text that a spreadsheet would run as a formula gets a quote mark in front.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row
from xlsxwriter import Workbook

from crosslinks.editions.models import Edition
from crosslinks.kernel.tokens import show_reference
from crosslinks.questions.queries import answers_by_person, list_questions
from crosslinks.questions.rules import Asked, Kind, Value
from crosslinks.questions.words import answer_words
from crosslinks.registration.details import DETAIL_FIELDS, read_details
from crosslinks.registration.list_filter import ListFilter
from crosslinks.registration.listing import all_positions, iterate
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from crosslinks.registration.words import place_words, profession_words, role_words, source_words
from crosslinks.web.languages import LANGUAGES
from crosslinks.web.pages import texts
from crosslinks.web.sheets import CSV_TYPE, Cell, cell, csv_pieces

_COLUMNS = (
    Registration.id, Registration.reference, Registration.given_name, Registration.family_name, Registration.email,
    Registration.organisation, Registration.role, Registration.profession, Registration.place, Registration.wants,
    Registration.needs_assistance, Registration.language, Registration.source, Registration.created_at,
    Registration.cancelled_at,
)  # fmt: skip


class FileFormat(StrEnum):
    """What an organizer can take home."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    FileFormat.CSV: CSV_TYPE,
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Exported:
    """A finished file, and how many people are in it."""

    content: bytes
    rows: int
    media_type: str


def detail_heads() -> list[str]:
    """Return what stands above what only organizers keep."""
    return [_("Mobile"), _("Travel"), _("Hotel"), _("Dinner"), _("Note")]


def heads(edition: Edition, *, with_details: bool = False) -> list[str]:
    """Return the first row, in the organizer's language."""
    return [
        _("Reference"),
        _("Given name"),
        _("Family name"),
        _("E-mail address"),
        _("Workplace or place of study"),
        _("Role on the badge"),
        _("Profession"),
        _("Status"),
        _("Has a place"),
        _("Waits for"),
        _("Number in line"),
        _("Needs assistance"),
        _("Language"),
        _("Came by"),
        _("Registered (%(zone)s)", zone=edition.time_zone),
        _("Cancelled (%(zone)s)", zone=edition.time_zone),
        *(texts(question.label) for question in list_questions(edition.id)),
        *(detail_heads() if with_details else []),
    ]


def export(edition: Edition, wanted: ListFilter, file_format: FileFormat, *, with_details: bool = False) -> Exported:
    """Write everybody that a filter asks for, in its order; memory grows with the file alone.

    What only organizers keep is in it ``with_details``.
    """
    rows = _cells(edition, wanted, with_details=with_details)
    return write_file(heads(edition, with_details=with_details), rows, file_format)


def write_file(first: list[str], rows: Iterable[list[Cell]], file_format: FileFormat) -> Exported:
    """Write rows under their heads; no text in it is a formula."""
    counted = _Counted(rows)
    write = _write_csv if file_format is FileFormat.CSV else _write_xlsx
    return Exported(write(first, counted), counted.count, MEDIA_TYPES[file_format])


class _Counted:
    def __init__(self, rows: Iterable[list[Cell]]) -> None:
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[list[Cell]]:
        for row in self.rows:
            self.count += 1
            yield row


def _cells(edition: Edition, wanted: ListFilter, *, with_details: bool) -> Iterator[list[Cell]]:
    words: dict[str, dict[Any, str]] = {
        "role": role_words(), "profession": profession_words(), "source": source_words(), "place": place_words(),
    }  # fmt: skip
    yes, states = _("Yes"), (_("Confirmed"), _("Waiting"), _("Cancelled"))
    positions = all_positions(edition.id)
    asked = [question.as_asked() for question in list_questions(edition.id)]
    answers = answers_by_person(edition.id) if asked else {}
    details = read_details(edition.id) if with_details else {}
    nothing = [""] * len(DETAIL_FIELDS)
    for row in iterate(edition.id, wanted, *_COLUMNS):
        yield [
            show_reference(row.reference),
            row.given_name,
            row.family_name,
            row.email,
            row.organisation,
            words["role"][row.role],
            words["profession"][row.profession],
            states[_state(row)],
            words["place"][row.place],
            words["place"][row.wants],
            positions.get(row.id),
            yes if row.needs_assistance else "",
            LANGUAGES.get(row.language, row.language),
            words["source"][row.source],
            row.created_at.astimezone(edition.zone).replace(tzinfo=None),
            row.cancelled_at.astimezone(edition.zone).replace(tzinfo=None) if row.cancelled_at else None,
            *(_answer(question, answers.get(row.id, {}).get(question.id)) for question in asked),
            *(details.get(row.id, nothing) if with_details else ()),
        ]


def _answer(question: Asked, value: Value | None) -> Cell:
    if question.kind is Kind.NUMBER and isinstance(value, int):
        return value
    return answer_words(question, value)


def _state(row: Row[Any]) -> int:
    if row.cancelled_at is not None:
        return 2
    return 1 if row.place is Place.NONE else 0


def _write_csv(first: list[str], rows: Iterable[list[Cell]]) -> bytes:
    return "".join(csv_pieces(first, rows)).encode()


def _write_xlsx(first: list[str], rows: Iterable[list[Cell]]) -> bytes:
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(first) - 1, 18)
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, head in enumerate(first):
            sheet.write_string(0, column, cell(head), bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, moment)
                elif isinstance(value, int):
                    sheet.write_number(number, column, value)
                elif value:
                    sheet.write_string(number, column, cell(value))
    return file.getvalue()
