"""From a document to rows that can be written: every fault is noted with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from crosslinks.copies.checks import check_rows
from crosslinks.copies.decisions import PARTS, table_of
from crosslinks.copies.decoding import Refused, decode
from crosslinks.copies.programme import read_programme
from crosslinks.copies.refusals import BadFile
from crosslinks.copies.rows import Row
from crosslinks.copies.rules import (
    FORMAT,
    MOST_FAULTS,
    MOST_ROWS,
    VERSION,
    Fault,
    How,
    Kept,
    Names,
    Never,
    Shows,
)
from crosslinks.copies.tables import children_of, default_of, empty_of, kind_of, table


@dataclass
class Plan:
    """What a file would make: the rows of each part, and how many there are."""

    conference: Row
    edition: Row
    parts: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        """How many rows of each part there are."""
        return Counter({name: len(rows) for name, rows in self.parts.items()})

    def rows(self) -> Iterator[Row]:
        """Every row."""
        yield from (self.conference, self.edition)
        for rows in self.parts.values():
            yield from rows


def read_document(content: Any, has_picture: Callable[[str], bool]) -> Plan:
    """Return what a document would make; raises ``BadFile`` with every fault that was found, at most forty."""
    return _Reader(has_picture).read(content)


class _TooManyError(Exception):
    """Enough faults were found."""


class _Reader:
    def __init__(self, has_picture: Callable[[str], bool]) -> None:
        self._has_picture = has_picture
        self._faults: list[Fault] = []
        self._parts: dict[str, list[Row]] = {name: [] for name, part in PARTS.items() if part.inside}
        self._count = 0

    def read(self, content: Any) -> Plan:
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise BadFile.of("format", "format")
        version = content.get("version")
        if version != VERSION or isinstance(version, bool):
            raise BadFile.of("version", "version", str(version)[:20])
        plan = None
        try:
            for name in content.keys() - {"format", "version", "conference", "edition"}:
                self._refuse(name, Refused("unknown"))
            conference = self._row("conference", content.get("conference"), "conference")
            edition = self._row("edition", content.get("edition"), "edition")
            if conference is not None and edition is not None:
                plan = Plan(conference, edition, self._parts)
                for path, refused in check_rows(plan.rows()):
                    self._refuse(path, refused)
        except _TooManyError:
            pass
        if self._faults or plan is None:
            raise BadFile(self._faults)
        return plan

    def _refuse(self, path: str, refused: Refused) -> None:
        self._faults.append(Fault((path + refused.within)[:160], refused.code, refused.fact))
        if len(self._faults) >= MOST_FAULTS:
            raise _TooManyError

    def _row(self, name: str, said: Any, path: str, around: Row | None = None) -> Row | None:
        if not isinstance(said, dict):
            self._refuse(path, Refused("missing" if said is None else "no_object"))
            return None
        self._count += 1
        if self._count > MOST_ROWS:
            self._refuse(path, Refused("too_many", str(MOST_ROWS)))
            raise _TooManyError
        row = Row(name, path, around)
        known = self._columns(row, said)
        for child in children_of(name):
            known.add(PARTS[child].name)
            self._list(child, said.get(PARTS[child].name), f"{path}.{PARTS[child].name}", row)
        for unknown in sorted(said.keys() - known):
            self._refuse(f"{path}.{unknown[:60]}", Refused("unknown"))
        return row

    def _list(self, name: str, said: Any, path: str, around: Row) -> None:
        if said is None:
            return
        part = PARTS[name]
        if part.single:
            found = self._row(name, said, path, around)
            self._parts[name] += [found] if found else []
            return
        if not isinstance(said, list):
            self._refuse(path, Refused("no_list"))
            return
        if len(said) > part.most:
            self._refuse(path, Refused("too_many", str(part.most)))
            return
        for place, one in enumerate(said):
            found = self._row(name, one, f"{path}[{place}]", around)
            self._parts[name] += [found] if found else []

    def _columns(self, row: Row, said: dict[str, Any]) -> set[str]:
        """Take every column of a row; return the names that the file may have here."""
        part = PARTS[row.part]
        known: set[str] = set()
        if part.key == "*":
            known.add("key")
            self._attempt(row.path + ".key", lambda: row.set_key(said.get("key")))
        for column, decision in part.columns.items():
            name = column.removesuffix("_id") if isinstance(decision, Names) else column
            if isinstance(decision, (Kept, Names, Shows)):
                known.add(name)
                value = said.get(name)
                self._attempt(f"{row.path}.{name}", partial(self._take, row, column, decision, value))
        if part.key not in {"", "*"}:
            row.key = str(row.values.get(part.key, ""))
        return known

    def _attempt(self, path: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Refused as refused:
            self._refuse(path, refused)

    def _take(self, row: Row, column: str, decision: Kept | Names | Shows, value: Any) -> None:
        where = table(row.part).c[column]
        if isinstance(decision, Shows):
            if value is None and table_of(row.part) != "edition_picture":
                row.values[column] = ""
                return
            if not isinstance(value, str) or not self._has_picture(value):
                raise Refused("no_picture")
            row.pictures[column] = value
        elif isinstance(decision, Names):
            if value is not None:
                row.names[column] = (decision.table, self._key(value))
            elif not where.nullable:
                raise Refused("missing")
        elif decision.how is How.PROGRAMME:
            row.values[column] = read_programme([] if value is None else value)
        elif value is None:
            row.values[column] = _unsaid(row.part, column, decision)
        else:
            row.values[column] = decode(where, decision, value)

    def _key(self, value: Any) -> str:
        if not isinstance(value, str):
            raise Refused("no_text")
        return value


def _unsaid(part: str, column: str, kept: Kept) -> Any:
    """Return what a column has of which the file says nothing."""
    where = table(part).c[column]
    if kind_of(where) is UUID:
        return uuid4()
    default = default_of(where)
    if default is not None:
        return default
    empty = empty_of(where, kept)
    if empty is None and not where.nullable:
        raise Refused("missing")
    if empty == "" and (kept.how is How.SLUG or (where.default is None and not where.nullable)):
        raise Refused("missing")
    return empty


def moment_columns(part: str) -> list[str]:
    """Return the columns of a part that a new row fills with the moment at which it is made."""
    return [column for column, decision in PARTS[part].columns.items() if isinstance(decision, Never) and decision.now]
