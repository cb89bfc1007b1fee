"""Public pages of the interest list, and leaving news by a link. No GET changes anything."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired

from crosslinks.editions.frames import public_frame
from crosslinks.editions.models import Conference
from crosslinks.editions.queries import find_current_edition, get_conference
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.mailings.interest import confirm_follower, follow, get_follower_by_token, remove_follower
from crosslinks.mailings.models import Follower
from crosslinks.mailings.unsubscribe import get_registration_by_token, leave_news
from crosslinks.registration.addresses import spend_address
from crosslinks.registration.forms import LONGEST_ANSWER, Address, Line
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import LONGEST_EMAIL
from crosslinks.registration.suspicion import is_answered, looks_like_a_program, new_question, opened_now
from crosslinks.web.clients import spend_bad_token, spend_client_request
from crosslinks.web.frames import Frame, language_links
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import csrf, keep_secret

mailings_public = Blueprint("mailings_public", __name__)

ONE_CLICK = "List-Unsubscribe"
CONFIRM, LEAVE = "confirm", "leave"


class FollowForm(FlaskForm):
    """What the interest list asks: an address. The rest tells programs from people, as on the form for a place."""

    email = StringField(
        _l("E-mail address"),
        [
            DataRequired(_l("Write your e-mail address")),
            Line(LONGEST_EMAIL, _l("Write your e-mail address")),
            Address(),
        ],
    )
    website = StringField(_l("Leave this empty"))
    opened = HiddenField()
    question = HiddenField()
    answer = StringField(_l("A small question"), [Line(LONGEST_ANSWER)])


def _frame(conference: Conference) -> Frame:
    """Return the frame of the conference's current edition; one without any has its name alone."""
    edition = find_current_edition(conference.id)
    if edition is not None:
        return public_frame(edition)
    return Frame(
        conference.name, "/", conference.hue, current_language(), languages=language_links(), logo=conference.logo,
        logo_dark=conference.logo_dark,
    )  # fmt: skip


@mailings_public.get("/<conference>/follow")
def ask(conference: str) -> BaseResponse:
    found = get_conference(conference)
    return _show(found, FollowForm(formdata=None, data={"opened": opened_now()}))


def _show(conference: Conference, form: FollowForm, status: int = 200) -> BaseResponse:
    page = render_page(
        "mailings/public/follow.html",
        _frame(conference),
        conference=conference,
        form=form,
        asked=bool(form.question.data),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@mailings_public.post("/<conference>/follow")
def take_up(conference: str) -> BaseResponse:
    found = get_conference(conference)
    spend_client_request()
    form = FollowForm()
    valid = form.validate_on_submit()
    trusted = _is_trusted(form)
    if not trusted:
        _put_question(form, complain=valid)
    if not (valid and trusted):
        return _show(found, form, 422)
    address = form.email.data or ""
    spend_address(address)
    with transaction():
        follow(now=now(), conference=get_conference(conference), email=address, language=current_language())
    return redirect(f"/{found.slug}/follow/done", 303)


def _is_trusted(form: FollowForm) -> bool:
    if form.question.data:
        return is_answered(form.question.data, form.answer.data or "")
    return not looks_like_a_program(form.website.data or "", form.opened.data or "")


def _put_question(form: FollowForm, *, complain: bool) -> None:
    one, other, question = new_question()
    form.question.data, form.answer.data = question, ""
    form.answer.label.text = _("How much is %(one)s plus %(other)s?", one=one, other=other)
    if complain:
        form.answer.errors = [_("Answer this, so that we know you are not a program")]


@mailings_public.get("/<conference>/follow/done")
def asked(conference: str) -> str:
    """Say the same to everybody: the mail tells its owner the truth."""
    found = get_conference(conference)
    return render_page("mailings/public/follow_done.html", _frame(found), conference=found)


def _open_follower(token: str) -> Follower:
    try:
        return get_follower_by_token(token)
    except NotFound:
        spend_bad_token()
        raise


@mailings_public.get("/follow/<token>")
def look(token: str) -> Response:
    """Show where somebody stands on the list, with a button for each thing they can do."""
    follower = _open_follower(token)
    return _own_page(follower)


def _own_page(follower: Follower) -> Response:
    conference = db.session.get_one(Conference, follower.conference_id)
    page = render_page(
        "mailings/public/following.html",
        _frame(conference),
        conference=conference,
        email=follower.email,
        is_on=follower.confirmed_at is not None,
    )
    return keep_secret(Response(page))


@mailings_public.post("/follow/<token>")
def decide(token: str) -> Response:
    """Confirm the entry, or take it away: by the page's buttons, or by a mail program's one click (RFC 8058).

    The token is the permission, so no session is needed; mail programs send none.
    """
    spend_client_request()
    follower = _open_follower(token)
    conference_id = follower.conference_id
    if request.form.get("act") == CONFIRM:
        with transaction():
            confirm_follower(now=now(), follower=_open_follower(token))
        return _own_page(_open_follower(token))
    if not (request.form.get("act") == LEAVE or ONE_CLICK in request.form):
        return _own_page(follower)
    with transaction():
        remove_follower(actor=Actor.visitor(), now=now(), follower=_open_follower(token))
    return _left(db.session.get_one(Conference, conference_id))


csrf.exempt(decide)


def _left(conference: Conference) -> Response:
    page = render_page("mailings/public/left.html", _frame(conference), conference=conference)
    return keep_secret(Response(page))


def _open_registration(token: str) -> Registration:
    try:
        return get_registration_by_token(token)
    except NotFound:
        spend_bad_token()
        raise


@mailings_public.get("/unsubscribe/<token>")
def ask_unsubscribe(token: str) -> Response:
    conference = _open_registration(token).edition.conference
    return keep_secret(
        Response(render_page("mailings/public/unsubscribe.html", _frame(conference), conference=conference))
    )


@mailings_public.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """End all news of the conference to this person's address; also by a mail program's one click (RFC 8058)."""
    spend_client_request()
    with transaction():
        registration = _open_registration(token)
        conference = registration.edition.conference
        leave_news(
            actor=Actor.registrant(registration.id), now=now(), conference=conference,
            email_key=registration.email_key, language=current_language(),
        )  # fmt: skip
    return _left(conference)


csrf.exempt(unsubscribe)
