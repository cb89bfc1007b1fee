"""The front door: an edition's home, its practical page, its notices, and the way to the current edition."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, kept_page
from crosslinks.editions.queries import (
    find_current_edition,
    get_conference,
    list_conferences,
    list_earlier_editions,
)
from crosslinks.editions.rules import Mode, RegistrationWindow, registration_window
from crosslinks.home.cover import cover_drawings
from crosslinks.kernel.clock import now
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.queries import get_timeline, list_highlighted_people
from crosslinks.programme.structured import Data, Describer
from crosslinks.programme.timeline import Timeline
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import Availability, availability
from crosslinks.sponsors.queries import list_tiers
from crosslinks.web.frames import bare_frame
from crosslinks.web.languages import current_language
from crosslinks.web.markdown import render_markdown
from crosslinks.web.pages import render_page, texts

home_public = Blueprint("home_public", __name__)

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


def _next_boundary(edition: Edition, moment: datetime, *others: datetime | None) -> datetime | None:
    moments = (
        edition.starts_at, edition.ends_at, edition.registration_opens_at, edition.registration_closes_at, *others,
    )  # fmt: skip
    return min((found for found in moments if found is not None and found > moment), default=None)


@kept_page
def _home(edition: Edition) -> Page:
    moment = now()
    timeline = get_timeline(edition, moment)
    window = registration_window(moment, edition.registration_opens_at, _last_chance(edition))
    counts = count_modes(edition.id)
    earlier = list_earlier_editions(edition)
    body = render_page(
        "home/public/home.html",
        public_frame(edition),
        edition=edition,
        timeline=timeline,
        phase=edition.phase(moment),
        window=window,
        is_open=window is RegistrationWindow.OPEN,
        left={mode: availability(count) for mode, count in counts.items()},
        has_digital=Mode.DIGITAL in counts,
        has_onsite=Mode.ONSITE in counts,
        covers=cover_drawings(edition, timeline),
        people=list_highlighted_people(edition),
        tiers=list_tiers(edition),
        earlier=earlier,
        structured=_describe(edition, timeline, window, [availability(count) for count in counts.values()]),
    )
    return Page(body, _next_boundary(edition, moment, timeline.until))


def _describe(edition: Edition, timeline: Timeline, window: RegistrationWindow, left: list[Availability]) -> Data:
    """Return the edition for search engines, with what a place costs: nothing, as long as there are any."""
    words = {RegistrationWindow.NOT_YET: "PreOrder", RegistrationWindow.CLOSED: "SoldOut"}
    word = words.get(window) or _LEFT[next((one for one in _MOST_FIRST if one in left), Availability.FULL)]
    describer = Describer(edition, settings().base_url, current_language())
    return describer.edition(describer.sessions(timeline.rows), word, edition.registration_opens_at)


def _last_chance(edition: Edition) -> datetime:
    closes = edition.registration_closes_at
    return edition.ends_at if closes is None else min(closes, edition.ends_at)


@kept_page
def _practical(edition: Edition) -> Page:
    body = render_page(
        "home/public/practical.html",
        public_frame(edition),
        edition=edition,
        practical=render_markdown(texts(edition.practical)),
    )
    return Page(body)


@kept_page
def _privacy(edition: Edition) -> Page:
    return Page(render_page("home/public/privacy.html", public_frame(edition), edition=edition))


@kept_page
def _accessibility(edition: Edition) -> Page:
    return Page(render_page("home/public/accessibility.html", public_frame(edition), edition=edition))


home_public.add_url_rule("/<conference>/<edition>/", "home", _home)
home_public.add_url_rule("/<conference>/<edition>/practical", "practical", _practical)
home_public.add_url_rule("/<conference>/<edition>/privacy", "privacy", _privacy)
home_public.add_url_rule("/<conference>/<edition>/accessibility", "accessibility", _accessibility)
