"""Reading a table that somebody uploaded: CSV as any program writes it, or the first sheet of an Excel workbook.

Nothing in a file is trusted: sizes are bounded before anything is unpacked, formulas are not computed, links out of the
workbook and macros are refused. What cannot be read raises ``Invalid`` with words.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import Workbook, load_workbook

from crosslinks.config import settings
from crosslinks.kernel.errors import CrosslinksError, Invalid

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
PREVIEW_ROWS = 6
LONGEST_SHOWN = 60
MOST_UNPACKED = 40_000_000
MOST_PARTS = 2_000
MOST_RATIO = 200
LONGEST_CELL = 5_000
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS = ";,\t"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class TableRow:
    """One row as text, by its number in the file (the heads are row 1); ``formulas`` are columns that hold one."""

    number: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()

    def cell(self, column: int) -> str:
        """Return a cell's text, empty beyond the row's end."""
        return self.cells[column] if column < len(self.cells) else ""


def read_table(path: Path) -> Iterator[TableRow]:
    """Yield the rows of a file that are not empty, the first with the heads; raises ``Invalid`` with words."""
    with path.open("rb") as file:
        start = file.read(8)
        size = file.seek(0, io.SEEK_END)
    if size > MOST_BYTES:
        raise Invalid("import.too_large", _("The file is larger than %(mb)s MB.", mb=MOST_BYTES // 1_000_000))
    if not size:
        raise Invalid("import.empty", _("There is nothing in the file."))
    if start == _OLD_EXCEL:
        raise Invalid(
            "import.old_excel",
            _("This workbook is of an old kind or has a password. Save it as .xlsx without a password, or as CSV."),
        )
    rows = _read_workbook(path) if start.startswith(_ZIP) else _read_csv(path)
    for row in rows:
        if not any(row.cells):
            continue
        if row.number > MOST_ROWS + 1:
            raise Invalid(
                "import.too_many_rows", _("There are more than %(most)s rows. Divide the file.", most=MOST_ROWS)
            )
        if len(row.cells) > MOST_COLUMNS:
            raise Invalid(
                "import.too_many_columns",
                _("Row %(row)s has more than %(most)s columns.", row=row.number, most=MOST_COLUMNS),
            )
        yield row


def _read_csv(path: Path) -> Iterator[TableRow]:
    text = _decode(path.read_bytes())
    if "\x00" in text:
        raise Invalid("import.not_text", _("This is neither a CSV file nor an Excel workbook."))
    lines = io.StringIO(text, newline="")
    first = lines.readline()
    delimiter = max(_DELIMITERS, key=first.count)
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        delimiter = first.strip()[-1]
    else:
        lines.seek(0)
    number = 0
    try:
        for number, record in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            yield TableRow(number, _trimmed([cell[:LONGEST_CELL].strip() for cell in record]))
    except csv.Error as error:
        raise Invalid("import.unreadable", _("Row %(row)s cannot be read.", row=number + 1)) from error


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    if len(content) % 2 == 0 and content.count(0):
        even, odd = content[0::2].count(0), content[1::2].count(0)
        if max(even, odd) * 4 > len(content):
            return _strictly(content, "utf-16-be" if even > odd else "utf-16-le")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(content, "cp1252")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(
            "import.encoding", _("Its letters cannot be read. Save it as “CSV UTF-8” and send it again.")
        ) from error


def _read_workbook(path: Path) -> Iterator[TableRow]:
    _check_parts(path)
    try:
        yield from _sheet_rows(path)
    except CrosslinksError:
        raise
    except Exception as error:  # the reader raises almost anything on hostile bytes
        raise Invalid(
            "import.unreadable", _("This workbook cannot be read. Open it, save it as .xlsx or CSV, and send it again.")
        ) from error


def _check_parts(path: Path) -> None:
    """Refuse, by the table of contents alone, what would be large when unpacked or reaches outside of the file."""
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Invalid("import.unreadable", _("This file is damaged.")) from error
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    bomb = unpacked > 1_000_000 and unpacked > packed * MOST_RATIO
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS or bomb:
        raise Invalid("import.bomb", _("Unpacked, this workbook would be too large. Save the one sheet as CSV."))
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid("import.password", _("This workbook has a password. Save it without one."))
    if any("vbaproject" in name for name in names):
        raise Invalid("import.macros", _("This workbook has macros. Save it as an ordinary .xlsx."))
    if any("externallinks/" in name for name in names):
        raise Invalid(
            "import.external_links",
            _("This workbook takes values from other files. Copy the sheet, paste it as values, and save that."),
        )
    if "[content_types].xml" not in names:
        raise Invalid("import.not_a_table", _("This is neither a CSV file nor an Excel workbook."))


def _sheet_rows(path: Path) -> Iterator[TableRow]:
    with path.open("rb") as file, closing(_open_book(file)) as book:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        if not sheets:
            raise Invalid("import.no_sheet", _("There is no sheet with rows in this workbook."))
        sheet: Any = sheets[0]
        sheet.reset_dimensions()
        before: Any = None
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
            if cells is before:
                continue  # the reader yields one and the same row for each of a million that are left out
            before = cells
            formulas = frozenset(column for column, cell in enumerate(cells) if cell.data_type == "f")
            yield TableRow(number, _trimmed([_text(cell.value) for cell in cells]), formulas)


def _open_book(file: IO[bytes]) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(file, read_only=True, data_only=False, keep_links=False)


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)[:LONGEST_CELL].strip()


def column_letter(number: int) -> str:
    """Return what spreadsheets call a column: A for 0, AA for 26."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_heads(rows: Sequence[TableRow]) -> list[tuple[str, str]]:
    """Return letter and head of each column; one without a head counts when the first rows have something in it."""
    width = max((len(row.cells) for row in rows), default=0)
    return [(column_letter(column), rows[0].cell(column)[:LONGEST_SHOWN]) for column in range(width)]


def need_rows(rows: Sequence[TableRow]) -> None:
    """Raise ``Invalid`` for a file with nothing under its heads."""
    if len(rows) < 2:
        raise Invalid("import.empty", _("There is no row under the heads."))


def keep_upload(stream: IO[bytes]) -> Path:
    """Write an upload beside the results of jobs and return where it waits; raises ``Invalid`` when it is too large.

    What begins with ``import-`` there is removed after a day, whoever left it.
    """
    folder = settings().files
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"import-{os.urandom(12).hex()}.part"
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid("import.too_large", _("The file is larger than %(mb)s MB.", mb=MOST_BYTES // 1_000_000))
    part.write_bytes(content)
    return part
