"""Uploaded pictures, served by the name of their content: what a name shows never changes."""

from __future__ import annotations

import re

from flask import Blueprint, Flask, Response, abort, send_from_directory

from crosslinks.config import settings
from crosslinks.web.uploads import FOLDERS

media = Blueprint("media", __name__)

KEPT_FOR = 365 * 24 * 3600
_NAME = re.compile(rf"(?:{'|'.join(FOLDERS)})/[0-9a-f]{{32}}(?:-\d{{3}})?\.(?:jpg|png)", re.ASCII)


def media_url(name: str) -> str:
    """Return the address of a stored picture; empty for none."""
    return f"/media/{name}" if name else ""


@media.get("/media/<path:name>")
def show(name: str) -> Response:
    """Serve one stored picture; 404 for any name that we would not have given."""
    if not _NAME.fullmatch(name):
        abort(404)
    response = send_from_directory(settings().uploads, name, max_age=KEPT_FOR)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}, immutable"
    return response


def init_media(app: Flask) -> None:
    """Serve uploaded pictures and give templates ``media_url``, also as a filter, which costs a long page less."""
    app.register_blueprint(media)
    app.jinja_env.globals["media_url"] = app.jinja_env.filters["media_url"] = media_url
