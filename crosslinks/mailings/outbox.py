"""What an organizer asks of the list of messages, as its address says it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from crosslinks.mail.queries import SORTS
from crosslinks.mail.rules import MailState
from crosslinks.web.arguments import chosen, search_words

ORDINARY_SORT = "created"
FALLING_FIRST = frozenset({"created", "sent"})


@dataclass(frozen=True)
class OutboxFilter:
    """Search, filters and order; every default asks for everything."""

    q: str = ""
    state: MailState | None = None
    kind: str = ""
    sort: str = ORDINARY_SORT
    descending: bool = True

    @property
    def is_everything(self) -> bool:
        """Whether no message is left out."""
        return not (self.q or self.kind or self.state)

    def query(self, *, page: int = 1, **changes: Any) -> str:
        """Return the query string of this filter with ``changes``, or nothing when all is ordinary."""
        asked = replace(self, **changes)
        pairs = {
            "q": asked.q,
            "state": asked.state.value if asked.state else "",
            "kind": asked.kind,
            "sort": asked.order if asked.order != f"-{ORDINARY_SORT}" else "",
            "page": str(page) if page > 1 else "",
        }
        pairs = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(pairs)}" if pairs else ""

    @property
    def order(self) -> str:
        """The order as the address says it: ``-created`` is the newest first."""
        return f"-{self.sort}" if self.descending else self.sort

    def head(self, sort: str) -> tuple[str, str]:
        """Return the query and the direction of the head that sorts by ``sort``; the one in use turns around."""
        mine = self.sort == sort
        direction = ("descending" if self.descending else "ascending") if mine else ""
        down = not self.descending if mine else sort in FALLING_FIRST
        return self.query(sort=sort, descending=down), direction


def read_outbox_filter(kinds: Collection[str]) -> OutboxFilter:
    """Read the filter from the request's address; odd values become the ordinary one."""
    order = chosen("sort", [sign + name for name in SORTS for sign in ("", "-")], f"-{ORDINARY_SORT}")
    state = chosen("state", [state.value for state in MailState], "")
    return OutboxFilter(
        q=search_words(),
        state=MailState(state) if state else None,
        kind=chosen("kind", kinds, ""),
        sort=order.removeprefix("-"),
        descending=order.startswith("-"),
    )
