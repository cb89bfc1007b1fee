"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.sponsors import models
from crosslinks.sponsors.manage import sponsors_manage
from crosslinks.sponsors.public import sponsors_public
from crosslinks.web.features import Feature

FEATURE = Feature(models=models, blueprints=(sponsors_manage, sponsors_public))
