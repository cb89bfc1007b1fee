"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.programme import models
from crosslinks.programme.manage import programme_manage
from crosslinks.programme.manage_import import programme_import
from crosslinks.programme.manage_people import people_manage
from crosslinks.programme.manage_rooms import rooms_manage
from crosslinks.programme.public import programme_public
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(programme_manage, programme_import, people_manage, rooms_manage, programme_public),
)
