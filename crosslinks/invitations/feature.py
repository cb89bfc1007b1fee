"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.invitations import models
from crosslinks.invitations.importing import CLEARING, JOBS
from crosslinks.invitations.letters import LETTERS
from crosslinks.invitations.manage import invitations_manage
from crosslinks.invitations.manage_import import imports_manage
from crosslinks.invitations.manage_stage import stage_manage
from crosslinks.invitations.public import invitation_public
from crosslinks.invitations.public_group import groups_public
from crosslinks.invitations.speaking import move_place, place_of
from crosslinks.programme.plugs import MERGERS, PLACES
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(invitations_manage, imports_manage, stage_manage, invitation_public, groups_public),
    letters=LETTERS,
    jobs=JOBS,
    rounds=(CLEARING,),
    adds={PLACES: (place_of,), MERGERS: (move_place,)},
)
