"""Tables as CSV: in pieces, the same as whole, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from crosslinks.web.sheets import LINES_AT_ONCE, cell, csv_pieces


@pytest.mark.parametrize("text", ["=1+1", "+47", "-1", "@SUM", "\t=1", "\r=1", "\n=1"])
def test_nothing_is_taken_for_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell(f"a{text}") == f"a{text}"


@pytest.mark.parametrize("count", [0, 1, LINES_AT_ONCE - 2, LINES_AT_ONCE, 3 * LINES_AT_ONCE + 1])
def test_a_table_comes_in_pieces(count: int) -> None:
    moment = datetime(2024, 1, 25, 9, 30, tzinfo=UTC)
    pieces = list(csv_pieces(["=A", "B", "C", "D"], (['=x, "y"', number, moment, None] for number in range(count))))
    assert len(pieces) <= count // LINES_AT_ONCE + 2
    text = "".join(pieces)
    assert text.startswith("\ufeff'=A,B,C,D\r\n")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[1:] == [['\'=x, "y"', str(number), "2024-01-25 09:30", ""] for number in range(count)]


def test_rows_are_read_as_the_table_is_sent() -> None:
    read: list[int] = []

    def rows() -> object:
        for number in range(10 * LINES_AT_ONCE):
            read.append(number)
            yield [number]

    next(csv_pieces(["A"], rows()))  # type: ignore[arg-type]
    assert len(read) <= LINES_AT_ONCE
