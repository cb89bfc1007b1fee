"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.feedback import models
from crosslinks.feedback.manage import feedback_manage
from crosslinks.feedback.places import feedback_deed
from crosslinks.feedback.public import feedback_public
from crosslinks.registration.plugs import DEEDS
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(feedback_manage, feedback_public),
    adds={DEEDS: (feedback_deed,)},
)
