"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.privacy import models
from crosslinks.privacy.manage import privacy_manage
from crosslinks.privacy.public import privacy_public
from crosslinks.privacy.retention import JOBS, RETENTION_ROUND
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(privacy_manage, privacy_public),
    jobs=JOBS,
    rounds=(RETENTION_ROUND,),
)
