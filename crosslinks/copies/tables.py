"""The tables themselves, and what their columns allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint

from crosslinks.copies.decisions import PARTS, holder_of, table_of
from crosslinks.copies.rules import How, Kept, Names, Shows
from crosslinks.kernel.db import Base

LISTS = {
    How.LANGUAGES, How.PERSON_LINKS, How.SPONSOR_LINKS, How.OPTIONS, How.FEEDBACK_OPTIONS, How.VALUES,
}  # fmt: skip
OBJECTS = {How.TEXTS, How.BOX, How.PROGRAMME}


def table(name: str) -> Table:
    """Return the table of a part."""
    return Base.metadata.tables[table_of(name)]


def children_of(name: str) -> list[str]:
    """Return the parts whose rows stand within rows of a part."""
    return [child for child, part in PARTS.items() if part.inside == name]


def kind_of(column: Column[Any]) -> type[Any]:
    """Return what a column holds in Python."""
    kind: type[Any] = getattr(column.type, "impl_instance", column.type).python_type
    return kind


def empty_of(column: Column[Any], kept: Kept) -> Any:
    """Return what stands for nothing in a column, which the file leaves out."""
    if kept.how in OBJECTS:
        return {}
    if kept.how in LISTS:
        return []
    return "" if kind_of(column) is str else None


def default_of(column: Column[Any]) -> Any:
    """Return the plain value that a new row has in ``column``, or None."""
    default: Any = column.default
    return default.arg if default is not None and default.is_scalar else None


def unique_together(name: str) -> Iterator[tuple[str, ...]]:
    """Return the columns of the file by which no two rows within an edition may be alike."""
    found, part = table(name), PARTS[name]
    said = {column for column, decision in part.columns.items() if isinstance(decision, (Kept, Names, Shows))}
    implied = {"id"} if not part.inside else {"edition_id", holder_of(name)}
    keys = [constraint.columns.keys() for constraint in found.constraints if isinstance(constraint, UniqueConstraint)]
    keys += [found.primary_key.columns.keys()]
    for names in keys:  # a single unique column has a constraint of its own
        own = tuple(one for one in names if one in said)
        if own and set(names) <= {*own, *implied}:
            yield own
