"""One's own account: name, language, password, and the browsers that are signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.accounts.forms import ChangePasswordForm, NewPasswordForm, ProfileForm
from crosslinks.accounts.links import begin_session
from crosslinks.accounts.operations import change_profile, set_password, sign_out_everywhere
from crosslinks.accounts.passwords import hash_password, password_fits
from crosslinks.accounts.queries import get_account
from crosslinks.accounts.rules import FAILED_SIGN_INS_PER_HOUR
from crosslinks.accounts.sessions import SignedIn, close_session, open_session, signed_in
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.web.clients import spend
from crosslinks.web.pages import render_page
from crosslinks.web.scopes import lone_frame
from crosslinks.web.security import requires

accounts_own = Blueprint("accounts_own", __name__, url_prefix="/account")

Page = tuple[str, int]


def _password_form(known: SignedIn, *, empty: bool) -> NewPasswordForm:
    kind = ChangePasswordForm if known.must_prove_password(real_now()) else NewPasswordForm
    given = {"formdata": None} if empty else {}
    return kind(email=known.email, name=known.name, **given)


def _page(known: SignedIn, profile: ProfileForm | None, password: NewPasswordForm | None, status: int = 200) -> Page:
    page = render_page(
        "accounts/manage/account.html",
        lone_frame("/manage/"),
        known=known,
        profile=profile or ProfileForm(formdata=None, data={"name": known.name, "language": known.language}),
        password=password or _password_form(known, empty=True),
    )
    return page, status


@accounts_own.get("")
@requires(None)
def show() -> Page:
    """Show one's own account."""
    return _page(signed_in(), None, None)


@accounts_own.post("/profile")
@requires(None)
def save_profile() -> Page | Response:
    """Change one's name and language."""
    known = signed_in()
    form = ProfileForm()
    if not form.validate_on_submit():
        return _page(known, form, None, 422)
    with transaction():
        change_profile(
            actor=known.actor,
            now=now(),
            account=get_account(known.account_id),
            name=form.name.data or "",
            language=form.language.data,
        )
    session["lang"] = form.language.data
    flash(_("Saved."))
    return redirect(url_for("accounts_own.show"), 303)


@accounts_own.post("/password")
@requires(None)
def save_password() -> Page | Response:
    """Set one's password, which signs every other browser out."""
    known = signed_in()
    form = _password_form(known, empty=False)
    if not form.validate_on_submit() or not _proven(known, form):
        return _page(known, None, form, 422)
    password_hash = hash_password(form.new_password.data or "")
    with transaction():
        account = get_account(known.account_id)
        set_password(actor=known.actor, now=now(), account=account, password_hash=password_hash)
        secret = begin_session(account=account, now=now(), real=real_now(), by_link=False)
    open_session(secret)
    flash(_("Saved. Other browsers are signed out."))
    return redirect(url_for("accounts_own.show"), 303)


def _proven(known: SignedIn, form: NewPasswordForm) -> bool:
    if not isinstance(form, ChangePasswordForm):
        return True
    spend("password-proof", known.email, FAILED_SIGN_INS_PER_HOUR, "hour")
    if password_fits(get_account(known.account_id).password_hash, form.current_password.data or ""):
        return True
    form.current_password.errors = [_("This is not your current password")]
    return False


@accounts_own.get("/sign-out-everywhere")
@requires(None)
def ask_sign_out_everywhere() -> str:
    """Ask before ending every sign-in."""
    return render_page("accounts/manage/sign_out_everywhere.html", lone_frame("/manage/"))


@accounts_own.post("/sign-out-everywhere")
@requires(None)
def end_everywhere() -> Response:
    """End every sign-in of one's account, this browser's too."""
    known = signed_in()
    with transaction():
        sign_out_everywhere(actor=known.actor, now=now(), account=get_account(known.account_id))
    close_session()
    flash(_("You are signed out everywhere"))
    return redirect(url_for("accounts_public.sign_in"), 303)
