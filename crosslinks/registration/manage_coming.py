"""The organizer's page of the question whether people really come: when to ask, to warn and to give places on."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.times import to_local
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.models import Reconfirmation
from crosslinks.registration.place_forms import ComingForm
from crosslinks.registration.place_lists import count_answers
from crosslinks.registration.reconfirm import set_reconfirmation, stop_reconfirmation
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

registration_coming = Blueprint(
    "registration_coming", __name__, url_prefix="/manage/<conference>/<edition>/places/coming"
)
PROPOSED = {"ask_at": timedelta(days=10), "warn_at": timedelta(days=5), "release_at": timedelta(days=3)}
"""Before the day."""


def _form(edition: Edition, plan: Reconfirmation | None) -> ComingForm:
    moments = {name: edition.starts_at - before for name, before in PROPOSED.items()}
    if plan is not None:
        moments = {name: getattr(plan, name) for name in PROPOSED}
    return ComingForm(formdata=None, data={name: to_local(at, edition.zone) for name, at in moments.items()})


def _show(edition: Edition, form: ComingForm | None = None, status: int = 200) -> tuple[str, int]:
    plan = db.session.get(Reconfirmation, edition.id)
    page = render_page(
        "registration/manage/coming.html",
        manage_frame(edition),
        edition=edition,
        form=form or _form(edition, plan),
        plan=plan,
        answers=None if plan is None else count_answers(plan),
        now=now(),
        url=manage_url(edition, "places/coming"),
        places_url=manage_url(edition, "places"),
    )
    return page, status


@registration_coming.get("")
@requires(Permission.REGISTRATIONS)
def show(conference: str, edition: str) -> tuple[str, int]:
    return _show(get_edition(conference, edition))


@registration_coming.post("")
@requires(Permission.REGISTRATIONS)
def save(conference: str, edition: str) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    form = ComingForm()
    if not form.validate_on_submit():
        return _show(found, form, 422)
    moments = form.moments(found.zone)
    if moments is None:
        return _show(found, form, 422)
    if not now() < moments["release_at"] < found.starts_at:
        form.release_at.errors = [_("It must be ahead of us, and before the day starts.")]
        return _show(found, form, 422)
    with transaction():
        set_reconfirmation(actor=principal().actor, now=now(), edition_id=found.id, **moments)
    flash(_("Saved."))
    return redirect(manage_url(found, "places/coming"), 303)


@registration_coming.post("/stop")
@requires(Permission.REGISTRATIONS)
def stop(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    with transaction():
        stop_reconfirmation(actor=principal().actor, now=now(), edition_id=found.id)
    flash(_("Nobody is asked any more, and nobody loses a place."))
    return redirect(manage_url(found, "places/coming"), 303)
