"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.consents import models
from crosslinks.web.features import Feature

FEATURE = Feature(models=models)
