"""The organizer page of what an edition's practical page says."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import edition_url, manage_frame, manage_url
from crosslinks.editions.operations import change_edition
from crosslinks.editions.page_forms import PASSAGES, PagesForm
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.web.arguments import chosen
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

pages_manage = Blueprint("pages_manage", __name__, url_prefix="/manage/<conference>/<edition>/pages")


@pages_manage.route("", methods=["GET", "POST"])
@requires(Permission.EDITION)
def edit(conference: str, edition: str) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    suggested = chosen("suggest", ("conduct",), "")
    form = PagesForm.of(found, suggested)
    if not form.validate_on_submit():
        page = render_page(
            "editions/manage/pages.html",
            manage_frame(found),
            edition=found,
            form=form,
            passages=PASSAGES,
            suggested=suggested,
            url=manage_url(found, "pages"),
            public_url=edition_url(found, "practical"),
        )
        return page, 422 if request.method == "POST" else 200
    with transaction():
        changes = form.changes()
        change_edition(actor=principal().actor, now=now(), edition=get_edition(conference, edition), changes=changes)
    flash(_("Saved."))
    return redirect(manage_url(found, "pages"), 303)
