"""Forgetting what visitors chose, together with the people of an edition."""

from __future__ import annotations

from sqlalchemy import delete, select

from crosslinks.feeds.models import FavouriteList
from crosslinks.kernel.db import db


def forget_edition(*, edition_id: int, limit: int = 200) -> int:
    """Delete the lists of an edition past its erase date, at most ``limit``; return how many those were."""
    ids = list(db.session.scalars(select(FavouriteList.id).where(FavouriteList.edition_id == edition_id).limit(limit)))
    if ids:
        db.session.execute(delete(FavouriteList).where(FavouriteList.id.in_(ids)))
    return len(ids)
