"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.programme import models
from crosslinks.programme.letters import LETTERS
from crosslinks.programme.manage import programme_manage
from crosslinks.programme.manage_material import material_manage
from crosslinks.programme.manage_people import people_manage
from crosslinks.programme.manage_rooms import rooms_manage
from crosslinks.programme.manage_speaking import speaking_manage
from crosslinks.programme.public import programme_public
from crosslinks.programme.public_material import material_public
from crosslinks.programme.speaker import speaker_public
from crosslinks.programme.speaker_slides import speaker_slides
from crosslinks.programme.sweeping import SWEEPING
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(
        programme_manage,
        people_manage,
        speaking_manage,
        material_manage,
        rooms_manage,
        programme_public,
        material_public,
        speaker_public,
        speaker_slides,
    ),
    letters=LETTERS,
    rounds=(SWEEPING,),
)
