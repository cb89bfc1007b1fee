"""Who may see a page, and the headers that keep it safe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.config import settings
from crosslinks.kernel.actors import Permission, Principal
from crosslinks.kernel.errors import Forbidden, NotFound
from crosslinks.web.large import body_limit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

csrf = CSRFProtect()

P = ParamSpec("P")
R = TypeVar("R")

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@dataclass(frozen=True)
class Guard:
    """What the composition root plugs in: who is signed in, and which conference an address names."""

    load_principal: Callable[[], Principal | None]
    find_conference_id: Callable[[str], int | None]
    sign_in_endpoint: str


def current_principal() -> Principal | None:
    """Return who is signed in, or None; looked up once a request."""
    if "principal" not in g:
        guard: Guard = current_app.extensions["crosslinks.guard"]
        g.principal = guard.load_principal()
    return cast("Principal | None", g.principal)


def principal() -> Principal:
    """Return who is signed in; only within a view that ``requires`` a permission."""
    found = current_principal()
    if found is None:
        raise Forbidden("sign_in_required")
    return found


def requires(permission: Permission | None) -> Callable[[Callable[P, R]], Callable[P, R | BaseResponse]]:
    """Let only accounts with ``permission`` in the address's ``<conference>`` in; None asks only for a sign-in.

    Without a sign-in: to the sign-in page (403 for writes). Without any role there: 404. Without the permission: 403.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | BaseResponse]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | BaseResponse:
            known = current_principal()
            if known is None:
                return _to_sign_in()
            if permission is not None:
                _check(known, permission)
            return view(*args, **kwargs)

        vars(guarded)["permission"] = permission
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that a manage or api route needs no account, such as a door's API with its own token."""
    vars(view)["permission"] = "public"
    return view


def _to_sign_in() -> BaseResponse:
    if request.method not in {"GET", "HEAD"}:
        raise Forbidden("sign_in_required")
    guard: Guard = current_app.extensions["crosslinks.guard"]
    return redirect(url_for(guard.sign_in_endpoint, next=request.full_path.rstrip("?")), 303)


def _check(known: Principal, permission: Permission) -> None:
    guard: Guard = current_app.extensions["crosslinks.guard"]
    slug = (request.view_args or {}).get("conference")
    conference_id = guard.find_conference_id(str(slug)) if slug else None
    if conference_id is None or conference_id not in known.conference_ids():
        raise NotFound("page.unknown")
    if not known.may(permission, conference_id):
        raise Forbidden("permission.missing")


def allow_in_csp(directive: str, source: str) -> None:
    """Widen this response's policy, such as ``script-src 'wasm-unsafe-eval'`` on the door page."""
    g.setdefault("csp", []).append((directive, source))


def _policy(extra: tuple[tuple[str, str], ...]) -> str:
    policy = dict(CSP)
    for directive, source in extra:
        given = policy.get(directive, "'none'")
        policy[directive] = source if given == "'none'" else f"{given} {source}"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


_PLAIN_POLICY = _policy(())


def _add_headers(response: Response) -> Response:
    extra = g.get("csp")
    headers = response.headers
    headers.extend(
        (
            ("Content-Security-Policy", _policy(tuple(extra)) if extra else _PLAIN_POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
        )
    )
    headers.setdefault("Referrer-Policy", "same-origin")
    if "principal" in g:
        headers.setdefault("Cache-Control", "no-store")  # after signing out, Back must show nobody's list
    if settings().secure:
        headers.add("Strict-Transport-Security", "max-age=31536000")
    return response


def keep_secret(response: Response) -> Response:
    """Mark a response that a personal link opened: never stored, never told to another page."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


class Application(Flask):
    """Answers HEAD as GET, and keeps the content back.

    A view that tells GET from POST would else take HEAD, with which mail filters begin, for a form that was sent.
    """

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request, as Flask does."""
        if environ["REQUEST_METHOD"] != "HEAD":
            return super().wsgi_app(environ, start_response)
        content = super().wsgi_app({**environ, "REQUEST_METHOD": "GET"}, start_response)
        close = getattr(content, "close", None)
        if close is not None:
            close()
        return ()


def _bound_body() -> None:
    limit = body_limit(settings(), request.path, with_files=request.mimetype == "multipart/form-data")
    request.max_content_length = limit
    if request.content_length is not None and request.content_length > limit:
        abort(413)


def _refuse_nul() -> None:
    """Answer 404 to an address with a character that no database can compare."""
    if "\x00" in request.path:
        abort(404)


def init_security(app: Flask) -> None:
    """Set up cookies, CSRF, bounds of bodies and headers."""
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.extensions["crosslinks.settings"].secure,
        SESSION_COOKIE_NAME="crosslinks",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(_refuse_nul)
    app.before_request(_bound_body)
    csrf.init_app(app)
    app.after_request(_add_headers)
