"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.copies.exchange import JOBS
from crosslinks.copies.manage import copies_manage
from crosslinks.web.features import Feature

FEATURE = Feature(blueprints=(copies_manage,), jobs=JOBS)
