"""Slides that anybody may have, as downloads; and, for a talk's page, what there is of it."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from crosslinks.editions.public import open_edition
from crosslinks.programme.material import get_public_slides
from crosslinks.programme.queries import get_slot
from crosslinks.programme.speaker_slides import send_slides

material_public = Blueprint("material_public", __name__, url_prefix="/<conference>/<edition>")


@material_public.get("/talks/<slug>/slides/<int(max=2147483647):number>")
def slides(conference: str, edition: str, slug: str, number: int) -> Response:
    """Send one file. It is looked up each time, so that a withdrawn one is gone at once."""
    slot = get_slot(open_edition(conference, edition), slug)
    response = send_slides(get_public_slides(slot.talk.id, number))
    response.headers["Cache-Control"] = "private, no-cache"
    return response
