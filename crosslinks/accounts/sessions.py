"""Who is signed in to this browser. Only pages that ask for it read the cookie: public pages never load an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Flask, Response, g, session
from flask_login import LoginManager, current_user, login_user, logout_user

from crosslinks.accounts.models import AccountSession
from crosslinks.accounts.queries import find_session
from crosslinks.accounts.rules import SESSION_LIFE, SESSION_RENEWED_AFTER, SIGN_IN_LINK_LIFE
from crosslinks.kernel.actors import ROLE_PERMISSIONS, Actor, Permission, Role
from crosslinks.kernel.clock import real_now
from crosslinks.web.security import principal

_SEEN = "seen"
_KEPT_AT_SIGN_IN = ("lang", "preview")


@dataclass(frozen=True)
class SignedIn:
    """A signed-in account as plain data, good for one request; ``secret`` is what its cookie holds."""

    account_id: int
    name: str
    email: str
    language: str
    has_password: bool
    came_by_link_at: datetime | None
    roles: Mapping[int, Role]
    secret: str = field(repr=False)
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the cookie."""
        return self.secret

    @property
    def actor(self) -> Actor:
        """Who the log names."""
        return Actor.account(self.account_id, self.name)

    def may(self, permission: Permission, conference_id: int) -> bool:
        """Say whether this account's role in that conference holds ``permission``."""
        role = self.roles.get(conference_id)
        return role is not None and permission in ROLE_PERMISSIONS[role]

    def conference_ids(self) -> frozenset[int]:
        """Return the conferences in which this account has a role."""
        return frozenset(self.roles)

    def must_prove_password(self, real: datetime) -> bool:
        """Say whether a new password takes the old one: not without one, nor shortly after a link by mail."""
        lately = self.came_by_link_at is not None and real - self.came_by_link_at < SIGN_IN_LINK_LIFE
        return self.has_password and not lately


class _QuietLoginManager(LoginManager):
    """Flask-Login without its "remember me", which would read the session, and so vary by cookie, on every page."""

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


def _load(secret: str) -> SignedIn | None:
    seen = session.get(_SEEN)
    real = real_now()
    if not isinstance(seen, int) or real - datetime.fromtimestamp(seen, UTC) > SESSION_LIFE:
        return None
    found = find_session(secret, real)
    if found is None:
        return None
    if real - datetime.fromtimestamp(seen, UTC) > SESSION_RENEWED_AFTER:
        session[_SEEN] = int(real.timestamp())
    return _as_principal(found, secret)


def _as_principal(found: AccountSession, secret: str) -> SignedIn:
    account = found.account
    return SignedIn(
        account_id=account.id,
        name=account.name,
        email=account.email,
        language=account.language,
        has_password=bool(account.password_hash),
        came_by_link_at=found.created_at if found.by_link else None,
        roles={grant.conference_id: grant.role for grant in account.grants},
        secret=secret,
    )


def load_principal() -> SignedIn | None:
    """Return who is signed in to this browser, or None."""
    if not current_user.is_authenticated:
        return None
    found: SignedIn = current_user._get_current_object()  # noqa: SLF001 - the proxy would follow a sign-out
    return found


def signed_in() -> SignedIn:
    """Return who is signed in, within a view that ``requires`` it."""
    return cast("SignedIn", principal())


def open_session(secret: str) -> None:
    """Give this browser a new session for ``secret``: nothing of the old one stays but the chosen language.

    What somebody planted before, such as a known CSRF token, is gone.
    """
    kept = {name: session[name] for name in _KEPT_AT_SIGN_IN if name in session}
    real = real_now()
    found = find_session(secret, real)
    session.clear()
    g.pop("principal", None)
    g.pop("csrf_token", None)
    if found is None:
        return
    session.update({"lang": found.account.language} | kept)
    session.permanent = True
    session[_SEEN] = int(real.timestamp())
    login_user(_as_principal(found, secret))


def close_session() -> None:
    """Forget who was signed in to this browser; the chosen language stays."""
    kept = {name: session[name] for name in _KEPT_AT_SIGN_IN if name in session}
    logout_user()
    session.clear()
    session.update(kept)
    g.pop("principal", None)
    g.pop("csrf_token", None)


def init_sessions(app: Flask) -> None:
    """Set up Flask-Login: no "remember me", and sign-ins that end after hours without use."""
    manager = _QuietLoginManager()
    manager.session_protection = None
    manager.user_loader(_load)
    app.config.update(
        PERMANENT_SESSION_LIFETIME=SESSION_LIFE + timedelta(minutes=1),
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    manager.init_app(app, add_context_processor=False)
