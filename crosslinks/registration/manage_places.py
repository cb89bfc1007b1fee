"""The organizer's page of places: how many each way of taking part takes, and who waits."""

from __future__ import annotations

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.registration.desk_forms import PlacesForm
from crosslinks.registration.listing import list_waiting
from crosslinks.registration.operations import set_capacity
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import ModeCount, Place
from crosslinks.registration.words import place_words
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

registration_places = Blueprint("registration_places", __name__, url_prefix="/manage/<conference>/<edition>/places")
SHOWN_WAITING = 50


def _form(edition: Edition, mode: Mode) -> PlacesForm:
    """Return the form of a mode with what is set now."""
    row = edition.mode(mode)
    values = {} if row is None else {name: getattr(row, name) for name in ("capacity", "overbooking", "queue_paused")}
    return PlacesForm(formdata=None, prefix=mode.value, data=values)


def _show(edition: Edition, sent: dict[Mode, PlacesForm] | None = None, status: int = 200) -> tuple[str, int]:
    words = place_words()
    queues = list_waiting(edition.id, SHOWN_WAITING)
    page = render_page(
        "registration/manage/places.html",
        manage_frame(edition),
        edition=edition,
        forms={mode: _form(edition, mode) for mode in Mode} | (sent or {}),
        counts=count_modes(edition.id),
        queues={mode: queues[Place.of(mode)] for mode in Mode if Place.of(mode) in queues},
        names={mode: words[Place.of(mode)] for mode in Mode},
        url=manage_url(edition, "places"),
        people_url=manage_url(edition, "registrations"),
    )
    return page, status


@registration_places.get("")
@requires(Permission.REGISTRATIONS)
def show(conference: str, edition: str) -> tuple[str, int]:
    return _show(get_edition(conference, edition))


@registration_places.post("/<mode_name>")
@requires(Permission.REGISTRATIONS)
def save(conference: str, edition: str, mode_name: str) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    if mode_name not in set(Mode):
        raise NotFound("mode.unknown")
    mode = Mode(mode_name)
    form = PlacesForm(prefix=mode.value)
    if not form.validate_on_submit():
        return _show(found, {mode: form}, 422)
    with transaction():
        promoted = set_capacity(
            actor=principal().actor,
            now=now(),
            edition_id=found.id,
            mode=mode,
            capacity=form.capacity.data,
            overbooking=form.overbooking.data,
            queue_paused=bool(form.queue_paused.data),
        )
    flash(_saved(count_modes(found.id)[mode], promoted))
    return redirect(manage_url(found, "places"), 303)


def _saved(count: ModeCount, promoted: int) -> str:
    """Say what the change did: who moved up, or by how many it is over now."""
    if promoted:
        return ngettext(
            "Saved. %(num)s person moved up and is told by mail.",
            "Saved. %(num)s people moved up and are told by mail.",
            promoted,
        )
    if count.free is not None and count.free < 0:
        return ngettext(
            "Saved. That is %(num)s place too few. Nobody loses theirs.",
            "Saved. That is %(num)s places too few. Nobody loses theirs.",
            -count.free,
        )
    return _("Saved.")
