"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.mailings import models
from crosslinks.mailings.interest import ROUNDS
from crosslinks.mailings.mailing_letters import LETTERS as MAILING_LETTERS
from crosslinks.mailings.manage import mailings_manage
from crosslinks.mailings.manage_followers import followers_manage
from crosslinks.mailings.manage_mailings import campaigns_manage
from crosslinks.mailings.manage_schedule import schedule_manage
from crosslinks.mailings.manage_sending import sending_manage
from crosslinks.mailings.manage_templates import templates_manage
from crosslinks.mailings.public import mailings_public
from crosslinks.mailings.queueing import JOBS
from crosslinks.mailings.schedule import SCHEDULE
from crosslinks.mailings.schedule_letters import LETTERS as SCHEDULED_LETTERS
from crosslinks.mailings.trial import LETTERS as TRIAL_LETTERS
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(
        mailings_manage,
        followers_manage,
        campaigns_manage,
        schedule_manage,
        sending_manage,
        templates_manage,
        mailings_public,
    ),
    letters={**MAILING_LETTERS, **SCHEDULED_LETTERS, **TRIAL_LETTERS},
    jobs=JOBS,
    rounds=(*ROUNDS, SCHEDULE),
)
