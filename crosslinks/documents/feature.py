"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.documents import models
from crosslinks.documents.manage import documents_manage
from crosslinks.documents.printing import JOBS
from crosslinks.documents.public import documents_public
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(documents_manage, documents_public),
    jobs=JOBS,
)
