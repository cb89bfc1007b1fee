"""The audit log as a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from crosslinks.accounts.log import LogFilter, iterate_entries
from crosslinks.accounts.log_words import LogLine, in_words


def log_heads() -> list[str]:
    """Return what stands above the rows."""
    return [_("When"), _("Who"), _("What"), _("Name"), _("Before"), _("After")]


def log_rows(chosen: LogFilter) -> Iterator[list[str]]:
    """Yield the chosen part of the log, read in parts: one row per entry."""
    for entry in iterate_entries(chosen):
        yield _columns(in_words(entry, {}, chosen.zone), chosen.zone)


def _columns(line: LogLine, zone: ZoneInfo) -> list[str]:
    before = "; ".join(f"{change.field}: {change.before}" for change in line.changes if change.before)
    after = "; ".join(f"{change.field}: {change.after}" for change in line.changes if change.after)
    when = line.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return [when, line.who, line.what, line.name, before, after]
