"""What names one person within text and plain data, and taking it out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from sqlalchemy import ColumnElement, String, cast, false, or_
from sqlalchemy.orm import InstrumentedAttribute

SHORTEST = 4
"""Shorter words name nobody: they are parts of others."""


@dataclass(frozen=True)
class Traces:
    """Words of which each names one person: an address, a full name, a reference, a ticket as it is written."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, *words: str) -> Traces:
        """Return the traces that are long enough to name anybody."""
        kept = (" ".join(word.split()) for word in words)
        return cls(tuple(dict.fromkeys(word for word in kept if len(word) >= SHORTEST)))

    def spellings(self) -> tuple[str, ...]:
        """Return the words as text, JSON and addresses write them."""
        found = (
            spelling
            for word in self.words
            for spelling in (word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1], quote_plus(word))
        )
        return tuple(dict.fromkeys(found))

    def name(self, text: str) -> bool:
        """Say whether ``text`` names the person, in any case of letters."""
        folded = text.casefold()
        return any(spelling.casefold() in folded for spelling in self.spellings())

    def condition(self, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Return the condition for rows that may name the person in one of ``columns``, text or JSON.

        A database folds the case of ASCII letters only, so each word is looked for as it is and in lower case.
        """
        spellings = dict.fromkeys((*self.spellings(), *Traces.of(*(w.lower() for w in self.words)).spellings()))
        return or_(
            false(),
            *(cast(column, String).icontains(text, autoescape=True) for column in columns for text in spellings),
        )


def forget(value: Any, traces: Traces, number: int | None = None) -> Any:
    """Return plain data without what names the person: such texts empty, such items of lists gone.

    ``number`` is their id, which is taken out of lists of numbers.
    """
    if isinstance(value, str):
        return "" if traces.name(value) else value
    if isinstance(value, Mapping):
        return {key: forget(item, traces, number) for key, item in value.items() if not traces.name(str(key))}
    if isinstance(value, Sequence):
        return [forget(item, traces, number) for item in value if not _is_about(item, traces, number)]
    return value


def _is_about(item: Any, traces: Traces, number: int | None) -> bool:
    if isinstance(item, bool):
        return False
    if isinstance(item, int):
        return item == number
    if isinstance(item, str):
        return traces.name(item)
    if isinstance(item, Sequence):
        return any(isinstance(part, str) and traces.name(part) for part in item)
    if isinstance(item, Mapping):
        return any(isinstance(part, str) and traces.name(part) for part in item.values())
    return False
