"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.accounts.forms import NewPasswordForm, SignInForm
from crosslinks.accounts.links import begin_session, check_link, end_session, spend_link
from crosslinks.accounts.models import AccountLink
from crosslinks.accounts.operations import ask_for_link, set_password
from crosslinks.accounts.passwords import hash_password, needs_rehash, password_fits
from crosslinks.accounts.queries import find_account, get_account
from crosslinks.accounts.rules import FAILED_SIGN_INS_PER_HOUR, LinkPurpose, normalise_email
from crosslinks.accounts.sessions import close_session, load_principal, open_session
from crosslinks.config import settings
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import NotFound, TooMany
from crosslinks.web.clients import exhausted, spend, spend_bad_token, spend_client_request
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page
from crosslinks.web.scopes import lone_frame
from crosslinks.web.security import keep_secret

accounts_public = Blueprint("accounts_public", __name__)

START = "/manage/"
LONGEST_PATH = 2000
_FAILED = "sign-in-failed"
_ASKED = "sign-in-link"


def own_path(target: str | None) -> str:
    """Return where to go after signing in: a path of this site, never another site's address."""
    if not target or len(target) > LONGEST_PATH or not target.startswith("/") or target.startswith("//"):
        return START
    if "\\" in target or any(ord(character) <= 32 or ord(character) >= 127 for character in target):
        return START
    return target


@accounts_public.get("/sign-in")
def sign_in() -> BaseResponse:
    """Show the sign-in page; who is signed in already goes on."""
    target = own_path(request.args.get("next"))
    if load_principal() is not None:
        return redirect(target, 303)
    return _sign_in_page(SignInForm(formdata=None, data={"next": target}))


@accounts_public.post("/sign-in")
def try_to_sign_in() -> BaseResponse:
    """Sign in by address and password, or send a link to the address."""
    spend_client_request()
    form = SignInForm()
    wants_link = request.form.get("act") == "link"
    if not form.validate_on_submit():
        return _sign_in_page(form, 422)
    if wants_link:
        return _send_link(normalise_email(form.email.data or ""))
    if not form.password.data:
        form.password.errors = [_("Type your password, or ask for a link")]
        return _sign_in_page(form, 422)
    return _check_password(form, normalise_email(form.email.data or ""), form.password.data)


def _check_password(form: SignInForm, address: str, password: str) -> BaseResponse:
    """Whoever fails gets the same answer in the same time: an unknown address costs a hash too."""
    if exhausted(_FAILED, address, FAILED_SIGN_INS_PER_HOUR, "hour"):
        raise TooMany("sign_in.too_many", retry_after=3600)
    account = find_account(address)
    fits = password_fits(account.password_hash if account else "", password)
    if account is None or not fits or account.disabled_at is not None:
        spend(_FAILED, address, FAILED_SIGN_INS_PER_HOUR, "hour")
        spend_bad_token()
        form.password.errors = [_("The address and the password do not go together")]
        return _sign_in_page(form, 422)
    fresh_hash = hash_password(password) if needs_rehash(account.password_hash) else ""
    _end_present_session()
    with transaction():
        secret = begin_session(account=account, now=now(), real=real_now(), by_link=False, fresh_hash=fresh_hash)
    open_session(secret)
    return redirect(own_path(form.next.data), 303)


def _send_link(address: str) -> BaseResponse:
    """Ask for a link: a known and an unknown address cost the same writes and get the same answer."""
    spend(_ASKED, address, settings().writes_per_address, "hour")
    with transaction():
        ask_for_link(email=address, language=current_language(), now=now())
    return redirect(url_for("accounts_public.link_sent"), 303)


def _sign_in_page(form: SignInForm, status: int = 200) -> Response:
    return _page("accounts/public/sign_in.html", status, form=form)


def _page(template: str, status: int = 200, **context: object) -> Response:
    return keep_secret(make_response(render_page(template, lone_frame(), **context), status))


@accounts_public.get("/sign-in/sent")
def link_sent() -> Response:
    """Say that a link is on its way, if the address has an account."""
    return _page("accounts/public/link_sent.html")


@accounts_public.get("/sign-in/<token>")
def open_link(token: str) -> Response:
    """Show who the link signs in; mail filters open links, so only the button spends it."""
    return _link_page(_checked(token), token)


@accounts_public.post("/sign-in/<token>")
def use_link(token: str) -> BaseResponse:
    """Spend a link and sign this browser in, with a first password when the link allows one and it was typed."""
    spend_client_request()
    link = _checked(token)
    form = _password_form(link)
    password_hash = ""
    if form is not None and request.form.get("act") != "later":
        if not form.validate_on_submit():
            return _link_page(link, token, form, 422)
        password_hash = hash_password(form.new_password.data or "")
    _end_present_session()
    with transaction():
        account = spend_link(token=token, real=real_now()).account
        if password_hash:
            set_password(
                actor=Actor.account(account.id, account.name), now=now(), account=account, password_hash=password_hash
            )
        secret = begin_session(account=account, now=now(), real=real_now(), by_link=True)
    open_session(secret)
    return redirect(START, 303)


def _checked(token: str) -> AccountLink:
    try:
        return check_link(token, real_now())
    except NotFound:
        spend_bad_token()
        raise


def _password_form(link: AccountLink) -> NewPasswordForm | None:
    if link.purpose is not LinkPurpose.SET_PASSWORD:
        return None
    return NewPasswordForm(email=link.account.email, name=link.account.name)


def _link_page(link: AccountLink, token: str, form: NewPasswordForm | None = None, status: int = 200) -> Response:
    return _page(
        "accounts/public/link.html",
        status,
        account=get_account(link.account_id),
        token=token,
        form=form or _password_form(link),
    )


@accounts_public.post("/sign-out")
def sign_out() -> BaseResponse:
    """Sign this browser out."""
    _end_present_session()
    close_session()
    flash(_("You are signed out"))
    return redirect(url_for("accounts_public.sign_in"), 303)


def _end_present_session() -> None:
    known = load_principal()
    if known is None:
        return
    with transaction():
        end_session(secret=known.secret, account_id=known.account_id, actor=known.actor, now=now())
