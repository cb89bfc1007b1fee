"""Organizer pages: next year's edition, this edition as a file, an edition from a file, the archive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import IO, cast

from flask import Blueprint, Response, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.config import settings
from crosslinks.copies.exchange import keep_file, look_at, order_import, upload_path
from crosslinks.copies.export import export_edition
from crosslinks.copies.forms import NextYearForm, TakeForm, UploadForm
from crosslinks.copies.operations import Wish, take_in
from crosslinks.copies.packing import pack
from crosslinks.copies.reading import Plan, read_document
from crosslinks.copies.refusals import BadFile
from crosslinks.copies.rules import MOST_BYTES
from crosslinks.copies.words import count_words, fault_words
from crosslinks.copies.yearly import Move, next_year, raise_year, usual_day
from crosslinks.editions.frames import edition_url, manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition, list_editions
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Gone
from crosslinks.web.large import large_body_path
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires

copies_manage = Blueprint("copies_manage", __name__, url_prefix="/manage/<conference>/<edition>/copies")

_IN_MEMORY = 8_000_000
_PIECE = 1 << 16


@copies_manage.get("")
@requires(Permission.EDITION)
def show(conference: str, edition: str) -> tuple[str, int]:
    """Show what can be made of this edition."""
    return _start(get_edition(conference, edition), UploadForm(formdata=None))


def _start(edition: Edition, form: UploadForm, status: int = 200, lost: Sequence[str] = ()) -> tuple[str, int]:
    page = render_page(
        "copies/manage/copies.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        action=large_body_path(manage_url(edition, "copies/import")),
        next_year_url=manage_url(edition, "copies/next-year"),
        download_url=manage_url(edition, "copies/download"),
        state_url=manage_url(edition, "state"),
        public_url=settings().base_url + edition_url(edition),
        most_mb=MOST_BYTES // 1_000_000,
        lost=lost,
    )
    return page, status


@copies_manage.get("/download")
@requires(Permission.EDITION)
def download(conference: str, edition: str) -> BaseResponse | tuple[str, int]:
    """Send this edition as one file; while pictures of it are lost, only after saying which."""
    found = get_edition(conference, edition)
    document = export_edition(found, settings().uploads)
    if document.lost and "without" not in request.args:
        return _start(found, UploadForm(formdata=None), lost=document.lost)
    spool = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        pack(document, cast("IO[bytes]", spool))
    except BaseException:
        spool.close()
        raise
    response = Response(_pieces(cast("IO[bytes]", spool)), mimetype="application/zip")
    response.call_on_close(spool.close)
    response.content_length = spool.tell()
    response.headers.set("Content-Disposition", "attachment", filename=f"{found.conference.slug}-{found.slug}.zip")
    response.headers["Cache-Control"] = "no-store"
    return response


def _pieces(spool: IO[bytes]) -> Iterator[bytes]:
    with spool:
        spool.seek(0)
        while piece := spool.read(_PIECE):
            yield piece


@copies_manage.route("/next-year", methods=["GET", "POST"])
@requires(Permission.EDITION)
def make_next_year(conference: str, edition: str) -> tuple[str, int] | BaseResponse:
    """Make next year's edition of this one, as a draft."""
    found = get_edition(conference, edition)
    form = NextYearForm(
        data={
            "day": usual_day(found.starts_at, found.zone), "slug": raise_year(found.slug),
            "number": found.number + 1, "sessions": True,
        }
    )  # fmt: skip
    status = 200
    if form.validate_on_submit():
        plan = _plan_next_year(found, form)
        wish = Wish(form.slug.data or "", form.number.data or 1)
        try:
            with transaction():
                around = get_edition(conference, edition)
                made = take_in(
                    actor=principal().actor, now=now(), plan=plan, wrapping_key=settings().keys.tickets, wish=wish,
                    conference=around.conference, deed="cloned", source=f"{conference}/{edition}",
                )  # fmt: skip
                target = manage_url(made, "settings")
            return redirect(target, 303)
        except Conflict:
            form.slug.errors = [_("There is already an edition at that address.")]
    if request.method == "POST":
        status = 422
    page = render_page(
        "copies/manage/next_year.html", manage_frame(found), edition=found, form=form,
        copies_url=manage_url(found, "copies"),
    )  # fmt: skip
    return page, status


def _plan_next_year(edition: Edition, form: NextYearForm) -> Plan:
    first = edition.starts_at.astimezone(edition.zone).date()
    days = (form.day.data - first) if form.day.data else timedelta()
    content = export_edition(edition, settings().uploads).content
    moved = next_year(content, Move(days, edition.zone), sessions=bool(form.sessions.data))
    return read_document(moved, lambda _name: True)


@copies_manage.post("/import/<given>")
@requires(Permission.EDITION)
def upload(conference: str, edition: str, given: str) -> tuple[str, int] | BaseResponse:
    """Keep a file that is sent and show what is in it; ``given`` lets a large one through the gate."""
    found = get_edition(conference, edition)
    form = UploadForm()
    if not form.validate_on_submit():
        return _start(found, form, 422)
    try:
        name = keep_file(form.file.data.stream, found.id)
    except BadFile as error:
        form.file.errors = [fault_words(error.faults[0])]
        return _start(found, form, 422)
    return redirect(manage_url(found, f"copies/look/{name}"), 303)


@copies_manage.route("/look/<name>", methods=["GET", "POST"])
@requires(Permission.EDITION)
def look(conference: str, edition: str, name: str) -> Response | BaseResponse:
    """Show what a file would make, or what is wrong in it and where; when sent, take it in by a job."""
    found = get_edition(conference, edition)
    path = upload_path(found.id, name)
    if not path.is_file():
        raise Gone("copy.file_gone", _("The file is no longer kept. Send it once more."))
    try:
        plan = look_at(path)
    except BadFile as error:
        return _look(found, None, None, error)
    form = TakeForm(data=_usual_names(found, plan))
    if form.validate_on_submit():
        wish = Wish(form.slug.data or "", form.number.data or 1)
        if any(one.slug == wish.slug for one in list_editions(found.conference_id)):
            form.slug.errors = [_("There is already an edition at that address.")]
        else:
            with transaction():
                around = get_edition(conference, edition)
                job = order_import(actor=principal().actor, now=now(), edition=around, name=name, wish=wish)
            return redirect(manage_url(found, f"jobs/{job.id}"), 303)
    return _look(found, plan, form, None)


def _usual_names(edition: Edition, plan: Plan) -> dict[str, object]:
    """Return the file's own address and number; no address where an edition has it already."""
    slug = plan.edition.values["slug"]
    taken = {one.slug for one in list_editions(edition.conference_id)}
    return {"slug": "" if slug in taken else slug, "number": plan.edition.values["number"]}


def _look(edition: Edition, plan: Plan | None, form: TakeForm | None, error: BadFile | None) -> Response:
    faults = error.faults if error else ()
    page = render_page(
        "copies/manage/look.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        conference_name=plan.conference.values["name"] if plan else "",
        file_edition=plan.edition.values if plan else None,
        counts=count_words(plan.counts) if plan else [],
        faults=[(fault.path, fault_words(fault)) for fault in faults],
        copies_url=manage_url(edition, "copies"),
    )
    status = 422 if error or (form is not None and form.errors) else 200
    return keep_secret(make_response(page, status))
