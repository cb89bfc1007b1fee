"""Finding typed words in columns, whatever the case of their letters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def holds(word: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the condition for rows that have ``word`` in one of ``columns``.

    SQLite folds the case of ASCII letters only: hence the usual spellings.
    """
    spellings = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
    return or_(*(column.icontains(one, autoescape=True) for column in columns for one in spellings))
