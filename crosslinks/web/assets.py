"""Built stylesheets, scripts, fonts and icons: hashed names, kept in memory compressed, cached for ever."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, request

from crosslinks.kernel.resources import resource
from crosslinks.web.theme import COLOUR, accent_css, is_accent

assets = Blueprint("assets", __name__)

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
COMPRESSED = {".css", ".js", ".svg", ".wasm"}
FOR_EVER = "public, max-age=31536000, immutable"


class BuildMissingError(RuntimeError):
    """The front-end has not been built, or lacks an asset that a page asks for; the message says what to do."""


def dist_folder() -> Path:
    """Return where the front-end build puts its files."""
    return resource("static") / "dist"


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Return which file the build made of each source, such as ``css/public.css``; raises ``BuildMissingError``."""
    path = dist_folder() / "manifest.json"
    try:
        found: dict[str, str] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BuildMissingError("The front-end is not built. Run: make setup") from None
    return found


def asset_file(name: str) -> str:
    """Return the hashed file name of the source ``name``; raises ``BuildMissingError``."""
    try:
        return manifest()[name]
    except KeyError:
        raise BuildMissingError(f"The front-end build has no {name}. Run: node tools/frontend.mjs") from None


def asset_url(name: str) -> str:
    """Return the address of the source ``name``, such as ``js/manage.js`` or ``icons.svg#check``."""
    return f"/assets/{asset_file(name)}"


def stylesheet_url(name: str, hue: int) -> str:
    """Return the address of a stylesheet in the accent of ``hue``: degrees, or a colour's number (web/theme.py)."""
    return f"/assets/{hue if hue >= COLOUR else hue % 360}/{asset_file(name)}"


def read_asset(name: str) -> bytes:
    """Return what the build made of the source ``name``, for pages that serve it at an address of their own."""
    return (dist_folder() / asset_file(name)).read_bytes()


@lru_cache(maxsize=64)
def _content(file: str, hue: int | None) -> tuple[bytes, bytes]:
    """Return a built file, plain and compressed; with a hue, the stylesheet with that accent."""
    body = (dist_folder() / file).read_bytes()
    if hue is not None:
        body += b"\n" + accent_css(hue).encode()
    packed = gzip.compress(body, 9, mtime=0) if Path(file).suffix in COMPRESSED else b""
    return body, packed


def _respond(file: str, hue: int | None) -> Response:
    if "#" in file or file not in manifest().values():
        abort(404)
    body, packed = _content(file, hue)
    compress = bool(packed) and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(packed if compress else body, content_type=MEDIA_TYPES[Path(file).suffix])
    response.headers["Cache-Control"] = FOR_EVER
    if packed:
        response.headers["Vary"] = "Accept-Encoding"
    if compress:
        response.headers["Content-Encoding"] = "gzip"
    return response


@assets.get("/assets/<file>")
def show(file: str) -> Response:
    """Serve one built file."""
    return _respond(file, None)


@assets.get("/assets/<int:hue>/<file>")
def show_stylesheet(hue: int, file: str) -> Response:
    """Serve a built stylesheet in the accent of a hue, or of a colour that can be read."""
    if not is_accent(hue) or not file.endswith(".css"):
        abort(404)
    return _respond(file, hue)
