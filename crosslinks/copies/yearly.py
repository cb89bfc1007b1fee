"""Next year's edition: the same document without its people and without what was made for one day, moved in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crosslinks.copies.decisions import PARTS
from crosslinks.copies.rules import Kept
from crosslinks.copies.tables import children_of, kind_of, table

WEEKS = timedelta(weeks=52)


@dataclass(frozen=True)
class Move:
    """How far everything moves, by the edition's own clock: a door that opens at nine opens at nine."""

    days: timedelta
    zone: ZoneInfo

    def moment(self, said: str) -> str:
        """Return a moment of the document so many days later."""
        local = datetime.fromisoformat(said).astimezone(self.zone).replace(tzinfo=None) + self.days
        return local.replace(tzinfo=self.zone).astimezone(UTC).astimezone(self.zone).isoformat()

    def day(self, said: str) -> str:
        """Return a day of the document so many days later."""
        return (date.fromisoformat(said) + self.days).isoformat()


def usual_day(starts_at: datetime, zone: ZoneInfo) -> date:
    """Return the same day of the week a year later."""
    return starts_at.astimezone(zone).date() + WEEKS


def raise_year(slug: str) -> str:
    """Return the address of next year's edition, where the address is a year; else nothing."""
    return str(int(slug) + 1) if slug.isascii() and slug.isdigit() and len(slug) == 4 else ""


def next_year(content: dict[str, Any], move: Move, *, sessions: bool) -> dict[str, Any]:
    """Return a document as next year begins with it: structure, texts, tiers, form and mails, never people.

    ``sessions``: the day's sessions and breaks as well, without talks and moderators. Identities are drawn anew.
    """
    edition = _moved("edition", content["edition"], move, sessions=sessions)
    questions = [one for one in edition.get("questions", []) if "retired_at" not in one or _is_named(edition, one)]
    if "questions" in edition:
        edition["questions"] = questions
    return content | {"edition": edition}


def _is_named(edition: dict[str, Any], question: dict[str, Any]) -> bool:
    return any(other.get("shown_if") == question["key"] for other in edition["questions"])


def _moved(name: str, row: dict[str, Any], move: Move, *, sessions: bool) -> dict[str, Any]:
    said = dict(row)
    for column, decision in PARTS[name].columns.items():
        if column in said and isinstance(decision, Kept):
            kind = kind_of(table(name).c[column])
            if kind is UUID:
                del said[column]
            elif kind is datetime:
                said[column] = move.moment(said[column])
            elif kind is date:
                said[column] = move.day(said[column])
    for child in children_of(name):
        part = PARTS[child]
        if part.name not in said:
            continue
        if not part.next_year or (child == "session" and not sessions):
            del said[part.name]
        elif part.single:
            said[part.name] = _moved(child, said[part.name], move, sessions=sessions)
        else:
            said[part.name] = [_moved(child, one, move, sessions=sessions) for one in said[part.name]]
    return said
