"""Behind a speaker's link: their own day, whether they come, what they say of themselves. No GET changes anything."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, CrosslinksError, Gone, NotFound
from crosslinks.programme.gap_words import asked_words
from crosslinks.programme.gaps import get_standing
from crosslinks.programme.links import open_link, speaker_path
from crosslinks.programme.models import Person
from crosslinks.programme.own_day import list_own_day, list_pronunciations
from crosslinks.programme.person_forms import PortraitForm, SpeakerForm, coming_words
from crosslinks.programme.plugs import find_place
from crosslinks.programme.rules import Coming, Gap, link_ends
from crosslinks.programme.self_service import answer_coming, edit_self
from crosslinks.programme.slides import answer_recording
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.frames import bare_frame
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

speaker_public = Blueprint("speaker_public", __name__, url_prefix="/s/<token>")
speaker_public.after_request(keep_secret)

WRITES_PER_LINK = 60
"""An hour."""
TALK = "<int(max=2147483647):talk_id>"


@dataclass(frozen=True)
class Opened:
    """Whose page it is, of which edition, and the link that opened it."""

    person: Person
    edition: Edition
    token: str

    def path(self, page: str = "") -> str:
        """Return the address of the page, or of one below it."""
        return speaker_path(self.token, page)

    @property
    def actor(self) -> Actor:
        """Who acts by this link."""
        return Actor.speaker(self.person.id)


class _Closed(Exception):
    """A link that opens nothing; ``page`` says why."""

    def __init__(self, page: Response) -> None:
        super().__init__()
        self.page = page


def open_page(token: str, *, write: bool = False) -> Opened:
    """Return whose page this is; a link that opens nothing becomes a page that explains it, and counts as a bad one."""
    if write:
        spend_client_request()
    try:
        person, edition = open_link(token, now())
    except (NotFound, Gone) as refused:
        spend_bad_token()
        raise _Closed(_explained(refused)) from refused
    if write:
        spend("speaker", str(person.id), WRITES_PER_LINK, "hour")
    return Opened(person, edition, token)


@speaker_public.app_errorhandler(_Closed)
def _show_closed(closed: _Closed) -> Response:
    return closed.page


def _explained(refused: CrosslinksError) -> Response:
    heading, advice = {
        "speaker_link.revoked": (
            _("This link was replaced"),
            _("The organiser has ended it. Look for a later mail from us, or answer the mail to get a new one."),
        ),
        "speaker_link.expired": (
            _("This link has ended"),
            _("Links for speakers end 60 days after the day. Write to the organiser if something must still change."),
        ),
    }.get(
        refused.code,
        (
            _("This link does not open anything"),
            _("It may be cut off. Open it again from the mail, whole, or ask for a new one by answering the mail."),
        ),
    )
    page = render_page("programme/speaker/closed.html", bare_frame(), heading=heading, advice=advice)
    return make_response(page, refused.status)


@speaker_public.get("")
def show(token: str) -> str:
    opened = open_page(token)
    person, edition = opened.person, opened.edition
    standing = get_standing(person)
    day = list_own_day(edition, person)
    words = asked_words()
    links = {
        Gap.CONFIRMATION: "#coming", Gap.PORTRAIT: opened.path("portrait"), Gap.BIOGRAPHY: opened.path("about"),
        Gap.DISCLOSURE: opened.path("about"), Gap.SLIDES: "#day", Gap.RECORDING: "#day",
    }  # fmt: skip
    return render_page(
        "programme/speaker/show.html",
        public_frame(edition),
        edition=edition,
        person=person,
        standing=standing,
        gaps=[(words[gap], links[gap]) for gap in standing.gaps],
        coming=coming_words()[person.coming],
        is_over=now() >= edition.ends_at,
        parts=day.in_order,
        said_as=list_pronunciations(edition.id) if day.sessions else {},
        place=find_place(person),
        ends=link_ends(edition.ends_at),
        base=edition_url(edition),
        url=opened.path(),
    )


@speaker_public.post("/coming")
def answer(token: str) -> Response:
    opened = open_page(token, write=True)
    typed = request.form.get("coming", "")
    if typed not in {Coming.CONFIRMED, Coming.DECLINED}:
        raise NotFound("page.unknown")
    with transaction():
        person, edition = open_link(token, now())
        answer_coming(actor=opened.actor, now=now(), edition=edition, person=person, coming=Coming(typed))
    flash(_("Thank you. The organiser sees it."))
    return redirect(opened.path(), 303)


@speaker_public.route("/about", methods=["GET", "POST"])
def about(token: str) -> Response | tuple[str, int]:
    opened = open_page(token, write=request.method == "POST")
    form = SpeakerForm.of(opened.person)
    if form.validate_on_submit():
        with transaction():
            person, edition = open_link(token, now())
            edit_self(now=now(), edition=edition, person=person, changes=form.said())
        flash(_("Saved. It is on the public pages now, as far as the programme is."))
        return redirect(opened.path(), 303)
    page = render_page(
        "programme/speaker/about.html",
        public_frame(opened.edition),
        edition=opened.edition,
        person=opened.person,
        form=form,
        url=opened.path(),
    )
    return page, 422 if request.method == "POST" else 200


@speaker_public.route("/portrait", methods=["GET", "POST"])
def portrait(token: str) -> Response | tuple[str, int]:
    opened = open_page(token, write=request.method == "POST")
    form = PortraitForm.of(opened.person)
    changes = form.changes(opened.person) if form.validate_on_submit() else None
    if changes is not None:
        with transaction():
            person, edition = open_link(token, now())
            edit_self(now=now(), edition=edition, person=person, changes=changes)
        new_picture = bool(form.portrait.data)
        flash(_("Saved. Choose the part that is shown.") if new_picture else _("Saved."))
        return redirect(opened.path("portrait") if new_picture else opened.path(), 303)
    page = render_page(
        "programme/speaker/portrait.html",
        public_frame(opened.edition),
        edition=opened.edition,
        person=opened.person,
        form=form,
        url=opened.path(),
    )
    return page, 422 if request.method == "POST" else 200


@speaker_public.post(f"/talks/{TALK}/recording")
def recording(token: str, talk_id: int) -> Response:
    opened = open_page(token, write=True)
    typed = request.form.get("recording", "")
    if typed not in {"yes", "no"}:
        raise Conflict("recording.unanswered", _("Say yes or no to the recording."))
    with transaction():
        person, edition = open_link(token, now())
        answer_recording(
            actor=opened.actor, now=now(), edition=edition, person=person, talk_id=talk_id, given=typed == "yes"
        )
    flash(_("Saved."))
    return redirect(opened.path() + f"#talk-{talk_id}", 303)
