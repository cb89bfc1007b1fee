"""Making, changing, publishing and deleting stories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from crosslinks.accounts.audit import snapshot
from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.stories.models import Story
from crosslinks.stories.queries import slug_taken
from crosslinks.stories.rules import StoryKind, StoryState, slug_of

STORY_FIELDS = ("kind", "state", "slug", "title", "lead", "body", "author", "written_on")


def create_story(
    *, actor: Actor, now: datetime, edition: Edition, kind: StoryKind, title: Texts, written_on: date, **more: Any
) -> Story:
    """Add a draft; its address is ``slug`` or made of its title. Raises ``Conflict`` for one that is taken."""
    slug = more.pop("slug", "") or _free_slug(edition.id, slug_of(next(iter(title.values()), "")))
    if slug_taken(edition.id, slug):
        raise Conflict("story.slug_taken")
    story = Story(
        edition_id=edition.id, kind=kind, title=title, slug=slug, written_on=written_on, state=StoryState.DRAFT,
        created_at=now, pictures=[], **more,
    )  # fmt: skip
    db.session.add(story)
    db.session.flush()
    touch_public(edition.id)
    log_write(actor, now, edition, "story.created", story.id, after=snapshot(story, STORY_FIELDS))
    return story


def _free_slug(edition_id: int, wanted: str) -> str:
    slug, number = wanted, 2
    while slug_taken(edition_id, slug):
        slug, number = f"{wanted[:70]}-{number}", number + 1
    return slug


def change_story(*, actor: Actor, now: datetime, edition: Edition, story: Story, changes: Mapping[str, Any]) -> None:
    """Change fields of a story, but its state. Raises ``Conflict`` for an address that is taken."""
    unknown = changes.keys() - (set(STORY_FIELDS) - {"state"})
    if unknown:
        raise Invalid("story.field_unknown", min(unknown))
    if slug_taken(edition.id, changes.get("slug", story.slug), story.id):
        raise Conflict("story.slug_taken")
    before = snapshot(story, STORY_FIELDS)
    for name, value in changes.items():
        setattr(story, name, value)
    db.session.flush()
    touch_public(edition.id)
    log_write(actor, now, edition, "story.changed", story.id, before, snapshot(story, STORY_FIELDS))


def set_story_state(*, actor: Actor, now: datetime, edition: Edition, story: Story, state: StoryState) -> None:
    """Publish a story or take it back. Raises ``Conflict`` while a picture of it has no description."""
    if state is StoryState.PUBLISHED and any(not picture.alt for picture in story.pictures):
        raise Conflict("picture.undescribed")
    before = snapshot(story, ("state",))
    story.state = state
    db.session.flush()
    touch_public(edition.id)
    log_write(actor, now, edition, "story.changed", story.id, before, snapshot(story, ("state",)))


def delete_story(*, actor: Actor, now: datetime, edition: Edition, story: Story) -> None:
    """Delete a story with its pictures; who calls drops files that nothing shows any more."""
    touch_public(edition.id)
    log_write(actor, now, edition, "story.deleted", story.id, snapshot(story, STORY_FIELDS))
    db.session.delete(story)
    db.session.flush()
