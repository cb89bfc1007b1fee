"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.documents import models
from crosslinks.documents.manage import documents_manage
from crosslinks.documents.manage_run_sheet import run_sheet_manage
from crosslinks.documents.printing import JOBS
from crosslinks.documents.public import documents_public
from crosslinks.documents.public_programme import documents_programme
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(documents_manage, run_sheet_manage, documents_public, documents_programme),
    jobs=JOBS,
)
