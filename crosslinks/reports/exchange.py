"""The pictures' figures as files: CSV (RFC 4180, UTF-8 with a byte order mark), no text taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from flask import Response

from crosslinks.registration.exchange import harmless

Row = Iterable[str | int]


def csv_file(name: str, head: Row, rows: Iterable[Row]) -> Response:
    """Return one table as a download."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in (head, *rows):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    response = Response(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
