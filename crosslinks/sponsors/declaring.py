"""Who says that they are a health professional: remembered in their own session, counted by the day, tied to nobody."""

from __future__ import annotations

from datetime import datetime

from flask import session
from sqlalchemy import Date, bindparam, select, text

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.sponsors.models import HealthDeclaration

_SESSION = "health_professional"
MOST_REMEMBERED = 20
_COUNT = text(
    "INSERT INTO health_declaration (edition_id, day, count) VALUES (:edition_id, :day, 1) "
    "ON CONFLICT (edition_id, day) DO UPDATE SET count = health_declaration.count + 1"
).bindparams(bindparam("day", type_=Date()))


def has_declared(edition_id: int) -> bool:
    """Say whether this visitor has said, in this session, that they are a health professional."""
    return edition_id in session.get(_SESSION, ())


def remember_declaration(edition_id: int) -> None:
    """Remember in the session that this visitor said so, about the last editions alone."""
    known = [one for one in session.get(_SESSION, ()) if one != edition_id]
    session[_SESSION] = [*known, edition_id][-MOST_REMEMBERED:]


def forget_declaration(edition_id: int) -> None:
    """Forget that this visitor said so."""
    session[_SESSION] = [one for one in session.get(_SESSION, ()) if one != edition_id]


def count_declaration(*, now: datetime, edition: Edition) -> None:
    """Count one declaration on the day of ``now`` in the edition's zone. No line of the log: it would have a time."""
    db.session.execute(_COUNT, {"edition_id": edition.id, "day": now.astimezone(edition.zone).date()})


def list_declarations(edition_id: int) -> list[HealthDeclaration]:
    """Return how many said so on each day, the latest first."""
    return list(
        db.session.scalars(
            select(HealthDeclaration)
            .where(HealthDeclaration.edition_id == edition_id)
            .order_by(HealthDeclaration.day.desc())
        )
    )
