"""Behind a speaker's link: uploading slides, saying what may become of them, deleting them."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, jsonify, redirect, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import public_frame
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.links import open_link
from crosslinks.programme.material_models import SlideFile
from crosslinks.programme.models import Talk
from crosslinks.programme.person_forms import SlidesForm, take_slides
from crosslinks.programme.slide_store import drop_files, dropped_unless_kept, slides_path
from crosslinks.programme.slides import (
    add_slides,
    delete_slides,
    get_own_talk,
    get_slides,
    mark_slides,
)
from crosslinks.programme.speaker import TALK, Opened, open_page
from crosslinks.web.clients import spend
from crosslinks.web.large import large_body_path
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

speaker_slides = Blueprint("speaker_slides", __name__, url_prefix="/s/<token>")
speaker_slides.after_request(keep_secret)

UPLOADS_PER_LINK = 30
"""An hour."""
FILE = "<int(max=2147483647):number>"


@speaker_slides.get(f"/talks/{TALK}/slides")
def choose(token: str, talk_id: int) -> tuple[str, int]:
    opened = open_page(token)
    return _page(opened, get_own_talk(opened.person, talk_id), SlidesForm(formdata=None), 200)


@speaker_slides.post(f"/talks/{TALK}/slides/<path:given>")
def upload(token: str, talk_id: int, given: str) -> Response | tuple[str, int]:
    """Take one file. A script that shows the progress asks for JSON, and gets the address to go to or what is wrong."""
    opened = open_page(token, write=True)
    talk = get_own_talk(opened.person, talk_id)
    spend("speaker-slides", str(opened.person.id), UPLOADS_PER_LINK, "hour")
    form = SlidesForm()
    stored = take_slides(form, talk) if form.validate_on_submit() else None
    if stored is None:
        return told_why(form) or _page(opened, talk, form, 422)
    with dropped_unless_kept(stored), transaction():
        person, edition = open_link(token, now())
        add_slides(
            actor=opened.actor, now=now(), edition=edition, person=person, talk_id=talk_id, stored=stored,
            publish=bool(form.publish.data), keep_back=bool(form.keep_back.data),
        )  # fmt: skip
    flash(_("Your slides are in."))
    there = opened.path() + f"#talk-{talk_id}"
    return sent_to(there)


def _asks_for_json() -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def sent_to(address: str) -> Response:
    """Lead on from a file that was taken."""
    return jsonify({"url": address}) if _asks_for_json() else redirect(address, 303)


def told_why(form: SlidesForm) -> Response | None:
    """Return what is wrong for a script; None for whoever is to see the page again."""
    if not _asks_for_json():
        return None
    first = next((str(error) for field in form for error in field.errors), _("Choose a file."))
    answer = jsonify({"error": first})
    answer.status_code = 422
    return answer


def _page(opened: Opened, talk: Talk, form: SlidesForm, status: int) -> tuple[str, int]:
    page = render_page(
        "programme/speaker/slides.html",
        public_frame(opened.edition),
        edition=opened.edition,
        talk=talk,
        form=form,
        action=large_body_path(opened.path(f"talks/{talk.id}/slides")),
        url=opened.path(),
    )
    return page, status


@speaker_slides.get(f"/slides/{FILE}")
def download(token: str, number: int) -> Response:
    """Let the speaker look at what they sent; it is never shown inside a page."""
    opened = open_page(token)
    return send_slides(get_slides(opened.edition.id, number, opened.person))


def send_slides(row: SlideFile) -> Response:
    """Return a file as a download of its own type; raises ``NotFound`` when it is lost, as after a partial restore."""
    try:
        return send_file(
            slides_path(row.stored), mimetype=row.kind.media_type, as_attachment=True, download_name=row.file_name,
            conditional=True, max_age=0,
        )  # fmt: skip
    except FileNotFoundError as lost:
        current_app.logger.exception("slides %s: their file %s is lost", row.id, row.stored)
        raise NotFound("slides.lost") from lost


@speaker_slides.post(f"/slides/{FILE}/marks")
def mark(token: str, number: int) -> Response:
    opened = open_page(token, write=True)
    wanted = request.form.get("sharing", "")
    with transaction():
        person, edition = open_link(token, now())
        row = get_slides(edition.id, number, person)
        mark_slides(
            actor=opened.actor, now=now(), edition=edition, slides=row, publish=wanted == "publish",
            keep_back=wanted == "keep_back",
        )  # fmt: skip
        talk_id = row.talk_id
    flash(_("Saved."))
    return redirect(opened.path() + f"#talk-{talk_id}", 303)


@speaker_slides.route(f"/slides/{FILE}/delete", methods=["GET", "POST"])
def delete(token: str, number: int) -> Response | str:
    opened = open_page(token, write=request.method == "POST")
    row = get_slides(opened.edition.id, number, opened.person)
    if request.method == "GET":
        return render_page(
            "programme/speaker/delete_slides.html", public_frame(opened.edition), slides=row, url=opened.path()
        )
    with transaction():
        person, edition = open_link(token, now())
        row = get_slides(edition.id, number, person)
        stored = delete_slides(actor=opened.actor, now=now(), edition=edition, slides=row)
    drop_files([stored])
    flash(_("Deleted."))
    return redirect(opened.path(), 303)
