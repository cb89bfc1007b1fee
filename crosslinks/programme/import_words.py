"""The words of an import: what columns hold, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from crosslinks.programme.import_rules import Column, Refusal
from crosslinks.web.spreadsheets import column_letter

TITLES = {Column.TITLE, Column.TITLE_EN, Column.TITLE_NB}


def column_names() -> dict[Column, str]:
    """Return what each meaning of a column is called."""
    return {
        Column.DAY: _("Day"),
        Column.START: _("Starts"),
        Column.END: _("Ends"),
        Column.MINUTES: _("Minutes"),
        Column.TITLE: _("Title"),
        Column.TITLE_EN: _("Title, in English"),
        Column.TITLE_NB: _("Title, in Norwegian"),
        Column.KIND: _("Kind"),
        Column.SPEAKERS: _("Speakers"),
        Column.SESSION: _("Session"),
        Column.MODERATORS: _("Moderators"),
        Column.ROOM: _("Room"),
        Column.ABSTRACT: _("Abstract"),
    }


def columns_refusal(columns: Mapping[int, Column]) -> str:
    """Return what is wrong with the columns as a whole, ``""`` when they can be used."""
    chosen = list(columns.values())
    doubled = next((one for one in chosen if chosen.count(one) > 1), None)
    if doubled is not None:
        return _("Two columns cannot both be “%(field)s”.", field=column_names()[doubled])
    if not TITLES & set(chosen):
        return _("Choose which column holds the title.")
    if Column.START not in chosen:
        return _("Choose which column says when each part starts.")
    if not {Column.END, Column.MINUTES} & set(chosen):
        return _("Choose which column says when each part ends, or how many minutes it takes.")
    return ""


def refusal_lines(refusals: Iterable[Refusal], columns: Mapping[int, Column]) -> list[tuple[int, str, str]]:
    """Return ``(row, column, what is wrong)`` of each refusal, such as ``(3, "Starts (column B)", "…")``."""
    places = {meaning: number for number, meaning in columns.items()}
    names = column_names()

    def where(column: Column) -> str:
        if column not in places:
            return names[column]
        return f"{names[column]} ({_('column %(letter)s', letter=column_letter(places[column]))})"

    return [(one.row, where(one.column), _problem(one)) for one in refusals]


def _problem(refusal: Refusal) -> str:
    fact = refusal.fact
    return {
        "character": _("There is a character in it that cannot be kept."),
        "day_unreadable": _("“%(text)s” is no day. Write it as 2024-01-25 or 25.01.2024.", text=fact),
        "end_unreadable": _("“%(text)s” is no end after the start. Write a time such as 10:30, or minutes.", text=fact),
        "formula": _("This is a formula. Copy the column and paste it as values."),
        "kind_unknown": _("Write talk, keynote, panel, opening, closing or break."),
        "moderator_alone": _("Only a session has moderators. Write what it is called under “Session”."),
        "person_unknown": _("Not among the people of this edition: %(names)s.", names=fact),
        "room_unknown": _("There is no room called “%(name)s”.", name=fact),
        "speaker_in_break": _("Nobody speaks in a break. Take the name out, or write another kind."),
        "time_missing": _("The start is missing."),
        "time_unreadable": _("“%(text)s” is no time of this day. Write it as 10:30.", text=fact),
        "title_missing": _("The title is missing."),
        "too_long": _("At most %(most)s characters.", most=fact),
    }[refusal.code]
