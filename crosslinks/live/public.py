"""The live page behind the personal link: the stream, what is on now, and the sign of life. No GET changes anything."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from werkzeug.wrappers import Response

from crosslinks.editions.frames import public_frame
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.live.operations import is_news, note_presence, refuse_absent
from crosslinks.live.page import day, player
from crosslinks.live.queries import find_stream, window_of
from crosslinks.live.rules import StreamState, stream_state
from crosslinks.registration.links import place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import count_modes, get_by_link_token, waiting_position
from crosslinks.registration.rules import Place
from crosslinks.web.clients import spend, spend_bad_token
from crosslinks.web.pages import render_page
from crosslinks.web.security import csrf, keep_secret

live_public = Blueprint("live_public", __name__, url_prefix="/r/<token>/live")
live_public.after_request(keep_secret)

BEATS_A_MINUTE = 60
"""Of one person, in several windows. No limit by address: a whole hospital may watch from behind one."""
EVERY_MS = 60_000


def _open(token: str) -> Registration:
    try:
        return get_by_link_token(token)
    except NotFound:
        spend_bad_token()
        raise


@live_public.get("")
def show(token: str) -> Response:
    registration = _open(token)
    if registration.place is not Place.DIGITAL:
        return _elsewhere(registration, token)
    edition, moment = registration.edition, now()
    stream = find_stream(edition.id)
    window = window_of(edition, stream)
    state = stream_state(moment, window)
    page = render_page(
        "live/public/live.html",
        public_frame(edition),
        edition=edition,
        base=place_path(token),
        state=state,
        opens_at=window.starts_at,
        every=EVERY_MS,
        **player(stream, wanted=state is StreamState.OPEN and request.args.get("play") == "1"),
        **day(edition, moment),
    )
    return make_response(page)


def _elsewhere(registration: Registration, token: str) -> Response:
    """Say to somebody without a place on the stream how they stand, and what they can do."""
    edition = registration.edition
    counts = count_modes(edition.id)
    page = render_page(
        "live/public/elsewhere.html",
        public_frame(edition),
        edition=edition,
        registration=registration,
        position=waiting_position(registration),
        offers_stream=Mode.DIGITAL in counts and counts[Mode.DIGITAL].has_room and now() < edition.ends_at,
        base=place_path(token),
    )
    return make_response(page)


def _spend_beat(registration: Registration) -> None:
    spend("presence", str(registration.id), BEATS_A_MINUTE, "minute")


def _note(registration: Registration) -> None:
    moment = now()
    refuse_absent(registration, moment)
    if is_news(registration, moment):
        with transaction():
            note_presence(now=moment, registration_id=registration.id)


@live_public.post("/presence")
def presence(token: str) -> Response:
    """Take the sign of life of the page's script. The link in the address is the proof, so no form token is needed."""
    registration = _open(token)
    _spend_beat(registration)
    _note(registration)
    return make_response("", 204)


csrf.exempt(presence)


@live_public.post("/here")
def here(token: str) -> Response:
    """Count a minute for somebody whose browser runs no script: they say so with a button."""
    registration = _open(token)
    _spend_beat(registration)
    try:
        _note(registration)
    except Conflict:
        return redirect(place_path(token, "live"), 303)
    return redirect(f"{place_path(token, 'live')}?play=1", 303)
