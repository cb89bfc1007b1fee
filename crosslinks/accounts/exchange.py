"""The audit log as a file for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from crosslinks.accounts.log import LogFilter, iterate_entries
from crosslinks.accounts.log_words import LogLine, in_words
from crosslinks.web.sheets import cell

BYTE_ORDER_MARK = "\ufeff"


def log_as_csv(chosen: LogFilter) -> Iterator[str]:
    """Return the chosen part of the log as CSV, piece by piece: one line per entry, formulas made harmless."""
    yield BYTE_ORDER_MARK + _line([_("When"), _("Who"), _("What"), _("Name"), _("Before"), _("After")])
    for entry in iterate_entries(chosen):
        line = in_words(entry, {}, chosen.zone)
        yield _line(_columns(line, chosen.zone))


def _columns(line: LogLine, zone: ZoneInfo) -> list[str]:
    before = "; ".join(f"{change.field}: {change.before}" for change in line.changes if change.before)
    after = "; ".join(f"{change.field}: {change.after}" for change in line.changes if change.after)
    when = line.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return [when, line.who, line.what, line.name, before, after]


def _line(values: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([cell(value) for value in values])
    return out.getvalue()
