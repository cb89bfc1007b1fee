"""The front door: an edition's home, its practical page, its notices, and the way to the current edition."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page
from crosslinks.editions.queries import (
    find_current_edition,
    find_next_edition,
    get_conference,
    list_conferences,
    list_earlier_editions,
)
from crosslinks.editions.rules import EditionState, Mode, RegistrationWindow, registration_window
from crosslinks.home.cover import cover_drawings
from crosslinks.home.notices import captions_of, privacy_facts
from crosslinks.home.rules import Stage, next_boundary, stage_of
from crosslinks.kernel.clock import now
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.queries import get_timeline, list_highlighted_people
from crosslinks.programme.structured import Data, Describer
from crosslinks.programme.timeline import Timeline
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import Availability, availability
from crosslinks.sponsors.queries import list_tiers
from crosslinks.stories.queries import list_public_stories, list_shown_pictures
from crosslinks.stories.words import kind_words
from crosslinks.web.frames import bare_frame
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page

home_public = Blueprint("home_public", __name__)

STORIES, PICTURES = 3, 6
"""How many the home page shows."""

_MOST_FIRST = (Availability.FREE, Availability.FEW)
_LEFT = {Availability.FREE: "InStock", Availability.FEW: "LimitedAvailability", Availability.FULL: "SoldOut"}


@home_public.get("/")
def front() -> Response | str:
    """With one conference: its current edition. With more: the list. With none: how to begin."""
    conferences = list_conferences()
    shown = [(found, find_current_edition(found.id)) for found in conferences]
    open_ones = [(found, edition) for found, edition in shown if edition is not None]
    if len(open_ones) == 1:
        return redirect(edition_url(open_ones[0][1]))
    return render_page("home/public/front.html", bare_frame(), conferences=open_ones)


@home_public.get("/<conference>/")
def conference(conference: str) -> Response:
    """Lead to the current edition of a conference."""
    edition = find_current_edition(get_conference(conference).id)
    if edition is None:
        raise NotFound("edition.unpublished")
    return redirect(edition_url(edition))


@kept_page
def _home(edition: Edition) -> Page:
    moment = now()
    timeline = get_timeline(edition, moment)
    left = {mode: availability(count) for mode, count in count_modes(edition.id).items()}
    known: dict[str, Any] = {
        "starts_at": edition.starts_at, "ends_at": edition.ends_at, "zone": edition.zone,
        "opens_at": edition.registration_opens_at, "closes_at": _last_chance(edition),
    }  # fmt: skip
    window = registration_window(moment, edition.registration_opens_at, _last_chance(edition))
    archived = edition.state is EditionState.ARCHIVED
    if archived:
        window = RegistrationWindow.CLOSED
    body = render_page(
        "home/public/home.html",
        public_frame(edition),
        edition=edition,
        timeline=timeline,
        stage=Stage.AHEAD if archived and moment < edition.ends_at else stage_of(moment, left=left.values(), **known),
        has_started=moment >= edition.starts_at,
        is_open=window is RegistrationWindow.OPEN,
        closes_at=_last_chance(edition),
        left=left,
        has_digital=Mode.DIGITAL in left,
        has_onsite=Mode.ONSITE in left,
        covers=cover_drawings(edition, timeline),
        people=list_highlighted_people(edition),
        tiers=list_tiers(edition),
        stories=list_public_stories(edition, STORIES),
        story_kinds=kind_words(),
        pictures=list_shown_pictures(edition, PICTURES),
        earlier=list_earlier_editions(edition),
        following=find_next_edition(edition),
        structured=_describe(edition, timeline, window, list(left.values())),
    )
    return Page(body, next_boundary(moment, others=(timeline.until,), **known))


def _describe(edition: Edition, timeline: Timeline, window: RegistrationWindow, left: list[Availability]) -> Data:
    """Return the edition for search engines, with what a place costs: nothing, as long as there are any."""
    words = {RegistrationWindow.NOT_YET: "PreOrder", RegistrationWindow.CLOSED: "SoldOut"}
    word = words.get(window) or _LEFT[next((one for one in _MOST_FIRST if one in left), Availability.FULL)]
    describer = Describer(edition, settings().base_url, current_language())
    found = describer.edition(describer.sessions(timeline.rows), word, edition.registration_opens_at)
    speakers = describer.performers(timeline.rows)
    return found | {"performer": speakers} if speakers else found


def _last_chance(edition: Edition) -> datetime:
    closes = edition.registration_closes_at
    return edition.ends_at if closes is None else min(closes, edition.ends_at)


@kept_page
def _practical(edition: Edition) -> Page:
    where = ", ".join(part for part in (edition.venue_name, edition.venue_address, edition.venue_city) if part)
    body = render_page(
        "home/public/practical.html",
        public_frame(edition),
        edition=edition,
        where=where,
        map_url=f"https://www.openstreetmap.org/search?{urlencode({'query': where})}" if where else "",
        has_digital=edition.mode(Mode.DIGITAL) is not None,
    )
    return Page(body)


@kept_page
def _privacy(edition: Edition) -> Page:
    facts = privacy_facts(edition)
    return Page(render_page("home/public/privacy.html", public_frame(edition), edition=edition, facts=facts))


@kept_page
def _accessibility(edition: Edition) -> Page:
    body = render_page(
        "home/public/accessibility.html",
        public_frame(edition),
        edition=edition,
        captions=captions_of(edition),
        has_onsite=edition.mode(Mode.ONSITE) is not None,
        has_digital=edition.mode(Mode.DIGITAL) is not None,
    )
    return Page(body)


home_public.add_url_rule("/<conference>/<edition>/", "home", _home)
home_public.add_url_rule("/<conference>/<edition>/practical", "practical", _practical)
home_public.add_url_rule("/<conference>/<edition>/privacy", "privacy", _privacy)
home_public.add_url_rule("/<conference>/<edition>/accessibility", "accessibility", _accessibility)
