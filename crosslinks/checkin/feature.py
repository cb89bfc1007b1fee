"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.checkin import models
from crosslinks.checkin.api import OPERATIONS, checkin_api
from crosslinks.checkin.manage import checkin_manage
from crosslinks.checkin.public import checkin_public
from crosslinks.checkin.turnout import ROUNDS
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(checkin_api, checkin_manage, checkin_public),
    rounds=ROUNDS,
    operations=OPERATIONS,
)
