"""Every table as lines of JSON, the same on every database, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import IO, Any
from uuid import UUID

from sqlalchemy import JSON, Column, MetaData, Table, func, insert, select, text
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import Session

CHUNK = 500
_ERASED = "(SELECT coalesce(max(number), 0) FROM erased_ticket)"
_AFTER_ERASED_ON_SQLITE = text(
    f"UPDATE sqlite_sequence SET seq = max(seq, {_ERASED}) WHERE name = 'registration'"  # noqa: S608 - a constant
)
_AFTER_ERASED = text(
    "SELECT setval(pg_get_serial_sequence('registration', 'id'), "
    f"greatest(nextval(pg_get_serial_sequence('registration', 'id')), {_ERASED} + 1), false)"
)


def tables(metadata: MetaData) -> list[Table]:
    """Return all tables, those that others point to first."""
    return metadata.sorted_tables


def _encode(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    return value


def _decode(column: Column[Any], value: Any) -> Any:
    if value is None or isinstance(column.type, JSON):
        return value
    if isinstance(column.type, EnumType) and column.type.enum_class:
        return column.type.enum_class(value)
    kind = getattr(column.type, "impl_instance", column.type).python_type
    if kind is bytes:
        return base64.b64decode(value, validate=True)
    if kind in {datetime, date}:
        return kind.fromisoformat(value)
    if kind in {UUID, Decimal}:
        return kind(value)
    return value


def write_rows(session: Session, table: Table, output: IO[bytes]) -> int:
    """Write a table, a row a line, ordered by its key; return how many rows there are."""
    written = 0
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=CHUNK)
    for row in session.execute(query).mappings():
        plain = {name: _encode(value) for name, value in row.items()}
        output.write(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        written += 1
    return written


def _read_rows(table: Table, source: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in source:
        plain: dict[str, Any] = json.loads(line)
        yield {name: _decode(table.columns[name], value) for name, value in plain.items()}


def load_rows(session: Session, table: Table, source: IO[bytes]) -> int:
    """Add the rows of a table within the open transaction; return how many there are."""
    chunk: list[dict[str, Any]] = []
    loaded = 0
    for row in _read_rows(table, source):
        chunk.append(row)
        if len(chunk) == CHUNK:
            session.execute(insert(table), chunk)
            loaded += len(chunk)
            chunk = []
    if chunk:
        session.execute(insert(table), chunk)
        loaded += len(chunk)
    return loaded


def count_rows(session: Session, table: Table) -> int:
    """Return how many rows a table has."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def continue_numbering(session: Session, metadata: MetaData) -> None:
    """Let numbers go on after the highest loaded one, for registrations also after those of erased people.

    SQLite does the former by itself.
    """
    if session.get_bind().dialect.name != "postgresql":
        session.execute(_AFTER_ERASED_ON_SQLITE)
        return
    for table in tables(metadata):
        key = table.autoincrement_column
        if key is None:
            continue
        session.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :last, :used)"),
            {
                "table": f'"{table.name}"',
                "column": key.name,
                "last": session.scalar(select(func.max(key))) or 1,
                "used": count_rows(session, table) > 0,
            },
        )
    session.execute(_AFTER_ERASED)
