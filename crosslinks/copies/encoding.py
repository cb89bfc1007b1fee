"""A row's values as the file has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Column

from crosslinks.copies.rules import Kept
from crosslinks.copies.tables import default_of, empty_of


def encode(value: Any, zone: ZoneInfo) -> Any:
    """Return a value as JSON holds it: moments with the edition's own clock, so that people can read them."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def is_left_out(value: Any, column: Column[Any], kept: Kept) -> bool:
    """Say whether the file says nothing of a value: it is empty, and so is what a new row has."""
    return value == empty_of(column, kept) and not default_of(column)


class Keys:
    """How the file names the rows that others name, by table and number."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, int], str] = {}

    def note(self, table: str, number: int, key: str) -> None:
        """Remember how a row is named."""
        self._keys[table, number] = key

    def of(self, table: str, number: int) -> str | None:
        """Return how a row is named; None for one that is no more."""
        return self._keys.get((table, number))


def encode_condition(shown_if: str, keys: Keys) -> str:
    """Return what a question depends on, another question by its key."""
    number = shown_if[1:]
    if not (shown_if.startswith("q") and number.isdigit()):
        return shown_if
    return keys.of("question", int(number)) or ""


def encode_programme(content: Mapping[str, Any], keys: Keys, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return what a release froze, with rooms and people by their keys."""
    return [
        {
            **_common(session, zone),
            "summary": session["summary"],
            "room": session["room"],
            "streamed": session["streamed"],
            "moderators": _people(session["moderators"], keys),
            "talks": [
                {
                    **_common(talk, zone),
                    "slug": talk["slug"],
                    "abstract": talk["abstract"],
                    "abstract_language": talk["abstract_language"],
                    "speakers": _people(talk["speakers"], keys),
                }
                for talk in session["talks"]
            ],
        }
        for session in content.get("sessions", ())
    ]


def _common(part: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    moments = {name: encode(datetime.fromisoformat(part[name]), zone) for name in ("starts_at", "ends_at")}
    return {name: part[name] for name in ("uuid", "kind", "title", "is_demo")} | moments


def _people(numbers: list[int], keys: Keys) -> list[str]:
    return [key for key in (keys.of("person", number) for number in numbers) if key is not None]
