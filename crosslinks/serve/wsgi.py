"""The application behind its gate, for any WSGI server."""

from __future__ import annotations

from crosslinks.app import create_app
from crosslinks.config import Settings
from crosslinks.serve.gate import Gate

flask_app = create_app()
_settings: Settings = flask_app.extensions["crosslinks.settings"]
application = Gate(flask_app, max_body=_settings.max_body, max_upload=_settings.max_upload)
