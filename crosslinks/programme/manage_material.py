"""The organizer's page of slides and recordings: what is in, where recordings are, and the switch that shows them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Invalid
from crosslinks.programme.material import is_shown, list_material_rows
from crosslinks.programme.queries import get_talk
from crosslinks.programme.slides import set_recording, show_material
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

material_manage = Blueprint("material_manage", __name__, url_prefix="/manage/<conference>/<edition>/material")

TALK = "<int(max=2147483647):talk_id>"


@material_manage.get("")
@requires(Permission.PROGRAMME)
def show(conference: str, edition: str) -> str:
    return _page(get_edition(conference, edition))


def _page(edition: Edition, wrong: int = 0, typed: str = "") -> str:
    return render_page(
        "programme/manage/material.html",
        manage_frame(edition),
        edition=edition,
        rows=list_material_rows(edition.id),
        is_shown=is_shown(edition.id),
        is_over=now() >= edition.ends_at,
        wrong=wrong,
        typed=typed,
        url=manage_url(edition, "material"),
        people_url=manage_url(edition, "people"),
    )


@material_manage.post("/<any(show, hide):deed>")
@requires(Permission.PROGRAMME)
def switch(conference: str, edition: str, deed: str) -> Response:
    found = get_edition(conference, edition)
    with transaction():
        show_material(actor=principal().actor, now=now(), edition=found, shown=deed == "show")
    flash(_("Slides and recordings are public now.") if deed == "show" else _("Slides and recordings are hidden."))
    return redirect(manage_url(found, "material"), 303)


@material_manage.post(f"/talks/{TALK}/recording")
@requires(Permission.PROGRAMME)
def link(conference: str, edition: str, talk_id: int) -> Response | tuple[str, int]:
    found = get_edition(conference, edition)
    typed = request.form.get("url", "").strip()
    try:
        with transaction():
            set_recording(
                actor=principal().actor, now=now(), edition=found, talk=get_talk(found.id, talk_id), url=typed
            )
    except Invalid:
        return _page(get_edition(conference, edition), talk_id, typed[:1000]), 422
    flash(_("Saved."))
    return redirect(manage_url(found, "material") + f"#talk-{talk_id}", 303)
