"""The public pages of the programme: the day, the people, one person and one talk."""

from __future__ import annotations

from flask import Blueprint

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import clock, now
from crosslinks.programme.queries import (
    get_person_page,
    get_slot,
    get_timeline,
    list_public_people,
)
from crosslinks.web.pages import render_page

programme_public = Blueprint("programme_public", __name__, url_prefix="/<conference>/<edition>")


@programme_public.get("/programme")
@kept_page
def programme(edition: Edition) -> Page:
    timeline = get_timeline(edition, now())
    html = render_page(
        "programme/public/programme.html",
        public_frame(edition),
        edition=edition,
        timeline=timeline,
        clock_offset=int(clock.offset.total_seconds() * 1000),
        base=edition_url(edition),
    )
    return Page(html, timeline.until)


@programme_public.get("/speakers")
@kept_page
def speakers(edition: Edition) -> Page:
    html = render_page(
        "programme/public/speakers.html",
        public_frame(edition),
        edition=edition,
        people=list_public_people(edition),
        base=edition_url(edition),
    )
    return Page(html)


@programme_public.get("/speakers/<slug>")
@kept_page
def speaker(edition: Edition, slug: str) -> Page:
    html = render_page(
        "programme/public/speaker.html",
        public_frame(edition),
        edition=edition,
        page=get_person_page(edition, slug),
        has_stream=edition.mode(Mode.DIGITAL) is not None,
        base=edition_url(edition),
    )
    return Page(html)


@programme_public.get("/talks/<slug>")
@kept_page
def talk(edition: Edition, slug: str) -> Page:
    html = render_page(
        "programme/public/talk.html",
        public_frame(edition),
        edition=edition,
        slot=get_slot(edition, slug),
        has_stream=edition.mode(Mode.DIGITAL) is not None,
        base=edition_url(edition),
    )
    return Page(html)
