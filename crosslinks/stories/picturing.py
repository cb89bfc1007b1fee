"""Adding, describing, ordering and deleting pictures, of a story or of the gallery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crosslinks.accounts.audit import snapshot
from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict
from crosslinks.stories.models import Picture, Story
from crosslinks.stories.queries import list_gallery
from crosslinks.stories.rules import MOST_GALLERY, StoryState
from crosslinks.web.photographs import Photograph

PICTURE_FIELDS = ("alt", "credit", "is_shown", "position")


@dataclass(frozen=True)
class Caption:
    """What is said about a picture, and whether the gallery shows it."""

    alt: Texts
    credit: str
    is_shown: bool = False


def add_pictures(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    photographs: Sequence[Photograph],
    credit: str = "",
    story: Story | None = None,
) -> list[Picture]:
    """Add stored photographs after the others, hidden in the gallery until described. Raises ``Conflict`` when full.

    A published story goes back to draft: its new pictures have no description yet.
    """
    there = story.pictures if story else list_gallery(edition.id)
    if len(there) + len(photographs) > MOST_GALLERY:
        raise Conflict("gallery.full")
    made = [
        Picture(
            edition_id=edition.id, story=story, file=one.name, width=one.width, height=one.height, alt={},
            credit=credit, position=place, is_shown=False,
        )
        for place, one in enumerate(photographs, len(there))
    ]  # fmt: skip
    db.session.add_all(made)
    if story is not None and made and story.state is StoryState.PUBLISHED:
        story.state = StoryState.DRAFT
    db.session.flush()
    touch_public(edition.id)
    log_write(actor, now, edition, "picture.uploaded", made[0].id if made else 0, after={"pictures": len(made)})
    return made


def describe_pictures(
    *, actor: Actor, now: datetime, edition: Edition, captions: Sequence[tuple[Picture, Caption]]
) -> None:
    """Describe pictures and say which of the gallery are shown.

    Raises ``Conflict`` when one without description would be seen by everybody, in the gallery or a published story.
    """
    for picture, caption in captions:
        seen = caption.is_shown or (picture.story is not None and picture.story.state is StoryState.PUBLISHED)
        if seen and not caption.alt:
            raise Conflict("picture.undescribed")
        before = snapshot(picture, PICTURE_FIELDS)
        picture.alt, picture.credit = caption.alt, caption.credit
        picture.is_shown = caption.is_shown and picture.story_id is None
        after = snapshot(picture, PICTURE_FIELDS)
        if before != after:
            log_write(actor, now, edition, "picture.changed", picture.id, before, after)
    db.session.flush()
    touch_public(edition.id)


def move_picture(*, actor: Actor, now: datetime, edition: Edition, picture: Picture, up: bool) -> None:
    """Let a picture change places with its neighbour; at the end nothing happens."""
    rows = picture.story.pictures if picture.story else list_gallery(edition.id)
    place = [row.id for row in rows].index(picture.id)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    order = list(rows)
    order[place], order[other] = order[other], order[place]
    for number, row in enumerate(order):
        row.position = number
    db.session.flush()
    touch_public(edition.id)
    log_write(actor, now, edition, "picture.moved", picture.id, after={"position": picture.position})


def delete_picture(*, actor: Actor, now: datetime, edition: Edition, picture: Picture) -> None:
    """Delete a picture; who calls drops its files when nothing shows them any more."""
    touch_public(edition.id)
    log_write(actor, now, edition, "picture.deleted", picture.id, snapshot(picture, PICTURE_FIELDS))
    db.session.delete(picture)
    db.session.flush()
