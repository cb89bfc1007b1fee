"""Opening a personal feed by its link."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from crosslinks.config import settings
from crosslinks.editions.rules import EditionState
from crosslinks.feeds.models import FavouriteList
from crosslinks.kernel.db import db, read_row
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import LinkKind, link_identity, link_is_valid, make_link

_STAMP = (
    "SELECT f.id, f.epoch, f.rev, e.public_rev, e.state, c.slug, e.slug FROM favourite_list f "
    "JOIN edition e ON e.id = f.edition_id JOIN conference c ON c.id = e.conference_id WHERE f.id = :id"
)


@dataclass(frozen=True)
class FeedStamp:
    """What a personal feed depends on; one raw read."""

    id: int
    epoch: int
    rev: int
    public_rev: int
    state: str
    conference: str
    edition: str


def favourites_token(favourites: FavouriteList) -> str:
    """Return the token of the link to a list."""
    return make_link(settings().keys, LinkKind.FAVOURITES, favourites.id, favourites.epoch)


def open_feed(token: str) -> FeedStamp:
    """Return what a link opens; raises ``NotFound``, also when the edition is not public."""
    identity = link_identity(token)
    row = None if identity is None else read_row(_STAMP, id=identity)
    stamp = None if row is None else FeedStamp(*row)
    if stamp is None or not link_is_valid(settings().keys, LinkKind.FAVOURITES, token, stamp.id, stamp.epoch):
        raise NotFound("favourites.unknown")
    if stamp.state == EditionState.DRAFT:
        raise NotFound("edition.unpublished")
    return stamp


def get_favourites(stamp: FeedStamp, *, lock: bool = False) -> FavouriteList:
    """Return the list that a link opened, as it is now; raises ``NotFound`` when it is gone meanwhile."""
    query = select(FavouriteList).where(FavouriteList.id == stamp.id, FavouriteList.epoch == stamp.epoch)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("favourites.unknown")
    return found
