"""The public page on which a contact person registers colleagues; it works without script."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import open_edition
from crosslinks.invitations.group_forms import FIRST_ROWS, GroupForm, asked_rows
from crosslinks.invitations.groups import register_group
from crosslinks.invitations.rules import MOST_IN_GROUP
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.registration.addresses import normalise_email, spend_address
from crosslinks.registration.place_view import day_and_time
from crosslinks.registration.public import closed_page
from crosslinks.registration.suspicion import is_answered, looks_like_a_program, new_question, opened_now
from crosslinks.web.clients import client_key, spend, spend_client_request
from crosslinks.web.pages import render_page

groups_public = Blueprint("groups_public", __name__)

GROUPS_PER_CONTACT = 3
GROUPS_PER_CLIENT = 60
"""An hour: a whole hospital may stand behind one address."""


def _show(edition: Edition, form: GroupForm, status: int = 200) -> BaseResponse:
    page = render_page(
        "invitations/public/group.html",
        public_frame(edition),
        edition=edition,
        form=form,
        when=day_and_time(edition),
        asked=bool(form.question.data),
        most=MOST_IN_GROUP,
        one_mode=len(edition.modes) == 1,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@groups_public.get("/<conference>/<edition>/register/group")
def form(conference: str, edition: str) -> BaseResponse:
    found = open_edition(conference, edition)
    closed = closed_page(found)
    if closed is not None:
        return closed
    modes = [row.mode for row in found.modes]
    return _show(found, GroupForm(formdata=None, modes=modes, rows=FIRST_ROWS, data={"opened": opened_now()}))


@groups_public.post("/<conference>/<edition>/register/group")
def register_colleagues(conference: str, edition: str) -> BaseResponse:
    found = open_edition(conference, edition)
    spend_client_request()
    closed = closed_page(found)
    if closed is not None:
        return closed
    rows = asked_rows()
    sent = GroupForm(modes=[row.mode for row in found.modes], rows=rows)
    if _wants_rows():
        return _show(found, sent)
    valid = sent.is_right()
    trusted = _is_trusted(sent)
    if not trusted:
        _ask(sent)
        if valid:
            sent.answer.errors = [_("Answer this, so that we know you are not a program")]
    if not (valid and trusted):
        return _show(found, sent, 422)
    colleagues, contact = sent.colleagues(), sent.contact()
    spend("group", normalise_email(contact.email)[1], GROUPS_PER_CONTACT, "hour")
    spend("group-client", client_key(), GROUPS_PER_CLIENT, "hour")
    for colleague in colleagues:
        spend_address(colleague.details.email)
    with transaction():
        register_group(actor=Actor.visitor(), now=now(), edition=found, contact=contact, colleagues=colleagues)
    return redirect(url_for("groups_public.done", conference=conference, edition=edition), 303)


def _wants_rows() -> bool:
    return "add" in request.form


def _is_trusted(sent: GroupForm) -> bool:
    """Say whether this looks like a person, or answered the question that was asked."""
    if sent.question.data:
        return is_answered(sent.question.data, sent.answer.data or "")
    return not looks_like_a_program(sent.website.data or "", sent.opened.data or "")


def _ask(sent: GroupForm) -> None:
    one, other, question = new_question()
    sent.question.data = question
    sent.answer.data = ""
    sent.answer.label.text = _("How much is %(one)s plus %(other)s?", one=one, other=other)


@groups_public.get("/<conference>/<edition>/register/group/done")
def done(conference: str, edition: str) -> BaseResponse:
    """Say what happens now; the same to everyone, whatever became of each."""
    found = open_edition(conference, edition)
    page = render_page("invitations/public/group_done.html", public_frame(found), edition=found)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
