"""What an organizer asks of the list of participants, as its address says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from crosslinks.kernel.errors import Invalid, NotFound
from crosslinks.kernel.tokens import read_reference
from crosslinks.registration.rules import BadgeRole, Profession, Source, search_key

LONGEST_SEARCH = 200
MOST_WORDS = 8
LAST_PAGE = 1_000_000
PAGE_SIZE = 50

_ANSWER = re.compile(r"[1-9][0-9]{0,8}:[a-z0-9]{1,12}")

Word = TypeVar("Word", bound=StrEnum)


class Show(StrEnum):
    """Which people: the chips above the list."""

    ALL = "all"
    ONSITE = "onsite"
    DIGITAL = "digital"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class SortBy(StrEnum):
    """By what the list is put in order."""

    NAME = "name"
    MODE = "mode"
    STATUS = "status"
    REGISTERED = "registered"


@dataclass(frozen=True)
class ListFilter:
    """Search, filters, order and page (from 1); every default asks for everything.

    ``answer`` is the number of a question and one of its choices, such as ``12:o3``.
    """

    q: str = ""
    show: Show = Show.ALL
    role: BadgeRole | None = None
    profession: Profession | None = None
    source: Source | None = None
    assistance: bool = False
    undelivered: bool = False
    answer: str = ""
    sort: SortBy = SortBy.NAME
    descending: bool = False
    page: int = 1

    @property
    def words(self) -> tuple[frozenset[str], ...]:
        """The words to find, folded as ``search_key`` folds, each with its other readings as a reference."""
        return tuple(_readings(word) for word in search_key(self.q).split()[:MOST_WORDS])

    @property
    def more(self) -> int:
        """How many of the further filters are set."""
        return sum(map(bool, (self.role, self.profession, self.source, self.assistance, self.undelivered, self.answer)))

    def is_everybody(self) -> bool:
        """Say whether nobody is left out."""
        return not self.words and not self.more and self.show is Show.ALL

    def query(self, **changes: Any) -> str:
        """Return the query string of this filter with ``changes``, with its ``?``, or nothing when all is default."""
        pairs = {name: value for name, value in replace(self, **changes).as_dict().items() if value}
        return f"?{urlencode(pairs)}" if pairs else ""

    def as_dict(self) -> dict[str, str]:
        """Return what differs from the default by the names that ``read_filter`` reads."""
        found: dict[str, str] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in {"sort", "descending"} and value != field.default:
                found[field.name] = "yes" if value is True else str(value)
        if self.sort is not SortBy.NAME or self.descending:
            found["sort"] = f"-{self.sort}" if self.descending else str(self.sort)
        return found


def _readings(word: str) -> frozenset[str]:
    """Return ``k7qf-2m`` also as ``k7qf2m``, as far as it has been typed; a name with a hyphen stays one."""
    found = {word}
    if len(word) <= 7 and word[4:5] == "-":
        found.add(word.replace("-", ""))
    reference = read_reference(word)
    return frozenset(found | {reference.lower()} if reference else found)


def read_filter(values: Mapping[str, str]) -> ListFilter:
    """Read a filter from an address or a form; raises ``Invalid`` for a word that it does not know.

    A page that is no number from 1 up raises ``NotFound``; one beyond the end is the last page, see ``clamp``.
    """
    sort = values.get("sort", "")
    return ListFilter(
        q=_search(values.get("q", "")),
        show=_one_of(Show, values.get("show", "")) or Show.ALL,
        role=_one_of(BadgeRole, values.get("role", "")),
        profession=_one_of(Profession, values.get("profession", "")),
        source=_one_of(Source, values.get("source", "")),
        assistance=_yes(values.get("assistance", "")),
        undelivered=_yes(values.get("undelivered", "")),
        answer=_answer(values.get("answer", "")),
        sort=_one_of(SortBy, sort.removeprefix("-")) or SortBy.NAME,
        descending=sort.startswith("-"),
        page=_page(values.get("page", "")),
    )


def _search(typed: str) -> str:
    text = " ".join(typed.split())
    if len(text) > LONGEST_SEARCH or "\x00" in text:
        raise Invalid("search.unusable")
    return text


def _one_of(kind: type[Word], typed: str) -> Word | None:
    if not typed:
        return None
    try:
        return kind(typed)
    except ValueError as error:
        raise Invalid("filter.unknown") from error


def _answer(typed: str) -> str:
    if typed and not _ANSWER.fullmatch(typed):
        raise Invalid("filter.unknown")
    return typed


def _yes(typed: str) -> bool:
    if typed not in {"", "yes"}:
        raise Invalid("filter.unknown")
    return bool(typed)


def _page(typed: str) -> int:
    if not typed:
        return 1
    if not (typed.isascii() and typed.isdigit()) or not 1 <= int(typed[:9]) <= LAST_PAGE or len(typed) > 9:
        raise NotFound("page.unknown")
    return int(typed)
