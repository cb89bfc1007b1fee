"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.accounts import models
from crosslinks.accounts.jobs import JOBS
from crosslinks.accounts.letters import LETTERS
from crosslinks.accounts.manage import accounts_manage
from crosslinks.accounts.own import accounts_own
from crosslinks.accounts.public import accounts_public
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(accounts_manage, accounts_own, accounts_public),
    letters=LETTERS,
    jobs=JOBS,
)
