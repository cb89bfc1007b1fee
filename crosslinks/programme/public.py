"""The public pages of the programme: the day, the people, one person and one talk."""

from __future__ import annotations

from flask import Blueprint

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, is_preview, kept_page
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import clock, now
from crosslinks.programme.material import list_public_material
from crosslinks.programme.queries import (
    get_person_page,
    get_slot,
    get_timeline,
    list_public_people,
)
from crosslinks.programme.released import find_latest
from crosslinks.programme.structured import Describer
from crosslinks.programme.timeline import PersonLine
from crosslinks.web.languages import current_language
from crosslinks.web.media import media_url
from crosslinks.web.pages import render_page

programme_public = Blueprint("programme_public", __name__, url_prefix="/<conference>/<edition>")


@programme_public.get("/programme")
@kept_page
def programme(edition: Edition) -> Page:
    latest = None if is_preview(edition.id) else find_latest(edition.id)
    timeline = get_timeline(edition, now(), latest)
    describer = _describer(edition)
    html = render_page(
        "programme/public/programme.html",
        public_frame(edition),
        edition=edition,
        timeline=timeline,
        latest=latest,
        clock_offset=int(clock.offset.total_seconds() * 1000),
        structured=describer.edition(describer.talks(timeline.rows)),
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
    page = get_person_page(edition, slug)
    person = page.person
    line = PersonLine(person.id, person.slug, person.name, person.affiliation, person.portrait, person.family_name)
    slots = [(slot.session, slot.talk) for slot in page.slots]
    html = render_page(
        "programme/public/speaker.html",
        public_frame(edition),
        edition=edition,
        page=page,
        material=list_public_material([slot.talk.id for slot in page.slots]),
        structured=_describer(edition).person(line, media_url(person.portrait), slots),
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
        structured=_describer(edition).talk(slot.session, slot.talk, slot.abstract),
        material=list_public_material([slot.talk.id])[slot.talk.id],
        has_stream=edition.mode(Mode.DIGITAL) is not None,
        base=edition_url(edition),
    )
    return Page(html)


def _describer(edition: Edition) -> Describer:
    return Describer(edition, settings().base_url, current_language())
