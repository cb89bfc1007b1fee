"""My programme: choosing talks without an account, and the personal feed that calendars follow.

A visitor's choice lives in their browser. Only when they ask for a link does a list of talks come into being here,
under a link that nobody can guess, and with nothing about who it is.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import open_edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.feeds.operations import change_favourites, forget_favourites, make_favourites
from crosslinks.feeds.public import calendar_of
from crosslinks.feeds.published import chosen_parts, read_rows
from crosslinks.feeds.queries import FeedStamp, favourites_token, get_favourites, open_feed
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.chosen import only_talks
from crosslinks.programme.timeline import SessionRow, Timeline, build_timeline
from crosslinks.web.calendars import MEDIA_TYPE
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import csrf, keep_secret

favourites_public = Blueprint("favourites_public", __name__, url_prefix="/<conference>/<edition>/my-programme")
personal_feed = Blueprint("personal_feed", __name__, url_prefix="/f")
personal_feed.after_request(keep_secret)

WRITES_PER_LINK = 60
"""A minute: somebody who runs through the whole programme with a star in hand."""


@favourites_public.get("")
def choose(conference: str, edition: str) -> str:
    """Show the talks to choose from; those that the address names are chosen already."""
    found = open_edition(conference, edition)
    return _page(found, request.args.getlist("talk"))


@favourites_public.post("")
def keep(conference: str, edition: str) -> tuple[str, int] | BaseResponse:
    """Make a link for the chosen talks."""
    found = open_edition(conference, edition)
    talks = request.form.getlist("talk")
    if not FlaskForm().validate_on_submit() or not chosen_parts(read_rows(found), talks):
        return _page(found, talks, refusal=_("Choose at least one talk.")), 422
    spend_client_request()
    with transaction():
        made = make_favourites(edition=get_edition(conference, edition), talks=talks)
        token = favourites_token(made)
    return redirect(f"/f/{token}", 303)


def _page(edition: Edition, talks: list[str], token: str = "", refusal: str = "") -> str:
    rows = read_rows(edition)
    wanted = {str(talk.uuid) for _row, talk in chosen_parts(rows, talks) if talk}
    path = f"/f/{token}" if token else edition_url(edition, "my-programme")
    return render_page(
        "feeds/public/favourites.html",
        public_frame(edition),
        edition=edition,
        timeline=_timeline(edition, rows),
        mine=_timeline(edition, only_talks(rows, wanted)),
        chosen=wanted,
        token=token,
        path=path,
        refusal=refusal,
        base=edition_url(edition),
        feed_url=f"{settings().base_url}{path}.ics",
    )


def _timeline(edition: Edition, rows: list[SessionRow]) -> Timeline:
    has_stream = edition.mode(Mode.DIGITAL) is not None
    return build_timeline(rows, now=now(), zone=edition.zone, has_stream=has_stream)


def _open(token: str) -> FeedStamp:
    try:
        return open_feed(token)
    except NotFound:
        spend_bad_token()
        raise


@personal_feed.get("/<token>")
def show(token: str) -> str:
    stamp = _open(token)
    return _page(get_edition(stamp.conference, stamp.edition), get_favourites(stamp).talks, token)


@personal_feed.post("/<token>")
def change(token: str) -> tuple[str, int] | BaseResponse:
    stamp = _open(token)
    talks = request.form.getlist("talk")
    if not FlaskForm().validate_on_submit():
        found = get_edition(stamp.conference, stamp.edition)
        return _page(found, talks, token, refusal=_("This page was open for too long. Send it once more.")), 422
    _change(stamp, token, talks)
    return redirect(f"/f/{token}", 303)


@personal_feed.post("/<token>/talks")
def star(token: str) -> Response:
    """Take the choice from the page's script. The link in the address is the proof, so no form token is needed."""
    _change(_open(token), token, request.form.getlist("talk"))
    return make_response("", 204)


csrf.exempt(star)


def _change(stamp: FeedStamp, token: str, talks: list[str]) -> None:
    spend("favourites", token, WRITES_PER_LINK, "minute")
    with transaction():
        found = get_favourites(stamp, lock=True)
        change_favourites(edition=get_edition(stamp.conference, stamp.edition), favourites=found, talks=talks)


@personal_feed.post("/<token>/forget")
def forget(token: str) -> BaseResponse:
    stamp = _open(token)
    with transaction():
        forget_favourites(favourites=get_favourites(stamp, lock=True))
    return redirect(f"/{stamp.conference}/{stamp.edition}/programme", 303)


@personal_feed.get("/<token>.ics")
def calendar(token: str) -> Response:
    """Send the chosen talks as a calendar; a calendar program that has it already is told so for one read."""
    stamp = _open(token)
    etag = f'"{stamp.id}.{stamp.epoch}.{stamp.rev}.{stamp.public_rev}.{current_language()}"'
    if etag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers={"ETag": etag})
    edition = get_edition(stamp.conference, stamp.edition)
    talks = get_favourites(stamp).talks
    content = calendar_of(edition, chosen_parts(read_rows(edition), talks), _("My programme"))
    db.session.rollback()
    return Response(content, content_type=MEDIA_TYPE, headers={"ETag": etag})
