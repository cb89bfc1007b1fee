"""The programme for other programs: calendars of all, of one session, talk or person, and schedule files."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page
from crosslinks.feeds.calendar import CalendarFacts, write_calendar
from crosslinks.feeds.published import (
    Part,
    person_parts,
    read_published,
    read_rows,
    schedule_version,
    session_parts,
    talk_parts,
)
from crosslinks.feeds.schedule import Schedule, build_schedule
from crosslinks.feeds.schedule_files import write_json, write_xml
from crosslinks.kernel.errors import NotFound
from crosslinks.web.calendars import MEDIA_TYPE
from crosslinks.web.languages import current_language

feeds_public = Blueprint("feeds_public", __name__, url_prefix="/<conference>/<edition>")

XML = "application/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"


def absolute_url(edition: Edition) -> str:
    """Return the public address of an edition, with a slash at its end, as other programs need it."""
    return settings().base_url + edition_url(edition)


def calendar_of(edition: Edition, parts: Iterable[Part], name: str = "") -> bytes:
    """Return these parts of an edition's programme as a calendar, called as the edition unless ``name`` says more."""
    facts = CalendarFacts(
        name=f"{edition.title}: {name}" if name else edition.title,
        language=current_language(),
        version=schedule_version(edition),
        base_url=absolute_url(edition),
    )
    return write_calendar(edition, parts, facts)


@feeds_public.get("/programme.ics")
@kept_page
def calendar(edition: Edition) -> Page:
    return Page(calendar_of(edition, talk_parts(read_rows(edition))), media_type=MEDIA_TYPE)


@feeds_public.get("/sessions/<uuid:identity>.ics")
@kept_page
def session_calendar(edition: Edition, identity: UUID) -> Page:
    parts = session_parts(read_rows(edition), identity)
    if not parts:
        raise NotFound("session.unknown")
    return Page(calendar_of(edition, parts), media_type=MEDIA_TYPE)


@feeds_public.get("/talks/<slug>.ics")
@kept_page
def talk_calendar(edition: Edition, slug: str) -> Page:
    parts = [(row, talk) for row, talk in talk_parts(read_rows(edition)) if talk and talk.slug == slug]
    if not parts:
        raise NotFound("talk.unknown")
    return Page(calendar_of(edition, parts), media_type=MEDIA_TYPE)


@feeds_public.get("/speakers/<slug>.ics")
@kept_page
def person_calendar(edition: Edition, slug: str) -> Page:
    parts = person_parts(read_rows(edition), slug)
    if not parts:
        raise NotFound("person.unknown")
    names = (person.name for row, talk in parts for person in (talk.speakers if talk else row.moderators)
             if person.slug == slug)  # fmt: skip
    return Page(calendar_of(edition, parts, next(names)), media_type=MEDIA_TYPE)


def _schedule(edition: Edition) -> Schedule:
    return build_schedule(edition, read_published(edition), current_language(), absolute_url(edition))


@feeds_public.get("/programme.xml")
@kept_page
def schedule_xml(edition: Edition) -> Page:
    return Page(write_xml(_schedule(edition)), media_type=XML)


@feeds_public.get("/programme.json")
@kept_page
def schedule_json(edition: Edition) -> Page:
    return Page(write_json(_schedule(edition)), media_type=JSON)
