"""The page on the phone at the door. It is the same for everybody: what it shows comes over the API."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, url_for
from flask_babel import gettext as _

from crosslinks.checkin.operations import check_door_link
from crosslinks.checkin.queries import find_door_link
from crosslinks.checkin.words import door_words
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.errors import Conflict, Gone, NotFound
from crosslinks.web.assets import FOR_EVER, asset_file, read_asset
from crosslinks.web.clients import spend_bad_token
from crosslinks.web.frames import PLAIN_HUE
from crosslinks.web.languages import current_language
from crosslinks.web.security import allow_in_csp, keep_secret

checkin_public = Blueprint("checkin_public", __name__)

LONGEST_TOKEN = 200
SCANNER = "js/door/scanner.js"
_WASM = "'wasm-unsafe-eval'"


@checkin_public.get("/door/<token>")
def open_link(token: str) -> Response:
    """Show the page to a phone that comes with a door link; opening it spends nothing."""
    found = find_door_link(token) if len(token) <= LONGEST_TOKEN else None
    try:
        check_door_link(found, now=now(), real=real_now())
    except NotFound as error:
        spend_bad_token()
        raise NotFound(error.code, _("Scan the door’s code once more, or ask an organizer for a new one.")) from None
    except Gone as error:
        raise Gone(error.code, _("A door’s code works for 30 minutes. Ask an organizer for a new one.")) from None
    except Conflict as error:
        raise Conflict(
            error.code, _("Each code enrols one desk or five lanes. Ask an organizer for a new one.")
        ) from None
    return _page()


@checkin_public.get("/door")
def show() -> Response:
    """Show the page to a phone that is enrolled already: its token is on the phone, not in the address."""
    return _page()


@checkin_public.get("/door/scanner-<version>.js")
def scanner(version: str) -> Response:
    """Serve the worker that reads codes. A worker has its own policy, and this one must compile WebAssembly."""
    if version != _scanner_version():
        raise NotFound("page.unknown")
    allow_in_csp("script-src", _WASM)
    response = make_response(read_asset(SCANNER))
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = FOR_EVER
    return response


def _scanner_version() -> str:
    return asset_file(SCANNER).removesuffix(".js").rpartition("-")[2]


def _page() -> Response:
    allow_in_csp("script-src", _WASM)
    page = render_template(
        "checkin/public/door.html",
        language=current_language(),
        hue=PLAIN_HUE,
        words=door_words(),
        scanner_url=url_for("checkin_public.scanner", version=_scanner_version()),
    )
    return keep_secret(make_response(page))
