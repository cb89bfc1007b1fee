"""Organizer pages of the interest list: who asked to be told, as a list and as a file, and taking somebody off."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.accounts.audit import record
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.mailings.interest import (
    SORTS,
    count_followers,
    get_follower,
    iterate_followers,
    list_followers,
    remove_follower,
    select_followers,
)
from crosslinks.mailings.list_address import ListAddress
from crosslinks.web.arguments import chosen, page_of, search_words
from crosslinks.web.frames import Link
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires
from crosslinks.web.sheets import csv_download, exact_moment

followers_manage = Blueprint("followers_manage", __name__, url_prefix="/manage/<conference>/<edition>/followers")

PAGE_SIZE = 50
ON_LIST, UNCONFIRMED = "on", "unconfirmed"
_CONFIRMED = {"": None, ON_LIST: True, UNCONFIRMED: False}


@followers_manage.get("")
@requires(Permission.MAIL)
def overview(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    words, state = search_words(), chosen("state", [ON_LIST, UNCONFIRMED], "")
    order = chosen("sort", [sign + name for name in SORTS for sign in ("", "-")], "-created")
    selected = select_followers(found.conference_id, words, confirmed=_CONFIRMED[state])
    _rows, total = list_followers(selected, sort="created", descending=True, offset=0, limit=1)
    page = page_of(total, PAGE_SIZE)
    rows, _total = list_followers(
        selected, sort=order.removeprefix("-"), descending=order.startswith("-"), offset=(page.number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )  # fmt: skip
    base = manage_url(found, "followers")
    ask = ListAddress(base, words, state, order, ordinary="-created")
    on, unconfirmed = count_followers(found.conference_id)
    html = render_page(
        "mailings/manage/followers.html",
        manage_frame(found),
        edition=found,
        base=base,
        mailings_url=manage_url(found, "mailings"),
        follow_url=f"/{found.conference.slug}/follow",
        export_url=f"{base}/export.csv{ask.query()}",
        words=words,
        state=state,
        order=order,
        rows=rows,
        page=page,
        on=on,
        chips=[
            Link(_("All"), ask.url(state=""), not state, count=on + unconfirmed),
            Link(_("On the list"), ask.url(state=ON_LIST), state == ON_LIST, count=on),
            Link(_("Not confirmed"), ask.url(state=UNCONFIRMED), state == UNCONFIRMED, count=unconfirmed),
        ],
        heads={sort: ask.head(sort) for sort in SORTS},
        is_everything=not (words or state),
        previous_url=ask.url(page=page.number - 1) if page.number > 1 else "",
        next_url=ask.url(page=page.number + 1) if page.has_next else "",
    )
    return keep_secret(Response(html))


@followers_manage.get("/export.csv")
@requires(Permission.MAIL)
def export(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    state = chosen("state", [ON_LIST, UNCONFIRMED], "")
    selected = select_followers(found.conference_id, search_words(), confirmed=_CONFIRMED[state])
    _first, total = list_followers(selected, sort="email", descending=False, offset=0, limit=1)
    with transaction():
        record(actor=principal().actor, action="follower.exported", object_kind="conference",
               object_id=found.conference_id, now=now(), conference_id=found.conference_id, edition_id=found.id,
               after={"rows": total})  # fmt: skip
    rows = (
        (one.email, one.language, exact_moment(one.created_at, found.zone), exact_moment(one.confirmed_at, found.zone))
        for one in iterate_followers(selected)
    )
    heads = ["address", "language", "asked_at", "confirmed_at"]
    return keep_secret(csv_download(f"interest-{found.conference.slug}", heads, rows))


@followers_manage.get("/<int(max=2147483647):number>/delete")
@requires(Permission.MAIL)
def ask_delete(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    follower = get_follower(found.conference_id, number)
    page = render_page(
        "mailings/manage/delete_follower.html", manage_frame(found), email=follower.email,
        base=manage_url(found, "followers"), number=number,
    )  # fmt: skip
    return keep_secret(Response(page))


@followers_manage.post("/<int(max=2147483647):number>/delete")
@requires(Permission.MAIL)
def delete(conference: str, edition: str, number: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        remove_follower(actor=principal().actor, now=now(), follower=get_follower(found.conference_id, number))
    flash(_("Taken off the list, and erased"))
    return redirect(manage_url(found, "followers"), 303)
