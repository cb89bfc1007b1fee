"""The organizer's page of people on stage: who has a place and the right badge, and giving them both."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext as _

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.invitations.stage import STAGE_AT_ONCE, Given, give_stage_places, people_on_stage
from crosslinks.invitations.words import given_words
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Invalid
from crosslinks.registration.words import role_words
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

stage_manage = Blueprint("stage_manage", __name__, url_prefix="/manage/<conference>/<edition>/invitations/stage")
MOST_IDS = 1_000


@stage_manage.get("")
@requires(Permission.REGISTRATIONS)
def show(conference: str, edition: str) -> str:
    return _show(get_edition(conference, edition))


def _show(edition: Edition, report: list[tuple[str, Given]] | None = None) -> str:
    people = people_on_stage(edition.id)
    words = given_words()
    return render_page(
        "invitations/manage/stage.html",
        manage_frame(edition),
        edition=edition,
        people=people,
        lacking=sum(one.lacks for one in people),
        roles=role_words(),
        url=manage_url(edition, "invitations/stage"),
        base=manage_url(edition, "invitations"),
        people_url=manage_url(edition, "registrations"),
        report=[(name, words[given]) for name, given in report or []],
    )


@stage_manage.post("")
@requires(Permission.REGISTRATIONS)
def give(conference: str, edition: str) -> str:
    """Give one person, or everybody on stage who lacks it, a place and the role; then tell what became of each."""
    found = get_edition(conference, edition)
    wanted = _wanted(found)
    report: list[tuple[str, Given]] = []
    for start in range(0, len(wanted), STAGE_AT_ONCE):
        with transaction():
            report += give_stage_places(
                actor=principal().actor,
                now=now(),
                edition=get_edition(conference, edition),
                person_ids=wanted[start : start + STAGE_AT_ONCE],
                language=found.languages[0],
            )
    return _show(found, report)


def _wanted(edition: Edition) -> list[int]:
    typed = request.form.get("person", "")
    if not typed:
        return [one.person.id for one in people_on_stage(edition.id)]
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
        raise Invalid("person.unknown", _("There is no such person on stage."))
    return [int(typed)]
