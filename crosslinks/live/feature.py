"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.live import models
from crosslinks.live.manage import live_manage
from crosslinks.live.places import live_deed, live_fact
from crosslinks.live.public import live_public
from crosslinks.registration.plugs import DEEDS, FACTS
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(live_manage, live_public),
    adds={DEEDS: (live_deed,), FACTS: (live_fact,)},
)
