"""The composition root: plugs the features together into one Flask application."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from crosslinks.accounts.feature import FEATURE as ACCOUNTS
from crosslinks.accounts.sessions import init_sessions, load_principal
from crosslinks.checkin.feature import FEATURE as CHECKIN
from crosslinks.config import Settings, load_settings
from crosslinks.consents.feature import FEATURE as CONSENTS
from crosslinks.copies.feature import FEATURE as COPIES
from crosslinks.documents.feature import FEATURE as DOCUMENTS
from crosslinks.editions.feature import FEATURE as EDITIONS
from crosslinks.editions.frames import manage_scope
from crosslinks.editions.queries import find_conference_id
from crosslinks.feedback.feature import FEATURE as FEEDBACK
from crosslinks.feeds.feature import FEATURE as FEEDS
from crosslinks.home.feature import FEATURE as HOME
from crosslinks.invitations.feature import FEATURE as INVITATIONS
from crosslinks.jobs.feature import FEATURE as JOBS
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db
from crosslinks.kernel.resources import resource
from crosslinks.live.feature import FEATURE as LIVE
from crosslinks.mail.feature import FEATURE as MAIL
from crosslinks.mailings.feature import FEATURE as MAILINGS
from crosslinks.mailings.wording import find_words
from crosslinks.privacy.feature import FEATURE as PRIVACY
from crosslinks.programme.feature import FEATURE as PROGRAMME
from crosslinks.questions.feature import FEATURE as QUESTIONS
from crosslinks.registration.feature import FEATURE as REGISTRATION
from crosslinks.reports.feature import FEATURE as REPORTS
from crosslinks.sponsors.feature import FEATURE as SPONSORS
from crosslinks.stories.feature import FEATURE as STORIES
from crosslinks.web.addresses import init_addresses
from crosslinks.web.clients import init_limits
from crosslinks.web.errors import init_errors
from crosslinks.web.face import init_face
from crosslinks.web.features import plug_in
from crosslinks.web.formats import init_formats
from crosslinks.web.kept import Keeper
from crosslinks.web.languages import init_languages
from crosslinks.web.markdown import init_markdown
from crosslinks.web.media import init_media
from crosslinks.web.openapi import openapi
from crosslinks.web.pages import init_pages
from crosslinks.web.photographs import init_photographs
from crosslinks.web.portraits import init_portraits
from crosslinks.web.security import Application, Guard, init_security

FEATURES = (
    HOME,
    REPORTS,
    PRIVACY,
    COPIES,
    MAILINGS,
    DOCUMENTS,
    CHECKIN,
    LIVE,
    FEEDBACK,
    INVITATIONS,
    REGISTRATION,
    CONSENTS,
    FEEDS,
    PROGRAMME,
    SPONSORS,
    STORIES,
    QUESTIONS,
    EDITIONS,
    ACCOUNTS,
    MAIL,
    JOBS,
)
"""From the top of the ladder down; what several add to one page stands there in this order."""


def create_app(chosen: Settings | None = None) -> Flask:
    """Return the application for an instance; raises ``ConfigurationError`` when its settings cannot be used."""
    settings = chosen or load_settings()
    app = Application(
        "crosslinks",
        template_folder=str(resource("templates")),
        static_folder=None,
        instance_path=str(settings.instance),
    )
    app.extensions["crosslinks.settings"] = settings
    app.extensions["crosslinks.keeper"] = Keeper(settings.kept_pages)
    app.config.update(
        SECRET_KEY=settings.keys.session.hex(),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        TESTING=settings.testing,
    )
    if settings.demo:
        clock.offset = timedelta(seconds=settings.demo_offset)
    db.init_app(app)
    for init in (
        init_addresses,
        init_languages,
        init_formats,
        init_pages,
        init_markdown,
        init_face,
        init_media,
        init_portraits,
        init_photographs,
        init_limits,
        init_security,
        init_errors,
    ):
        init(app)
    plug_in(app, FEATURES)
    _plug_in_lookups(app)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.database_url.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


def _plug_in_lookups(app: Flask) -> None:
    """Let lower features ask higher ones who is signed in, which edition is meant, and what words a letter has."""
    app.register_blueprint(openapi)
    init_sessions(app)
    app.extensions["crosslinks.guard"] = Guard(load_principal, find_conference_id, "accounts_public.sign_in")
    app.extensions["crosslinks.scope"] = manage_scope
    app.extensions["crosslinks.words"] = find_words
