"""Signing in and out, and one's own account."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.accounts.forms import SignInForm
from crosslinks.accounts.links import begin_session, end_session
from crosslinks.accounts.passwords import password_fits
from crosslinks.accounts.queries import find_account, get_account
from crosslinks.accounts.rules import FAILED_SIGN_INS_PER_HOUR, normalise_email
from crosslinks.accounts.sessions import SignedIn, close_session, load_principal, open_session
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import TooMany
from crosslinks.web.clients import exhausted, spend, spend_bad_token, spend_client_request
from crosslinks.web.pages import render_page
from crosslinks.web.scopes import lone_frame
from crosslinks.web.security import keep_secret, requires

accounts_public = Blueprint("accounts_public", __name__)

START = "/manage/"
_FAILED = "sign-in-failed"


def own_path(target: str | None) -> str:
    """Return where to go after signing in: a path of this site, never another site's address."""
    if not target or not target.startswith("/") or target.startswith("//") or len(target) > 2000:
        return START
    if "\\" in target or any(ord(character) < 33 or ord(character) == 127 for character in target):
        return START
    return target


@accounts_public.get("/sign-in")
def sign_in() -> BaseResponse:
    """Show the sign-in page; who is signed in already goes on."""
    if load_principal() is not None:
        return redirect(own_path(request.args.get("next")), 303)
    return _sign_in_page(SignInForm(request.args, meta={"csrf": True}), 200)


@accounts_public.post("/sign-in")
def sign_in_with_password() -> BaseResponse:
    """Sign in by address and password; whoever it is that fails gets the same answer in the same time."""
    spend_client_request()
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, 422)
    address = normalise_email(form.email.data or "")
    if exhausted(_FAILED, address, FAILED_SIGN_INS_PER_HOUR, "hour"):
        raise TooMany("too_many", retry_after=3600)
    account = find_account(address)
    fits = password_fits(account.password_hash if account else "", form.password.data or "")
    if account is None or not fits or account.disabled_at is not None:
        spend(_FAILED, address, FAILED_SIGN_INS_PER_HOUR, "hour")
        spend_bad_token()
        form.password.errors = [_("The address and the password do not go together")]
        return _sign_in_page(form, 422)
    _begin(account.id, by_link=False)
    return redirect(own_path(form.next.data), 303)


def _begin(account_id: int, *, by_link: bool) -> None:
    with transaction():
        account = get_account(account_id)
        secret = begin_session(account=account, now=now(), real=real_now(), by_link=by_link)
        language = account.language
    open_session(secret, language)


def _sign_in_page(form: SignInForm, status: int) -> Response:
    page = render_page("accounts/public/sign_in.html", lone_frame(), form=form)
    return keep_secret(make_response(page, status))


@accounts_public.post("/sign-out")
def sign_out() -> BaseResponse:
    """Sign this browser out."""
    known = load_principal()
    if known is not None:
        _end(known)
    close_session()
    flash(_("You are signed out"))
    return redirect(url_for("accounts_public.sign_in"), 303)


def _end(known: SignedIn) -> None:
    with transaction():
        end_session(secret=known.secret, account_id=known.account_id, actor=known.actor, now=now())


@accounts_public.get("/account")
@requires(None)
def account() -> str:
    """Show one's own account."""
    return render_page("accounts/manage/account.html", lone_frame(START))
