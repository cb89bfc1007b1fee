"""Behind an invitation's link: look, accept or decline. No GET changes anything."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import public_frame
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.invitations.forms import AcceptForm
from crosslinks.invitations.inviting import accept_invitation, decline_invitation, state_of
from crosslinks.invitations.letters import facts_of, invitation_path
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.queries import get_invitation_by_token
from crosslinks.invitations.rules import InvitationState
from crosslinks.invitations.words import invited_as
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.registration.links import place_path, place_token
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.rules import Place
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

invitation_public = Blueprint("invitation_public", __name__, url_prefix="/i/<token>")
invitation_public.after_request(keep_secret)

WRITES_PER_LINK = 20
"""An hour."""


def _open(token: str) -> Invitation:
    try:
        return get_invitation_by_token(token)
    except NotFound:
        spend_bad_token()
        raise


def _open_to_write(token: str) -> Invitation:
    spend_client_request()
    invitation = _open(token)
    spend("invitation", str(invitation.id), WRITES_PER_LINK, "hour")
    return invitation


@invitation_public.get("")
def show(token: str) -> BaseResponse:
    invitation = _open(token)
    return _show(invitation, token, _first_form(invitation))


def _first_form(invitation: Invitation) -> AcceptForm:
    modes = [row.mode for row in invitation.edition.modes]
    return AcceptForm(formdata=None, modes=modes, data=AcceptForm.values_of(invitation))


def _is_over(invitation: Invitation) -> bool:
    edition = invitation.edition
    return edition.state is EditionState.ARCHIVED or now() >= edition.ends_at


def _show(invitation: Invitation, token: str, form: AcceptForm, status: int = 200) -> BaseResponse:
    state = state_of(invitation, now())
    if state is not InvitationState.SENT or _is_over(invitation):
        return _show_closed(invitation, state)
    edition = invitation.edition
    kept = db.session.get(Reservation, invitation.reservation_id) if invitation.reservation_id else None
    page = render_page(
        "invitations/public/invitation.html",
        public_frame(edition),
        edition=edition,
        invitation=invitation,
        lead=invited_as(invitation.kind, edition.title),
        paragraphs=[part for part in invitation.message.split("\n") if part.strip()],
        facts=facts_of(edition, Place.of(invitation.mode), current_language()),
        is_kept=kept is not None and kept.released_at is None and kept.expires_at > now(),
        form=form,
        takes_onsite=any(row.mode is Mode.ONSITE for row in edition.modes),
        several_modes=len(edition.modes) > 1,
        url=invitation_path(token),
    )
    return make_response(page, status)


def _show_closed(invitation: Invitation, state: InvitationState) -> BaseResponse:
    heading, advice = {
        InvitationState.ACCEPTED: (
            _("You have accepted this invitation"), _("Your place is behind the link in the mail that you got then."),
        ),
        InvitationState.DECLINED: (
            _("You have declined this invitation"),
            _("Thank you for telling. Changed your mind? Write to the organiser."),
        ),
        InvitationState.EXPIRED: (
            _("This invitation has run out"), _("Write to the organiser if you would still like to come."),
        ),
        InvitationState.WITHDRAWN: (
            _("This invitation was withdrawn"), _("Write to the organiser if you think that is wrong."),
        ),
        InvitationState.SENT: (
            _("This edition is over"), _("Thank you to everybody who took part. See you at the next one."),
        ),
    }[state]  # fmt: skip
    answered = state in {InvitationState.ACCEPTED, InvitationState.DECLINED}
    page = render_page(
        "invitations/public/closed.html", public_frame(invitation.edition), heading=heading, advice=advice
    )
    return make_response(page, 200 if answered else 410)


@invitation_public.post("/accept")
def accept(token: str) -> BaseResponse:
    invitation = _open_to_write(token)
    form = AcceptForm(modes=[row.mode for row in invitation.edition.modes])
    if state_of(invitation, now()) is not InvitationState.SENT or _is_over(invitation):
        return _show(invitation, token, form, 409)
    if not form.validate_on_submit():
        return _show(invitation, token, form, 422)
    try:
        with transaction():
            registration_id = accept_invitation(
                actor=Actor.visitor(),
                now=now(),
                invitation_id=invitation.id,
                details=form.details(invitation),
                mode=Mode(form.mode.data),
            )
    except Conflict:
        return _show(_open(token), token, form, 409)
    registration = db.session.get_one(Registration, registration_id)
    return redirect(place_path(place_token(registration)), 303)


@invitation_public.route("/decline", methods=["GET", "POST"])
def decline(token: str) -> BaseResponse:
    """Ask, and on the answer give the place back; nobody else is told."""
    invitation = _open_to_write(token) if request.method == "POST" else _open(token)
    state = state_of(invitation, now())
    if state is not InvitationState.SENT:
        return _show_closed(invitation, state)
    if request.method == "GET":
        page = render_page(
            "invitations/public/decline.html",
            public_frame(invitation.edition),
            edition=invitation.edition,
            url=invitation_path(token),
        )
        return make_response(page)
    with transaction():
        decline_invitation(actor=Actor.visitor(), now=now(), invitation_id=invitation.id)
    return redirect(invitation_path(token), 303)
