"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.jobs import models
from crosslinks.jobs.manage import jobs_manage
from crosslinks.jobs.public import jobs_public
from crosslinks.jobs.work import CLEARING
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(jobs_manage, jobs_public),
    rounds=(CLEARING,),
)
