"""The composition root: plugs the features together into one Flask application."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from crosslinks.accounts import models as accounts_models
from crosslinks.accounts.public import accounts_public
from crosslinks.accounts.sessions import init_sessions, load_principal
from crosslinks.checkin import models as checkin_models
from crosslinks.config import Settings, load_settings
from crosslinks.documents import models as documents_models
from crosslinks.editions import models as editions_models
from crosslinks.editions.frames import manage_scope
from crosslinks.editions.manage import editions_manage
from crosslinks.editions.queries import find_conference_id
from crosslinks.jobs import models as jobs_models
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db
from crosslinks.kernel.resources import resource
from crosslinks.mail import models as mail_models
from crosslinks.programme import models as programme_models
from crosslinks.registration import models as registration_models
from crosslinks.registration.manage import registration_manage
from crosslinks.sponsors import models as sponsors_models
from crosslinks.web.clients import init_limits
from crosslinks.web.errors import init_errors
from crosslinks.web.face import init_face
from crosslinks.web.formats import init_formats
from crosslinks.web.kept import Keeper
from crosslinks.web.languages import init_languages
from crosslinks.web.pages import init_pages
from crosslinks.web.security import Guard, init_security

TABLES = (
    accounts_models,
    checkin_models,
    documents_models,
    editions_models,
    jobs_models,
    mail_models,
    programme_models,
    registration_models,
    sponsors_models,
)
"""All features' tables: foreign keys that point upward resolve only when each has been imported."""


def create_app(chosen: Settings | None = None) -> Flask:
    """Return the application for an instance; raises ``ConfigurationError`` when its settings cannot be used."""
    settings = chosen or load_settings()
    app = Flask(
        "crosslinks",
        template_folder=str(resource("templates")),
        static_folder=None,
        instance_path=str(settings.instance),
    )
    app.extensions["crosslinks.settings"] = settings
    app.extensions["crosslinks.keeper"] = Keeper()
    app.config.update(
        SECRET_KEY=settings.keys.session.hex(),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        TESTING=settings.testing,
    )
    if settings.demo:
        clock.offset = timedelta(seconds=settings.demo_offset)
    db.init_app(app)
    for init in (init_languages, init_formats, init_pages, init_face, init_limits, init_security, init_errors):
        init(app)
    _plug_in_features(app)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.database_url.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


def _plug_in_features(app: Flask) -> None:
    for blueprint in (accounts_public, editions_manage, registration_manage):
        app.register_blueprint(blueprint)
    init_sessions(app)
    app.extensions["crosslinks.guard"] = Guard(load_principal, find_conference_id, "accounts_public.sign_in")
    app.extensions["crosslinks.scope"] = manage_scope
    app.extensions["crosslinks.letters"] = {}
    app.extensions["crosslinks.jobs"] = {}
