"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.programme import models
from crosslinks.programme.letters import LETTERS
from crosslinks.programme.manage import programme_manage
from crosslinks.programme.manage_import import programme_import
from crosslinks.programme.manage_material import material_manage
from crosslinks.programme.manage_moves import moves_manage
from crosslinks.programme.manage_people import people_manage
from crosslinks.programme.manage_releases import releases_manage
from crosslinks.programme.manage_rooms import rooms_manage
from crosslinks.programme.manage_slides import slides_manage
from crosslinks.programme.manage_speaking import speaking_manage
from crosslinks.programme.manage_timetable import timetable_manage
from crosslinks.programme.public import programme_public
from crosslinks.programme.public_material import material_public
from crosslinks.programme.public_releases import releases_public
from crosslinks.programme.release_letters import LETTERS as RELEASE_LETTERS
from crosslinks.programme.speaker import speaker_public
from crosslinks.programme.speaker_slides import speaker_slides
from crosslinks.programme.sweeping import SWEEPING
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(
        programme_manage,
        timetable_manage,
        moves_manage,
        programme_import,
        people_manage,
        speaking_manage,
        material_manage,
        slides_manage,
        rooms_manage,
        releases_manage,
        programme_public,
        material_public,
        releases_public,
        speaker_public,
        speaker_slides,
    ),
    letters={**LETTERS, **RELEASE_LETTERS},
    rounds=(SWEEPING,),
)
