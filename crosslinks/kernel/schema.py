"""Which migrations the database has seen, without loading the tool that runs them."""

from __future__ import annotations

from functools import cache

from sqlalchemy import inspect, text

from crosslinks.kernel.db import db
from crosslinks.kernel.resources import resource


@cache
def newest_revision() -> str:
    """Return the number of the newest migration; files are named ``0001_what.py``."""
    return max(path.name.split("_")[0] for path in (resource("migrations") / "versions").glob("[0-9]*.py"))


def present_revision() -> str | None:
    """Return the migration that the database stands at, or None for an empty one."""
    if not inspect(db.engine).has_table("alembic_version"):
        return None
    found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def is_current() -> bool:
    """Say whether the database has seen every migration."""
    return present_revision() == newest_revision()
