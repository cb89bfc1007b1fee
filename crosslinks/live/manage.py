"""The organizer's page of the stream: how it is set up, who is there now, and how many were."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import manage_frame, manage_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.live.forms import StreamForm
from crosslinks.live.operations import change_stream
from crosslinks.live.page import day, player, state_words
from crosslinks.live.queries import count_present, find_stream, get_audience, window_of
from crosslinks.live.rules import ATTENDED_MINUTES, StreamKind, StreamState, stream_state
from crosslinks.web.formats import format_clock
from crosslinks.web.forms import typed_texts
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires
from crosslinks.web.sheets import csv_download

live_manage = Blueprint("live_manage", __name__, url_prefix="/manage/<conference>/<edition>/stream")

Page = tuple[str, int]


def _page(edition: Edition, form: StreamForm | None, status: int = 200) -> Page:
    stream = find_stream(edition.id)
    window = window_of(edition, stream)
    audience = get_audience(edition)
    curve = audience.curve()
    state = stream_state(now(), window)
    page = render_page(
        "live/manage/stream.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        stream=stream,
        window=window,
        state=state.value,
        state_words=state_words(state),
        present=count_present(edition.id, now()),
        audience=audience,
        peak=audience.peak,
        attended_minutes=ATTENDED_MINUTES,
        counts=[count for _step, count in curve],
        times=[format_clock(step, edition.zone) for step, _count in curve],
        url=manage_url(edition, "stream"),
    )
    return page, status


@live_manage.get("")
@requires(Permission.OVERVIEW)
def show(conference: str, edition: str) -> Page:
    found = get_edition(conference, edition)
    may_edit = principal().may(Permission.EDITION, found.conference_id)
    return _page(found, StreamForm.of(found, find_stream(found.id)) if may_edit else None)


@live_manage.post("")
@requires(Permission.EDITION)
def save(conference: str, edition: str) -> Page | BaseResponse:
    found = get_edition(conference, edition)
    form = StreamForm.of(found, find_stream(found.id))
    if not form.validate_on_submit():
        return _page(found, form, 422)
    with transaction():
        change_stream(
            actor=principal().actor,
            now=now(),
            edition=found,
            kind=StreamKind(form.kind.data),
            address=form.address.data or "",
            captions=typed_texts(form, "captions"),
            opens_before=form.opens_before.data or 0,
        )
    flash(_("Saved."))
    return redirect(manage_url(found, "stream"), 303)


@live_manage.get("/preview")
@requires(Permission.EDITION)
def preview(conference: str, edition: str) -> BaseResponse:
    """Show the live page as people on the stream will see it, as if it were open; nobody is counted."""
    found = get_edition(conference, edition)
    page = render_page(
        "live/public/live.html",
        public_frame(found),
        edition=found,
        base="",
        back_url=manage_url(found, "stream"),
        state=StreamState.OPEN,
        opens_at=found.starts_at,
        every=0,
        **player(find_stream(found.id), wanted=request.args.get("play") == "1"),
        **day(found, now()),
    )
    return keep_secret(make_response(page))


@live_manage.get("/audience.csv")
@requires(Permission.OVERVIEW)
def download(conference: str, edition: str) -> BaseResponse:
    found = get_edition(conference, edition)
    curve = get_audience(found).curve()
    return csv_download(
        f"stream-{found.slug}",
        [_("From"), _("People")],
        [(step.astimezone(found.zone), count) for step, count in curve],
    )
