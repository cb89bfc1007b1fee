"""Slides that a speaker sent to the organizer, handed in for them."""

from __future__ import annotations

from flask import Blueprint, flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.programme.models import Talk
from crosslinks.programme.person_forms import SlidesForSomebodyForm, take_slides
from crosslinks.programme.queries import get_person, get_talk
from crosslinks.programme.slide_store import dropped_unless_kept
from crosslinks.programme.slides import add_slides
from crosslinks.programme.speaker_slides import sent_to, told_why
from crosslinks.web.large import large_body_path
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

slides_manage = Blueprint(
    "slides_manage",
    __name__,
    url_prefix="/manage/<conference>/<edition>/material/talks/<int(max=2147483647):talk_id>/slides",
)


@slides_manage.get("")
@requires(Permission.PROGRAMME)
def choose(conference: str, edition: str, talk_id: int) -> tuple[str, int]:
    found = get_edition(conference, edition)
    talk = get_talk(found.id, talk_id)
    return _page(found, talk, SlidesForSomebodyForm(talk, formdata=None), 200)


@slides_manage.post("/<path:given>")
@requires(Permission.PROGRAMME)
def upload(conference: str, edition: str, talk_id: int, given: str) -> Response | tuple[str, int]:
    """Take one file; a script that shows the progress gets JSON, as the speaker's does."""
    found = get_edition(conference, edition)
    talk = get_talk(found.id, talk_id)
    form = SlidesForSomebodyForm(talk)
    stored = take_slides(form, talk) if form.validate_on_submit() else None
    if stored is None:
        return told_why(form) or _page(found, talk, form, 422)
    with dropped_unless_kept(stored), transaction():
        person = get_person(found.id, form.person_id.data)
        add_slides(
            actor=principal().actor, now=now(), edition=found, person=person, talk_id=talk_id, stored=stored,
            publish=bool(form.publish.data), keep_back=bool(form.keep_back.data),
        )  # fmt: skip
    flash(_("The slides are in."))
    return sent_to(manage_url(found, "material") + f"#talk-{talk_id}")


def _page(edition: Edition, talk: Talk, form: SlidesForSomebodyForm, status: int) -> tuple[str, int]:
    page = render_page(
        "programme/manage/slides.html",
        manage_frame(edition),
        talk=talk,
        form=form,
        action=large_body_path(manage_url(edition, f"material/talks/{talk.id}/slides")),
        url=manage_url(edition, "material"),
        talk_url=manage_url(edition, f"programme/talks/{talk.id}"),
    )
    return page, status
