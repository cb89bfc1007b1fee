"""What people do by themselves: correct the address, come back after cancelling, find the lost mail."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import open_edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict, Invalid, NotFound
from crosslinks.registration.address_change import (
    ask_for_address,
    confirm_address,
    find_open_change,
    keep_address,
    open_change,
)
from crosslinks.registration.addresses import spend_address
from crosslinks.registration.forms import AddressForm
from crosslinks.registration.links import place_path, place_token
from crosslinks.registration.models import AddressChange, Registration
from crosslinks.registration.place_access import open_place, open_place_to_write
from crosslinks.registration.returning import ask_for_place_link, come_back
from crosslinks.registration.rules import mask_address
from crosslinks.web.clients import spend_bad_token, spend_client_request
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

registration_self_service = Blueprint("registration_self_service", __name__)
registration_self_service.after_request(keep_secret)


@registration_self_service.get("/r/<token>/address")
def address(token: str) -> Response:
    registration = open_place(token)
    if registration.cancelled_at is not None:
        return redirect(place_path(token), 303)
    return _address_page(registration, token, AddressForm(formdata=None))


@registration_self_service.post("/r/<token>/address")
def ask_address(token: str) -> Response:
    """Answer the same whether the new address is free or somebody's: the mail to it tells."""
    registration = open_place_to_write(token)
    _refuse_when_over(registration)
    form = AddressForm()
    if not form.validate_on_submit():
        return _address_page(registration, token, form, 422)
    spend_address(form.typed)
    with transaction():
        ask_for_address(
            actor=Actor.registrant(registration.id), now=now(), registration_id=registration.id, email=form.typed
        )
    return redirect(f"{place_path(token, 'address')}?news=asked", 303)


def _refuse_when_over(registration: Registration) -> None:
    if registration.cancelled_at is not None:
        raise Conflict("registration.cancelled")
    if now() >= registration.edition.ends_at:
        raise Conflict("edition.over")


def _address_page(registration: Registration, token: str, form: AddressForm, status: int = 200) -> Response:
    waiting = find_open_change(registration.id, now())
    news = {
        "asked": _("Check the mail of the new address. It has a link to confirm."),
        "kept": _("Your address stays as it is."),
    }.get(request.args.get("news", ""), "")
    page = render_page(
        "registration/public/address.html",
        public_frame(registration.edition),
        edition=registration.edition,
        form=form,
        present=registration.email,
        waiting=mask_address(waiting.email) if waiting else "",
        news=news if status == 200 else "",
        base=place_path(token),
    )
    return make_response(page, status)


@registration_self_service.post("/r/<token>/address/keep")
def keep(token: str) -> Response:
    registration = open_place_to_write(token)
    with transaction():
        keep_address(actor=Actor.registrant(registration.id), now=now(), registration_id=registration.id)
    return redirect(f"{place_path(token, 'address')}?news=kept", 303)


@registration_self_service.get("/confirm-address/<token>")
def ask_confirmation(token: str) -> Response:
    """Ask before moving: mail filters open links, so only the button counts."""
    return _confirmation_page(_opened(token), token)


def _opened(token: str) -> AddressChange:
    try:
        return open_change(token, now())
    except NotFound:
        spend_bad_token()
        raise


def _confirmation_page(change: AddressChange, token: str, *, taken: bool = False) -> Response:
    registration = change.registration
    page = render_page(
        "registration/public/confirm_address.html",
        public_frame(registration.edition),
        edition=registration.edition,
        registration=registration,
        address=change.email,
        taken=taken,
        lost_url=edition_url(registration.edition, "lost"),
    )
    return make_response(page, 409 if taken else 200)


@registration_self_service.post("/confirm-address/<token>")
def confirm(token: str) -> Response:
    spend_client_request()
    change = _opened(token)
    _refuse_when_over(change.registration)
    try:
        with transaction():
            registration_id = confirm_address(now=now(), token=token)
    except Conflict as error:
        if error.code != "registration.email_known":
            raise
        return _confirmation_page(_opened(token), token, taken=True)
    moved = db.session.get_one(Registration, registration_id)
    return redirect(f"{place_path(place_token(moved))}?news=address", 303)


@registration_self_service.post("/r/<token>/return")
def take_place_again(token: str) -> Response:
    registration = open_place_to_write(token)
    asked = request.form.get("mode", "")
    if asked not in {mode.value for mode in Mode}:
        raise Invalid("mode.unknown")
    with transaction():
        is_back = come_back(
            actor=Actor.registrant(registration.id), now=now(), registration_id=registration.id, mode=Mode(asked)
        )
    return redirect(f"{place_path(token)}?news={'returned' if is_back else 'already'}", 303)


@registration_self_service.get("/<conference>/<edition>/lost")
def lost(conference: str, edition: str) -> Response:
    found = open_edition(conference, edition)
    return _lost_page(found, AddressForm(formdata=None), sent=request.args.get("sent") == "1")


@registration_self_service.post("/<conference>/<edition>/lost")
def find_lost(conference: str, edition: str) -> Response:
    """Ask for a link: a known and an unknown address cost the same and get the same answer."""
    found = open_edition(conference, edition)
    spend_client_request()
    form = AddressForm()
    if not form.validate_on_submit():
        return _lost_page(found, form, status=422)
    spend_address(form.typed)
    with transaction():
        ask_for_place_link(now=now(), edition_id=found.id, email=form.typed)
    return redirect(url_for("registration_self_service.lost", conference=conference, edition=edition, sent="1"), 303)


def _lost_page(edition: Edition, form: AddressForm, *, sent: bool = False, status: int = 200) -> Response:
    page = render_page(
        "registration/public/lost.html",
        public_frame(edition),
        edition=edition,
        form=form,
        sent=sent,
        register_url=edition_url(edition, "register"),
    )
    return make_response(page, status)
