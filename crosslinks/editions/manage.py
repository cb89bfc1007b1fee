"""Organizer pages of an edition's facts, its publication and the making of a new one."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.config import settings
from crosslinks.editions.forms import EditionForm, NewEditionForm, StateForm
from crosslinks.editions.frames import conference_frame, edition_url, manage_frame, manage_url
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.operations import change_edition, create_edition, set_state
from crosslinks.editions.queries import get_conference, get_edition, list_editions
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.editions.times import to_utc
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.web.frames import ManageFrame
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

editions_manage = Blueprint("editions_manage", __name__, url_prefix="/manage/<conference>")

KEPT_AFTER = timedelta(days=90)


def _show(edition: Edition, form: EditionForm, status: int = 200) -> tuple[str, int]:
    preview = make_link(settings().keys, LinkKind.PREVIEW, edition.id, edition.preview_epoch)
    page = render_page(
        "editions/manage/settings.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        states=tuple(EditionState),
        preview_url=f"{settings().base_url}{edition_url(edition)}?preview={preview}",
    )
    return page, status


@editions_manage.route("/<edition>/settings", methods=["GET", "POST"])
@requires(Permission.EDITION)
def edit(conference: str, edition: str) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    form = EditionForm.of(found)
    if request.method == "GET":
        return _show(found, form)
    changes = form.changes() if form.validate_on_submit() else None
    if changes is None:
        return _show(found, form, 422)
    with transaction():
        change_edition(actor=principal().actor, now=now(), edition=found, changes=changes)
    flash(_("Saved."))
    return redirect(manage_url(found, "settings"), 303)


@editions_manage.post("/<edition>/state")
@requires(Permission.EDITION)
def change_state(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    form = StateForm()
    if not form.validate_on_submit():
        raise Invalid("edition.state_unknown")
    with transaction():
        set_state(actor=principal().actor, now=now(), edition=found, state=EditionState(form.state.data))
    flash(_("Saved."))
    return redirect(manage_url(found, "settings"), 303)


def _create(form: NewEditionForm, found: Conference) -> Edition:
    previous = next(iter(list_editions(found.id)), None)
    zone = previous.zone if previous else ZoneInfo("Europe/Oslo")
    starts_at, ends_at = (to_utc(typed, zone) for typed in (form.starts_at.data, form.ends_at.data) if typed)
    return create_edition(
        actor=principal().actor,
        now=now(),
        conference=found,
        wrapping_key=settings().keys.tickets,
        capacities={Mode.ONSITE: form.onsite.data, Mode.DIGITAL: form.digital.data},
        slug=form.slug.data or "",
        number=form.number.data or 1,
        starts_at=starts_at,
        ends_at=ends_at,
        erase_on=(ends_at + KEPT_AFTER).date(),
        time_zone=zone.key,
    )


def _frame(conference: Conference, latest: Edition | None) -> ManageFrame:
    return manage_frame(latest) if latest else conference_frame(conference)


@editions_manage.route("/new-edition", methods=["GET", "POST"])
@requires(Permission.EDITION)
def create(conference: str) -> tuple[str, int] | Response:
    found = get_conference(conference)
    latest = next(iter(list_editions(found.id)), None)
    form = NewEditionForm(data={"number": latest.number + 1 if latest else 1})
    status = 200
    if form.validate_on_submit():
        try:
            with transaction():
                edition = _create(form, found)
            return redirect(manage_url(edition, "settings"), 303)
        except Conflict:
            form.slug.errors = [_("There is already an edition at that address.")]
        except Invalid:
            form.starts_at.errors = [_("The clock skips that hour on that day.")]
    if request.method == "POST":
        status = 422
    copy_url = manage_url(latest, "copies/next-year") if latest else ""
    page = render_page(
        "editions/manage/new.html", _frame(found, latest), form=form, conference=found, latest=latest, copy_url=copy_url
    )
    return page, status
