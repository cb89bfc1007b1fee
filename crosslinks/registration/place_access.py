"""Who comes with a personal link: looked at for free, writing at a measured pace, guessing hardly at all."""

from __future__ import annotations

from flask import make_response, request
from werkzeug.wrappers import Response

from crosslinks.consents.queries import concerns
from crosslinks.editions.frames import public_frame
from crosslinks.kernel.clock import now
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.registration.joining import require_open
from crosslinks.registration.links import place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.place_view import own_data_deeds, ways_back
from crosslinks.registration.queries import count_modes, get_by_link_token, get_edition_facts
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.pages import render_page

WRITES_PER_LINK = 20
"""An hour: enough for anybody who changes their mind, too few to fill a mailbox."""


def open_place(token: str) -> Registration:
    """Return whose link it is; raises ``NotFound``, which counts as a guess."""
    try:
        return get_by_link_token(token)
    except NotFound:
        spend_bad_token()
        raise


def open_place_to_write(token: str) -> Registration:
    """Return whose link it is, and count one write by it; raises ``NotFound`` or ``TooMany``."""
    spend_client_request()
    registration = open_place(token)
    spend("place", str(registration.id), WRITES_PER_LINK, "hour")
    return registration


def cancelled_page(registration: Registration, token: str) -> Response:
    """Return what a personal link shows after the registration was cancelled."""
    edition = registration.edition
    try:
        require_open(get_edition_facts(edition.id), now())
    except Conflict:
        counts = {}
    else:
        counts = count_modes(edition.id)
    page = render_page(
        "registration/public/cancelled.html",
        public_frame(edition),
        edition=edition,
        ways=ways_back(counts),
        is_known=request.args.get("news") == "already",
        base=place_path(token),
        deeds=own_data_deeds(place_path(token)),
        consents_url=place_path(token, "consents") if concerns(edition.id, registration.id) else "",
    )
    return make_response(page)
