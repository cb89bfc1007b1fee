"""What an organizer asks of a list of people, as its address says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class ListAddress:
    """Search, state and order of a list at ``base``; ``order`` begins with ``-`` when it falls."""

    base: str
    words: str = ""
    state: str = ""
    order: str = "name"
    ordinary: str = "name"

    def query(self, *, page: int = 1, **changes: Any) -> str:
        """Return the query string with ``changes``, or nothing when all is ordinary."""
        asked = replace(self, **changes)
        pairs = {
            "q": asked.words,
            "state": asked.state,
            "sort": asked.order if asked.order != self.ordinary else "",
            "page": str(page) if page > 1 else "",
        }
        pairs = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(pairs)}" if pairs else ""

    def url(self, *, page: int = 1, **changes: Any) -> str:
        """Return the address with ``changes``."""
        return self.base + self.query(page=page, **changes)

    def head(self, sort: str) -> tuple[str, str]:
        """Return the address and the direction of the head that sorts by ``sort``; the one in use turns around."""
        if self.order.removeprefix("-") != sort:
            return self.url(order=sort), ""
        falls = self.order.startswith("-")
        return self.url(order=sort if falls else f"-{sort}"), "descending" if falls else "ascending"
