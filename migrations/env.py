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


engine = current_app.extensions["migrate"].db.engine
with engine.connect() as open_connection:
    run(open_connection)
    open_connection.commit()
