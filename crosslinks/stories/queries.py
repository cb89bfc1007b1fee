"""Reading stories and pictures. What is not published is in no answer for the public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import Texts, pick_with_language
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.stories.models import Picture, Story
from crosslinks.stories.rules import StoryKind, StoryState, split_body
from crosslinks.web.languages import current_language


@dataclass(frozen=True)
class PictureView:
    """A picture as pages show it: ``file`` names its largest size, of ``width`` times ``height`` pixels."""

    id: int
    file: str
    width: int
    height: int
    alt: Texts
    credit: str


@dataclass(frozen=True)
class StoryCard:
    """A story as lists show it; ``picture`` is its first, or None."""

    slug: str
    kind: StoryKind
    title: Texts
    lead: Texts
    author: str
    written_on: date
    is_demo: bool
    picture: PictureView | None


@dataclass(frozen=True)
class StoryPart:
    """A passage of a story in Markdown, or a picture."""

    text: str = ""
    picture: PictureView | None = None


@dataclass(frozen=True)
class StoryPage:
    """A whole story in one language, ``language``, which may be another than the reader's."""

    card: StoryCard
    parts: tuple[StoryPart, ...]
    language: str


@dataclass(frozen=True)
class GalleryPage:
    """One picture of the gallery with its neighbours, counted from 1."""

    picture: PictureView
    number: int
    total: int
    before: int | None
    after: int | None


def _picture(row: Picture) -> PictureView:
    return PictureView(row.id, row.file, row.width, row.height, row.alt, row.credit)


def _card(story: Story) -> StoryCard:
    first = _picture(story.pictures[0]) if story.pictures else None
    return StoryCard(
        story.slug, story.kind, story.title, story.lead, story.author, story.written_on, story.is_demo, first
    )


def _stories(edition_id: int) -> Select[Story]:
    return (
        select(Story)
        .where(Story.edition_id == edition_id)
        .order_by(Story.written_on.desc(), Story.id.desc())
        .options(selectinload(Story.pictures))
    )


def list_public_stories(edition: Edition, limit: int | None = None) -> list[StoryCard]:
    """Return the published stories of an edition, the latest first: two statements, however many there are."""
    chosen = _stories(edition.id).where(Story.state == StoryState.PUBLISHED)
    return [_card(story) for story in db.session.scalars(chosen.limit(limit) if limit else chosen)]


def get_public_story(edition: Edition, slug: str) -> StoryPage:
    """Return a published story; raises ``NotFound`` for any other address, a draft's among them."""
    chosen = _stories(edition.id).where(Story.state == StoryState.PUBLISHED, Story.slug == slug)
    found = db.session.scalar(chosen) if "\x00" not in slug else None
    if found is None:
        raise NotFound("story.unknown")
    return story_page(found)


def story_page(story: Story) -> StoryPage:
    """Return a story as its page shows it, in the language of the request where it has that."""
    text, language = pick_with_language(story.body, current_language())
    pictures = [_picture(row) for row in story.pictures]
    parts = (
        StoryPart(picture=pictures[part.picture - 1]) if part.picture else StoryPart(part.text)
        for part in split_body(text, len(pictures))
    )
    return StoryPage(_card(story), tuple(parts), language)


def list_all_stories(edition_id: int) -> list[Story]:
    """Return every story with its pictures, for the organizer."""
    return list(db.session.scalars(_stories(edition_id)))


def get_story(edition_id: int, story_id: int) -> Story:
    """Return a story of this edition with its pictures; raises ``NotFound``."""
    found = db.session.scalar(_stories(edition_id).where(Story.id == story_id))
    if found is None:
        raise NotFound("story.unknown")
    return found


def slug_taken(edition_id: int, slug: str, but: int = 0) -> bool:
    """Say whether another story than ``but`` has that address."""
    return bool(
        db.session.scalar(select(exists().where(Story.edition_id == edition_id, Story.slug == slug, Story.id != but)))
    )


def _gallery(edition_id: int) -> Select[Picture]:
    return (
        select(Picture)
        .where(Picture.edition_id == edition_id, Picture.story_id.is_(None))
        .order_by(Picture.position, Picture.id)
    )


def list_gallery(edition_id: int) -> list[Picture]:
    """Return every picture of the gallery, hidden ones too, for the organizer."""
    return list(db.session.scalars(_gallery(edition_id)))


def list_shown_pictures(edition: Edition, limit: int | None = None) -> list[PictureView]:
    """Return the pictures of the gallery that everybody sees, in order."""
    chosen = _gallery(edition.id).where(Picture.is_shown)
    return [_picture(row) for row in db.session.scalars(chosen.limit(limit) if limit else chosen)]


def count_shown_pictures(edition_id: int) -> int:
    """Return how many pictures of the gallery everybody sees."""
    shown = (Picture.edition_id == edition_id, Picture.story_id.is_(None), Picture.is_shown)
    return db.session.scalar(select(func.count()).select_from(Picture).where(*shown)) or 0


def get_gallery_page(edition: Edition, picture_id: int) -> GalleryPage:
    """Return one picture of the gallery with those beside it; raises ``NotFound`` also for a hidden one."""
    shown = list_shown_pictures(edition)
    for place, picture in enumerate(shown):
        if picture.id == picture_id:
            before = shown[place - 1].id if place else None
            after = shown[place + 1].id if place + 1 < len(shown) else None
            return GalleryPage(picture, place + 1, len(shown), before, after)
    raise NotFound("picture.unknown")


def get_picture(edition_id: int, picture_id: int) -> Picture:
    """Return a picture of this edition, of a story or the gallery, with its story; raises ``NotFound``."""
    found = db.session.scalar(
        select(Picture)
        .where(Picture.id == picture_id, Picture.edition_id == edition_id)
        .options(joinedload(Picture.story).selectinload(Story.pictures))
    )
    if found is None:
        raise NotFound("picture.unknown")
    return found
