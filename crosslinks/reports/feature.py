"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.reports.manage import reports_manage
from crosslinks.web.features import Feature

FEATURE = Feature(blueprints=(reports_manage,))
