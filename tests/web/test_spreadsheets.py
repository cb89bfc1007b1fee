"""Files as people and programs write them, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from crosslinks.invitations.columns import guess_columns
from crosslinks.invitations.rows import split_name
from crosslinks.kernel.errors import Invalid
from crosslinks.web.spreadsheets import MOST_BYTES, MOST_ROWS, TableRow, column_letter, read_table
from tests.invitations.factories import workbook

HEADS = ["Navn", "E-post"]
ROWS = [["Åse Bø", "aase@example.org"], ["Łukasz", "l@example.org"]]


@pytest.fixture
def read(app: Flask, tmp_path: Path) -> Any:
    def read_it(content: bytes) -> list[TableRow]:
        path = tmp_path / "file"
        path.write_bytes(content)
        with app.test_request_context():
            return list(read_table(path))

    return read_it


def text(delimiter: str, rows: list[list[str]] | None = None) -> str:
    return "\r\n".join(delimiter.join(row) for row in [HEADS, *(rows or ROWS)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_in_any_encoding(read: Any, encoding: str, delimiter: str) -> None:
    rows = read(text(delimiter).encode(encoding))
    assert [list(row.cells) for row in rows] == [HEADS, *ROWS]
    assert [row.number for row in rows] == [1, 2, 3]


def test_csv_from_old_windows_and_with_the_mark_of_excel(read: Any) -> None:
    assert read(text(";", [["Åse Bø", "x"]]).encode("cp1252"))[1].cells == ("Åse Bø", "x")
    assert read(b"sep=;\r\nNavn;E-post\r\nA,B;c")[1].cells == ("A,B", "c")
    assert read(b'Navn;E-post\n"A\nB";c\n\n;\nD;e')[-1].number == 5
    assert read(b"Navn\nKari\n")[1].cells == ("Kari",)


def test_workbooks(read: Any) -> None:
    rows = read(workbook([["Åse Bø", 5, 2.5, True, None], [], ["Per", "=1+1"]], heads=HEADS))
    assert rows[1].cells[:4] == ("Åse Bø", "5", "2.5", "1")
    assert (rows[2].number, rows[2].formulas) == (4, frozenset({1}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\x03",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
        b"PK\x03\x04 broken",
        b"%PDF-1.7\x00\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        "Navn\n".encode("utf-16") + b"\x00",
        b"a;b\n\x81\x8d\x8f",
        b"x" * (MOST_BYTES + 1),
        b'a;b\n"' + b"y" * 200_000,
        b"a\n" * (MOST_ROWS + 5),
        (";".join(["x"] * 80)).encode(),
    ],
    ids=range(12),
)
def test_what_is_no_table_is_refused_in_words(read: Any, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        read(content)
    assert refusal.value.message
    assert refusal.value.message != refusal.value.code


def repacked(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    """Return a workbook with parts of it replaced, added or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            if part.filename not in changes:
                target.writestr(part.filename, source.read(part))
        for name, new in changes.items():
            if new is not None:
                target.writestr(name, new)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HOSTILE_BOOKS = {
    "bomb": {SHEET: b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"},
    "ratio": {"xl/media/x.xml": b"\x00" * 9_000_000},
    "many parts": {f"xl/x{number}.xml": b"<x/>" for number in range(2_100)},
    "external links": {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"},
    "macros": {"xl/vbaProject.bin": b"\x00"},
    "no types": {"[Content_Types].xml": None},
    "no sheet": {SHEET: None},
    "not xml": {SHEET: b"\x00\x01\x02"},
    "entities": {
        SHEET: b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, 9)).replace(b"&a0;", b"&a;")
        + b"]><worksheet>&a8;</worksheet>"
    },
    "external entity": {
        SHEET: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row r="1">'
        b'<c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    },
    "cut off": {"xl/workbook.xml": b"<workbook"},
}


@pytest.mark.parametrize("changes", HOSTILE_BOOKS.values(), ids=HOSTILE_BOOKS.keys())
def test_hostile_workbooks_are_refused_in_words(read: Any, changes: dict[str, bytes | None]) -> None:
    with pytest.raises(Invalid) as refusal:
        read(repacked(workbook(ROWS, heads=HEADS), changes))
    assert refusal.value.message not in {"", refusal.value.code}


def test_a_huge_dimension_costs_nothing(read: Any) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Navn</t></is></c></row>'
        b'<row r="3"><c r="A3" t="inlineStr"><is><t>Kari</t></is></c></row>'
        b'<row r="1048576"><c r="B1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Invalid) as refusal:
        read(repacked(workbook(ROWS, heads=HEADS), {SHEET: sheet}))
    assert refusal.value.code == "import.too_many_rows"
    short = sheet.replace(b'<row r="1048576"><c r="B1048576"', b'<row r="4"><c r="B4"')
    rows = read(repacked(workbook(ROWS, heads=HEADS), {SHEET: short}))
    assert [(row.number, row.cells) for row in rows] == [(1, ("Navn",)), (3, ("Kari",)), (4, ("", "x"))]


def test_a_password_is_told(read: Any) -> None:
    content = bytearray(workbook(ROWS))
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 8] |= 1
        start += 4
    with pytest.raises(Invalid) as refusal:
        read(bytes(content))
    assert refusal.value.code == "import.password"


def test_hidden_sheets_are_passed_over(read: Any) -> None:
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.sheet_state = "hidden"
    hidden.append(["secret"])
    book.create_sheet("People").append(["Navn"])
    out = io.BytesIO()
    book.save(out)
    assert load_workbook(io.BytesIO(out.getvalue())).sheetnames[1] == "People"
    assert [row.cells for row in read(out.getvalue())] == [("Navn",)]


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused(read: Any, content: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xff\xfe"):
        with suppress(Invalid):
            assert all("\x00" not in cell for row in read(start + content) for cell in row.cells)


def guess(*heads: str) -> dict[int, str]:
    return {column: field.value for column, field in guess_columns(heads).items()}


def test_heads_are_guessed_once_each() -> None:
    english = guess("First name", "Surname", "E-mail address", "Company")
    assert english == {0: "given_name", 1: "family_name", 2: "email", 3: "organisation"}
    assert guess("Navn", "E-post (jobb)", "E-post", "Rolle på navneskiltet") == {0: "name", 2: "email", 3: "role"}
    assert guess("", "\x00", "x" * 5000, "42") == {}


def test_names_and_letters() -> None:
    assert split_name("Kari Marie Nordmann") == ("Kari Marie", "Nordmann")
    assert split_name("Nordmann, Kari") == ("Kari", "Nordmann")
    assert split_name("Kari") == ("Kari", "")
    assert [column_letter(number) for number in (0, 25, 26, 59, 701, 702)] == ["A", "Z", "AA", "BH", "ZZ", "AAA"]
