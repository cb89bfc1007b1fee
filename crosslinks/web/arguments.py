"""What a query string asks for: odd values become the ordinary one, never an error."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import request

MOST_SEARCH = 100
MOST_PAGE = 100_000


def search_words() -> str:
    """Return what is searched for, bounded and without what no name holds."""
    return request.args.get("q", "")[:MOST_SEARCH].replace("\x00", "").strip()


def chosen(name: str, allowed: Collection[str], otherwise: str) -> str:
    """Return the argument ``name`` when it is one of ``allowed``."""
    value = request.args.get(name, "")
    return value if value in allowed else otherwise


def chosen_id(name: str) -> int | None:
    """Return the argument ``name`` as a row's number, or None."""
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


@dataclass(frozen=True)
class PageOf:
    """Which rows of a list are shown: ``first`` to ``last`` (counted from 1) of ``total``."""

    number: int
    first: int
    last: int
    total: int
    has_next: bool


def page_of(total: int, size: int) -> PageOf:
    """Return the page that is asked for, within what there is."""
    asked = chosen_id("page") or 1
    number = max(1, min(asked, MOST_PAGE, -(-total // size)))
    first = (number - 1) * size
    last = min(first + size, total)
    return PageOf(number, min(first + 1, total), last, total, last < total)
