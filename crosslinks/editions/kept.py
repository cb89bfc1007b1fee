"""Counts that stay when people are erased: added to in the erasing transaction, read beside the rows that are left."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from crosslinks.editions.models import KeptFigure
from crosslinks.kernel.db import db, execute


@cache
def _add(dialect: str) -> Any:
    statement: Any = (sqlite if dialect == "sqlite" else postgresql).insert(KeptFigure)
    return statement.on_conflict_do_update(
        index_elements=["edition_id", "name", "step"],
        set_={"count": KeptFigure.count + statement.excluded["count"]},
    )


def keep_figures(*, edition_id: int, figures: Mapping[tuple[str, str], int]) -> None:
    """Add to the counts that stay, by name and step (a day, a moment or ``""``); counts of nothing are left out."""
    rows = [
        {"edition_id": edition_id, "name": name, "step": step, "count": count}
        for (name, step), count in sorted(figures.items())
        if count
    ]
    if rows:
        execute(_add(db.engine.dialect.name), rows)


def kept_total(edition_id: int, name: str) -> int:
    """Return one count over all its steps."""
    query = select(func.coalesce(func.sum(KeptFigure.count), 0))
    return int(db.session.scalar(query.where(KeptFigure.edition_id == edition_id, KeptFigure.name == name)) or 0)


def kept_figures(edition_id: int) -> dict[str, dict[str, int]]:
    """Return all counts of an edition that stayed, by name and step: one read."""
    found: dict[str, dict[str, int]] = {}
    rows = select(KeptFigure.name, KeptFigure.step, KeptFigure.count).where(KeptFigure.edition_id == edition_id)
    for name, step, count in db.session.execute(rows):
        found.setdefault(name, {})[step] = count
    return found
