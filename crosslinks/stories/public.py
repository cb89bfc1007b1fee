"""Public pages: the stories, one story, the gallery, one picture of it. Each works as plain links."""

from __future__ import annotations

from flask import Blueprint

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page
from crosslinks.stories.queries import get_gallery_page, get_public_story, list_public_stories, list_shown_pictures
from crosslinks.stories.words import kind_words
from crosslinks.web.pages import render_page

stories_public = Blueprint("stories_public", __name__, url_prefix="/<conference>/<edition>")


@stories_public.get("/stories")
@kept_page
def stories(edition: Edition) -> Page:
    html = render_page(
        "stories/public/stories.html",
        public_frame(edition),
        edition=edition,
        stories=list_public_stories(edition),
        kind_words=kind_words(),
        base=edition_url(edition),
    )
    return Page(html)


@stories_public.get("/stories/<slug>")
@kept_page
def story(edition: Edition, slug: str) -> Page:
    page = get_public_story(edition, slug)
    others = [card for card in list_public_stories(edition, 4) if card.slug != slug][:3]
    html = render_page(
        "stories/public/story.html",
        public_frame(edition),
        edition=edition,
        page=page,
        others=others,
        kind_words=kind_words(),
        base=edition_url(edition),
        preview_url="",
    )
    return Page(html)


@stories_public.get("/gallery")
@kept_page
def gallery(edition: Edition) -> Page:
    html = render_page(
        "stories/public/gallery.html",
        public_frame(edition),
        edition=edition,
        pictures=list_shown_pictures(edition),
        base=edition_url(edition),
    )
    return Page(html)


@stories_public.get("/gallery/<int(max=2147483647):number>")
@kept_page
def picture(edition: Edition, number: int) -> Page:
    html = render_page(
        "stories/public/picture.html",
        public_frame(edition),
        edition=edition,
        page=get_gallery_page(edition, number),
        base=edition_url(edition),
    )
    return Page(html)
