"""The composition root: plugs the features together into one Flask application."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from crosslinks.accounts import models as accounts_models
from crosslinks.accounts.jobs import JOBS as ACCOUNT_JOBS
from crosslinks.accounts.letters import LETTERS as ACCOUNT_LETTERS
from crosslinks.accounts.manage import accounts_manage
from crosslinks.accounts.own import accounts_own
from crosslinks.accounts.public import accounts_public
from crosslinks.accounts.sessions import init_sessions, load_principal
from crosslinks.checkin import models as checkin_models
from crosslinks.checkin.api import OPERATIONS as CHECKIN_OPERATIONS
from crosslinks.checkin.api import checkin_api
from crosslinks.checkin.manage import checkin_manage
from crosslinks.checkin.public import checkin_public
from crosslinks.checkin.turnout import ROUNDS as CHECKIN_ROUNDS
from crosslinks.config import Settings, load_settings
from crosslinks.consents import models as consents_models
from crosslinks.documents import models as documents_models
from crosslinks.documents.manage import documents_manage
from crosslinks.documents.printing import JOBS as DOCUMENTS_JOBS
from crosslinks.documents.public import documents_public
from crosslinks.editions import models as editions_models
from crosslinks.editions.choose import editions_choose
from crosslinks.editions.frames import manage_scope
from crosslinks.editions.manage import editions_manage
from crosslinks.editions.queries import find_conference_id
from crosslinks.feedback import models as feedback_models
from crosslinks.feedback.manage import feedback_manage
from crosslinks.feedback.places import feedback_deed
from crosslinks.feedback.public import feedback_public
from crosslinks.home.manage import home_manage
from crosslinks.home.public import home_public
from crosslinks.invitations import models as invitations_models
from crosslinks.invitations.importing import CLEARING as IMPORTS_CLEARING
from crosslinks.invitations.importing import JOBS as IMPORT_JOBS
from crosslinks.invitations.letters import LETTERS as INVITATION_LETTERS
from crosslinks.invitations.manage import invitations_manage
from crosslinks.invitations.manage_import import imports_manage
from crosslinks.invitations.manage_stage import stage_manage
from crosslinks.invitations.public import invitation_public
from crosslinks.invitations.public_group import groups_public
from crosslinks.jobs import models as jobs_models
from crosslinks.jobs.manage import jobs_manage
from crosslinks.jobs.public import jobs_public
from crosslinks.jobs.work import CLEARING
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db
from crosslinks.kernel.resources import resource
from crosslinks.live import models as live_models
from crosslinks.live.manage import live_manage
from crosslinks.live.places import live_deed, live_fact
from crosslinks.live.public import live_public
from crosslinks.mail import models as mail_models
from crosslinks.mailings import models as mailings_models
from crosslinks.mailings.interest import ROUNDS as INTEREST_ROUNDS
from crosslinks.mailings.mailing_letters import LETTERS as MAILING_LETTERS
from crosslinks.mailings.manage import mailings_manage
from crosslinks.mailings.manage_followers import followers_manage
from crosslinks.mailings.manage_mailings import campaigns_manage
from crosslinks.mailings.manage_schedule import schedule_manage
from crosslinks.mailings.manage_sending import sending_manage
from crosslinks.mailings.manage_templates import templates_manage
from crosslinks.mailings.public import mailings_public
from crosslinks.mailings.queueing import JOBS as MAILING_JOBS
from crosslinks.mailings.schedule import SCHEDULE
from crosslinks.mailings.schedule_letters import LETTERS as SCHEDULED_LETTERS
from crosslinks.mailings.trial import LETTERS as TRIAL_LETTERS
from crosslinks.mailings.wording import find_words
from crosslinks.privacy import models as privacy_models
from crosslinks.privacy.manage import privacy_manage
from crosslinks.privacy.public import privacy_public
from crosslinks.privacy.retention import JOBS as PRIVACY_JOBS
from crosslinks.privacy.retention import RETENTION_ROUND
from crosslinks.programme import models as programme_models
from crosslinks.programme.manage import programme_manage
from crosslinks.programme.manage_people import people_manage
from crosslinks.programme.manage_rooms import rooms_manage
from crosslinks.programme.public import programme_public
from crosslinks.questions import models as questions_models
from crosslinks.questions.erasure import ERASING as ANSWERS_ERASING
from crosslinks.questions.manage import questions_manage
from crosslinks.questions.manage_question import question_manage
from crosslinks.registration import models as registration_models
from crosslinks.registration.answer_letters import LETTERS as ANSWER_LETTERS
from crosslinks.registration.answers import registration_answers
from crosslinks.registration.api import OPERATIONS as REGISTRATION_OPERATIONS
from crosslinks.registration.api import registration_api
from crosslinks.registration.jobs import JOBS as REGISTRATION_JOBS
from crosslinks.registration.jobs import ROUNDS as REGISTRATION_ROUNDS
from crosslinks.registration.letters import LETTERS as REGISTRATION_LETTERS
from crosslinks.registration.manage import registration_manage
from crosslinks.registration.manage_answers import manage_answers
from crosslinks.registration.manage_coming import registration_coming
from crosslinks.registration.manage_consents import registration_consent_pages
from crosslinks.registration.manage_person import registration_person
from crosslinks.registration.manage_places import registration_places
from crosslinks.registration.place import registration_place
from crosslinks.registration.place_answers import registration_place_answers
from crosslinks.registration.place_consents import registration_consents
from crosslinks.registration.plugs import DEEDS as PLACE_DEEDS
from crosslinks.registration.plugs import FACTS as PERSON_FACTS
from crosslinks.registration.public import registration_public
from crosslinks.registration.self_service import registration_self_service
from crosslinks.reports.manage import reports_manage
from crosslinks.sponsors import models as sponsors_models
from crosslinks.sponsors.manage import sponsors_manage
from crosslinks.sponsors.public import sponsors_public
from crosslinks.web.addresses import init_addresses
from crosslinks.web.clients import init_limits
from crosslinks.web.errors import init_errors
from crosslinks.web.face import init_face
from crosslinks.web.formats import init_formats
from crosslinks.web.kept import Keeper
from crosslinks.web.languages import init_languages
from crosslinks.web.markdown import init_markdown
from crosslinks.web.media import init_media
from crosslinks.web.openapi import PARTS as OPENAPI_PARTS
from crosslinks.web.openapi import openapi
from crosslinks.web.pages import init_pages
from crosslinks.web.security import Guard, init_security

TABLES = (
    accounts_models,
    checkin_models,
    consents_models,
    documents_models,
    editions_models,
    invitations_models,
    jobs_models,
    mail_models,
    mailings_models,
    programme_models,
    questions_models,
    registration_models,
    sponsors_models,
    feedback_models,
    live_models,
    privacy_models,
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
        init_limits,
        init_security,
        init_errors,
    ):
        init(app)
    _plug_in_features(app)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.database_url.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


def _plug_in_features(app: Flask) -> None:
    for blueprint in (
        accounts_manage,
        accounts_own,
        accounts_public,
        checkin_api,
        checkin_manage,
        checkin_public,
        campaigns_manage,
        documents_manage,
        documents_public,
        editions_choose,
        editions_manage,
        followers_manage,
        groups_public,
        home_manage,
        home_public,
        imports_manage,
        invitation_public,
        invitations_manage,
        jobs_manage,
        jobs_public,
        mailings_manage,
        mailings_public,
        openapi,
        people_manage,
        programme_manage,
        programme_public,
        question_manage,
        questions_manage,
        manage_answers,
        registration_answers,
        registration_api,
        registration_consent_pages,
        registration_consents,
        registration_manage,
        registration_person,
        registration_place,
        registration_place_answers,
        registration_places,
        registration_public,
        registration_self_service,
        rooms_manage,
        sending_manage,
        sponsors_manage,
        sponsors_public,
        stage_manage,
        registration_coming,
        feedback_manage,
        feedback_public,
        live_manage,
        live_public,
        schedule_manage,
        templates_manage,
        privacy_manage,
        privacy_public,
        reports_manage,
    ):
        app.register_blueprint(blueprint)
    init_sessions(app)
    app.extensions["crosslinks.guard"] = Guard(load_principal, find_conference_id, "accounts_public.sign_in")
    app.extensions["crosslinks.scope"] = manage_scope
    app.extensions["crosslinks.letters"] = {
        **ACCOUNT_LETTERS,
        **INVITATION_LETTERS,
        **REGISTRATION_LETTERS,
        **ANSWER_LETTERS,
        **MAILING_LETTERS,
        **SCHEDULED_LETTERS,
        **TRIAL_LETTERS,
    }
    app.extensions["crosslinks.words"] = find_words
    app.extensions["crosslinks.jobs"] = {
        **ACCOUNT_JOBS,
        **DOCUMENTS_JOBS,
        **IMPORT_JOBS,
        **MAILING_JOBS,
        **REGISTRATION_JOBS,
        **PRIVACY_JOBS,
    }
    app.extensions["crosslinks.rounds"] = (
        CLEARING,
        ANSWERS_ERASING,
        IMPORTS_CLEARING,
        *INTEREST_ROUNDS,
        *REGISTRATION_ROUNDS,
        SCHEDULE,
        *CHECKIN_ROUNDS,
        RETENTION_ROUND,
    )
    app.extensions[PLACE_DEEDS] = (live_deed, feedback_deed)
    app.extensions[PERSON_FACTS] = (live_fact,)
    app.extensions[OPENAPI_PARTS] = [*CHECKIN_OPERATIONS, *REGISTRATION_OPERATIONS]
