"""Where an organizer starts: the editions that their account may open."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_url, state_line
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.queries import list_conferences, list_editions
from crosslinks.kernel.actors import Permission
from crosslinks.web.pages import render_page
from crosslinks.web.scopes import lone_frame
from crosslinks.web.security import principal, requires

editions_choose = Blueprint("editions_choose", __name__)


def _mine() -> list[tuple[Conference, list[Edition]]]:
    known = principal()
    own = known.conference_ids()
    return [
        (conference, list_editions(conference.id))
        for conference in list_conferences()
        if conference.id in own and known.may(Permission.OVERVIEW, conference.id)
    ]


@editions_choose.get("/manage/")
@requires(None)
def choose() -> str | Response:
    """List the editions that this account may open; the only one is opened at once."""
    mine = _mine()
    editions = [edition for _conference, editions in mine for edition in editions]
    if len(editions) == 1:
        return redirect(manage_url(editions[0]), 303)
    return render_page(
        "editions/manage/choose.html",
        lone_frame(),
        mine=[
            (
                conference,
                principal().may(Permission.EDITION, conference.id),
                [(edition, manage_url(edition), state_line(edition)) for edition in editions],
            )
            for conference, editions in mine
        ],
        user_name=principal().actor.label,
    )
