"""Opening a registration by its personal link, to look or to change something."""

from __future__ import annotations

from flask import make_response, request
from werkzeug.wrappers import Response

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import now
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.registration.joining import require_open
from crosslinks.registration.links import place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.place_view import own_data_deeds
from crosslinks.registration.queries import get_by_link_token, get_edition_facts
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.pages import render_page

WRITES_PER_LINK = 20
"""An hour: enough for anybody who changes their mind, too few to fill a mailbox."""


def open_link(token: str) -> Registration:
    """Return the registration of a personal link; raises ``NotFound``, and counts that against the client."""
    try:
        return get_by_link_token(token)
    except NotFound:
        spend_bad_token()
        raise


def open_link_to_write(token: str) -> Registration:
    """Return the registration of a personal link and count one write; raises ``NotFound`` or ``TooMany``."""
    spend_client_request()
    registration = open_link(token)
    spend("place", str(registration.id), WRITES_PER_LINK, "hour")
    return registration


def cancelled_page(edition: Edition) -> Response:
    """Return what a personal link shows after the registration was cancelled."""
    try:
        require_open(get_edition_facts(edition.id), now())
    except Conflict:
        may_return = False
    else:
        may_return = True
    page = render_page(
        "registration/public/cancelled.html",
        public_frame(edition),
        edition=edition,
        may_return=may_return,
        register_url=edition_url(edition, "register"),
        deeds=own_data_deeds(place_path((request.view_args or {})["token"])),
    )
    return make_response(page)
