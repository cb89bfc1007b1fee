"""The organizer page of how a conference looks: its accent, logo and cover picture, for all its editions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url, manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import change_conference
from crosslinks.editions.queries import get_edition, shows_picture
from crosslinks.editions.theme_forms import ThemeForm
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.web.pages import render_page
from crosslinks.web.photographs import COVERS, drop_photograph, take_photograph
from crosslinks.web.pictures import drop_picture, take_pictures
from crosslinks.web.security import principal, requires
from crosslinks.web.theme import HUES, dark_accent, light_accent
from crosslinks.web.uploads import MARK

theme_manage = Blueprint("theme_manage", __name__, url_prefix="/manage/<conference>/<edition>/theme")

LOGOS = ("logo", "logo_dark")


def _page(edition: Edition, form: ThemeForm) -> tuple[str, int]:
    number = edition.conference.hue
    page = render_page(
        "editions/manage/theme.html",
        manage_frame(edition),
        form=form,
        conference=edition.conference,
        swatches={str(hue): (light_accent(hue), dark_accent(hue)) for hue in HUES},
        present=(light_accent(number), dark_accent(number)),
        url=manage_url(edition, "theme"),
        public_url=edition_url(edition),
    )
    return page, 422 if request.method == "POST" else 200


@theme_manage.route("", methods=["GET", "POST"])
@requires(Permission.EDITION)
def edit(conference: str, edition: str) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    form = ThemeForm.of(found.conference, request.form.get("suggested", ""))
    sent = _take(form) if form.validate_on_submit() else None
    if sent is None:
        return _page(found, form)
    with transaction():
        of = get_edition(conference, edition).conference
        before = [getattr(of, name) for name in (*LOGOS, "cover")]
        changes = form.changes() | _removed(form) | sent
        change_conference(actor=principal().actor, now=now(), conference=of, changes=changes)
    for name in before:
        if name and not shows_picture(name):
            (drop_photograph if name.startswith(COVERS) else drop_picture)(name)
    flash(_("Saved."))
    return redirect(manage_url(found, "theme"), 303)


def _take(form: ThemeForm) -> dict[str, Any] | None:
    """Store the pictures that were sent and return what they change.

    None, with nothing kept, when one of them cannot be used.
    """
    logos = take_pictures(form, dict.fromkeys(LOGOS, MARK))
    cover = take_photograph(form.cover, settings().uploads, COVERS)
    if logos is None or cover is None:
        if cover is not None and cover.name:
            drop_photograph(cover.name)
        for name in (logos or {}).values():
            drop_picture(name)
        return None
    found: dict[str, Any] = {name: picture for name, picture in logos.items() if picture}
    if cover.name:
        found |= {"cover": cover.name, "cover_width": cover.width, "cover_height": cover.height}
    return found


def _removed(form: ThemeForm) -> dict[str, Any]:
    """Return what the boxes take away."""
    found: dict[str, Any] = {name: "" for name in LOGOS if form[f"remove_{name}"].data}
    if form.remove_cover.data:
        found |= {"cover": "", "cover_width": 0, "cover_height": 0}
    return found
