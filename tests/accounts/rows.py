"""Plain rows of any table, filled by the kinds of its columns: objects of another conference, whatever the feature."""

from __future__ import annotations

import itertools
import secrets
import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Enum, Integer, LargeBinary, String, Table, Uuid, insert, select

from crosslinks.kernel.columns import UtcDateTime
from crosslinks.kernel.db import Base, db
from tests.factories import NOW

_numbers = itertools.count(1)


def _value(column: Column[Any]) -> Any:
    kind = column.type
    number = next(_numbers)
    if isinstance(kind, Enum):
        return kind.python_type(kind.enums[0]) if kind.enum_class is None else next(iter(kind.enum_class))
    if isinstance(kind, UtcDateTime):
        return NOW + timedelta(seconds=number)
    if isinstance(kind, JSON):
        return {}
    return {
        Boolean: lambda: False,
        Integer: lambda: number,
        LargeBinary: lambda: secrets.token_bytes(16),
        Date: lambda: date(2024, 1, 25),
        Uuid: uuid.uuid4,
        String: lambda: f"r{number}",
    }[next(base for base in type(kind).__mro__ if base in {Boolean, Integer, LargeBinary, Date, Uuid, String})]()


def make_row(table: Table, known: dict[str, int]) -> int:
    """Insert a row into ``table`` and return its id; ``known`` says which rows of other tables to point at."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.primary_key or (column.nullable and not column.foreign_keys):
            continue
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column.table
            if target.name in known:
                values[column.name] = known[target.name]
            elif not column.nullable:
                known[target.name] = values[column.name] = make_row(target, known)
        elif column.default is None:
            values[column.name] = _value(column)
        elif column.default.is_scalar:
            values[column.name] = column.default.arg
    statement = insert(table).values(values).returning(table.c.id)
    return int(db.session.execute(statement).scalar_one())


def read_row(table: Table, row_id: int) -> dict[str, Any] | None:
    """Return what a row holds now."""
    row = db.session.execute(select(table).where(table.c.id == row_id)).mappings().first()
    return None if row is None else dict(row)


def find_table(name: str) -> Table | None:
    """Return the table of that name."""
    return Base.metadata.tables.get(name)
