"""The public pages of the programme: the day, the people, one person, one talk, and calendars of them."""

from __future__ import annotations

from flask import Blueprint, url_for

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, is_preview, kept_page
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import clock, now
from crosslinks.programme.calendar import MEDIA_TYPE, CalendarFacts, write_calendar
from crosslinks.programme.material import list_public_material
from crosslinks.programme.queries import (
    get_person_page,
    get_slot,
    get_timeline,
    list_public_people,
)
from crosslinks.programme.released import find_latest
from crosslinks.web.languages import current_language
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
        latest=None if is_preview(edition.id) else find_latest(edition.id),
        clock_offset=int(clock.offset.total_seconds() * 1000),
        base=edition_url(edition),
        calendar_url=_address("calendar", edition),
    )
    return Page(html, timeline.until)


@programme_public.get("/programme.ics")
@kept_page
def calendar(edition: Edition) -> Page:
    timeline = get_timeline(edition, now())
    parts = [(row, talk) for row in timeline.rows for talk in row.talks]
    return Page(write_calendar(edition, parts, _facts(edition)), media_type=MEDIA_TYPE)


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
    found = get_person_page(edition, slug)
    html = render_page(
        "programme/public/speaker.html",
        public_frame(edition),
        edition=edition,
        page=found,
        material=list_public_material([slot.talk.id for slot in found.slots]),
        has_stream=edition.mode(Mode.DIGITAL) is not None,
        base=edition_url(edition),
    )
    return Page(html)


@programme_public.get("/talks/<slug>")
@kept_page
def talk(edition: Edition, slug: str) -> Page:
    slot = get_slot(edition, slug)
    html = render_page(
        "programme/public/talk.html",
        public_frame(edition),
        edition=edition,
        slot=slot,
        material=list_public_material([slot.talk.id])[slot.talk.id],
        has_stream=edition.mode(Mode.DIGITAL) is not None,
        base=edition_url(edition),
    )
    return Page(html)


@programme_public.get("/talks/<slug>.ics")
@kept_page
def talk_calendar(edition: Edition, slug: str) -> Page:
    slot = get_slot(edition, slug)
    return Page(write_calendar(edition, [(slot.session, slot.talk)], _facts(edition)), media_type=MEDIA_TYPE)


def _address(view: str, edition: Edition) -> str:
    return url_for(f"programme_public.{view}", conference=edition.conference.slug, edition=edition.slug)


def _facts(edition: Edition) -> CalendarFacts:
    return CalendarFacts(current_language(), now(), settings().base_url + edition_url(edition))
