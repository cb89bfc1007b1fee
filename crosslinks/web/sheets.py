"""Tables on their way into a spreadsheet: CSV (RFC 4180, UTF-8 with a byte order mark), no text taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, stream_with_context

BYTE_ORDER_MARK = "\ufeff"
CSV_TYPE = "text/csv; charset=utf-8"
MOMENT = "%Y-%m-%d %H:%M"
LINES_AT_ONCE = 100
Cell = str | int | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before what looks like one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def exact_moment(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment by the clock of ``zone`` with its distance from UTC, to the minute; nothing for none."""
    return moment.astimezone(zone).isoformat(timespec="minutes") if moment else ""


class _Echo:
    """What a CSV writer writes is handed back to who called it."""

    def write(self, line: str) -> str:
        return line


def csv_pieces(head: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Return a table as CSV, some lines at once, so that it is never held whole; moments by their own clock."""
    writer = csv.writer(_Echo())
    lines = [BYTE_ORDER_MARK, writer.writerow([cell(one) for one in head])]
    for row in rows:
        lines.append(writer.writerow([_plain(one) for one in row]))
        if len(lines) >= LINES_AT_ONCE:
            yield "".join(lines)
            lines = []
    yield "".join(lines)


def _plain(value: Cell) -> str | int:
    if isinstance(value, datetime):
        return value.strftime(MOMENT)
    return cell(value) if isinstance(value, str) else "" if value is None else value


def csv_download(name: str, head: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Response:
    """Return a table as a download of the name ``name.csv`` that nobody stores; its rows are read as they are sent."""
    response = Response(stream_with_context(csv_pieces(head, rows)), content_type=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
