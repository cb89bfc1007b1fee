"""The application behind its gate, for any WSGI server."""

from __future__ import annotations

from crosslinks.app import create_app
from crosslinks.config import Settings
from crosslinks.serve.gate import Gate
from crosslinks.web.large import body_limit

flask_app = create_app()
_settings: Settings = flask_app.extensions["crosslinks.settings"]


def _limit_at(path: str, with_files: bool) -> int:
    return body_limit(_settings, path, with_files=with_files)


application = Gate(flask_app, max_body=_settings.max_body, max_upload=_settings.max_upload, limit_at=_limit_at)
