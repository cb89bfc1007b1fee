"""Favourites without an account. Nothing is written into the log: there is nobody to name."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from crosslinks.editions.models import Edition
from crosslinks.feeds.models import FavouriteList
from crosslinks.feeds.published import chosen_parts, read_rows
from crosslinks.kernel.db import db

EPOCHS = 2**31


def make_favourites(*, edition: Edition, talks: Iterable[str]) -> FavouriteList:
    """Keep the chosen talks of an edition under a link; what is no public talk of it is left out."""
    made = FavouriteList(edition_id=edition.id, epoch=secrets.randbelow(EPOCHS), talks=_known(edition, talks))
    db.session.add(made)
    db.session.flush()
    return made


def change_favourites(*, edition: Edition, favourites: FavouriteList, talks: Iterable[str]) -> None:
    """Let a list hold these talks and no others; what is no public talk of its edition is left out."""
    known = _known(edition, talks)
    if known != favourites.talks:
        favourites.talks = known
        favourites.rev += 1
        db.session.flush()


def forget_favourites(*, favourites: FavouriteList) -> None:
    """Delete a list; its link opens nothing from now on."""
    db.session.delete(favourites)
    db.session.flush()


def _known(edition: Edition, talks: Iterable[str]) -> list[str]:
    return [str(talk.uuid) for _row, talk in chosen_parts(read_rows(edition), talks) if talk]
