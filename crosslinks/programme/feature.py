"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.programme import models
from crosslinks.programme.manage import programme_manage
from crosslinks.programme.manage_import import programme_import
from crosslinks.programme.manage_people import people_manage
from crosslinks.programme.manage_releases import releases_manage
from crosslinks.programme.manage_rooms import rooms_manage
from crosslinks.programme.public import programme_public
from crosslinks.programme.public_releases import releases_public
from crosslinks.programme.release_letters import LETTERS
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(
        programme_manage,
        programme_import,
        people_manage,
        rooms_manage,
        releases_manage,
        programme_public,
        releases_public,
    ),
    letters=LETTERS,
)
