"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.registration import models
from crosslinks.registration.answer_letters import LETTERS as ANSWER_LETTERS
from crosslinks.registration.api import OPERATIONS, registration_api
from crosslinks.registration.jobs import JOBS, ROUNDS
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
from crosslinks.registration.public import registration_public
from crosslinks.registration.replies import registration_replies
from crosslinks.registration.self_service import registration_self_service
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(
        registration_api,
        registration_manage,
        manage_answers,
        registration_coming,
        registration_consent_pages,
        registration_person,
        registration_places,
        registration_place,
        registration_place_answers,
        registration_consents,
        registration_public,
        registration_replies,
        registration_self_service,
    ),
    letters={**REGISTRATION_LETTERS, **ANSWER_LETTERS},
    jobs=JOBS,
    rounds=ROUNDS,
    operations=OPERATIONS,
)
