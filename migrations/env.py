"""Runs the migrations on the application's own engine."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from crosslinks.kernel.columns import UtcDateTime
from crosslinks.kernel.db import Base


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write our column types as plain ones, so that old migrations never depend on present code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Run within one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        user_module_prefix="sa.",
    )
    with context.begin_transaction():
        context.run_migrations()


def set_foreign_keys(connection: Connection, state: str) -> None:
    """Turn SQLite's foreign keys on or off, outside of any transaction: within one SQLite takes no notice."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys={state}")
        cursor.close()


def refuse_orphans(connection: Connection) -> None:
    """Raise before the commit when a migration left rows that point nowhere."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if orphans:
            raise RuntimeError(f"rows point nowhere after migrating: {orphans[:5]}")


# A batch makes a table anew and drops the old one; with foreign keys on, SQLite deletes all that points at it first.
engine = current_app.extensions["migrate"].db.engine
with engine.connect() as open_connection:
    set_foreign_keys(open_connection, "OFF")
    try:
        run(open_connection)
        refuse_orphans(open_connection)
        open_connection.commit()
    finally:
        open_connection.rollback()
        set_foreign_keys(open_connection, "ON")
