"""The organizer's page of places: how many each way of taking part takes, who waits, and who has an offer."""

from __future__ import annotations

from typing import Any

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
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.registration.desk_forms import PlacesForm
from crosslinks.registration.line import find_in_line, move_in_line, promote_one
from crosslinks.registration.listing import list_waiting
from crosslinks.registration.models import Reconfirmation, Reservation
from crosslinks.registration.operations import set_capacity
from crosslinks.registration.place_forms import MoveForm, ReserveForm
from crosslinks.registration.place_lists import find_turnout, list_offers, list_reservations, time_left
from crosslinks.registration.queries import count_modes, get_registration
from crosslinks.registration.reservations import release_reservation, reserve_place
from crosslinks.registration.rules import ModeCount, Move, Place
from crosslinks.registration.words import place_words
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

registration_places = Blueprint("registration_places", __name__, url_prefix="/manage/<conference>/<edition>/places")
SHOWN_WAITING = 50
_SETTINGS = ("capacity", "overbooking", "offer_hours", "queue_paused")


def _form(edition: Edition, mode: Mode) -> PlacesForm:
    """Return the form of a mode with what is set now."""
    row = edition.mode(mode)
    values = {} if row is None else {name: getattr(row, name) for name in _SETTINGS}
    return PlacesForm(formdata=None, prefix=mode.value, data=values)


def _show(
    edition: Edition,
    sent: dict[Mode, PlacesForm] | None = None,
    status: int = 200,
    *,
    move: dict[Mode, MoveForm] | None = None,
    reserve: ReserveForm | None = None,
) -> tuple[str, int]:
    words = place_words()
    queues = list_waiting(edition.id, SHOWN_WAITING)
    moment = now()
    page = render_page(
        "registration/manage/places.html",
        manage_frame(edition),
        edition=edition,
        forms={mode: _form(edition, mode) for mode in Mode} | (sent or {}),
        counts=count_modes(edition.id),
        in_steps={row.mode for row in edition.modes if row.places_so_far is not None},
        queues={mode: queues[Place.of(mode)] for mode in Mode if Place.of(mode) in queues},
        moves={mode: MoveForm(formdata=None, prefix=f"{mode.value}-move") for mode in Mode} | (move or {}),
        offers=[(offer, time_left(offer.until, moment)) for offer in list_offers(edition.id)],
        kept=list_reservations(edition.id),
        reserve=reserve or _reserve_form(edition),
        turnout=find_turnout(edition),
        plan=db.session.get(Reconfirmation, edition.id),
        names={mode: words[Place.of(mode)] for mode in Mode},
        url=manage_url(edition, "places"),
        people_url=manage_url(edition, "registrations"),
    )
    return page, status


def _mode(name: str) -> Mode:
    if name not in set(Mode):
        raise NotFound("mode.unknown")
    return Mode(name)


@registration_places.get("")
@requires(Permission.REGISTRATIONS)
def show(conference: str, edition: str) -> tuple[str, int]:
    return _show(get_edition(conference, edition))


@registration_places.post("/<mode_name>")
@requires(Permission.REGISTRATIONS)
def save(conference: str, edition: str, mode_name: str) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    mode = _mode(mode_name)
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
            offer_hours=form.offer_hours.data,
        )
    flash(_saved(count_modes(found.id)[mode], promoted, form.offer_hours.data))
    return redirect(manage_url(found, "places"), 303)


def _saved(count: ModeCount, promoted: int, offer_hours: int | None) -> str:
    """Say what the change did: who moved up, or by how many it is over now."""
    if promoted and offer_hours:
        return ngettext(
            "Saved. %(num)s person is offered a place by mail.",
            "Saved. %(num)s people are offered a place by mail.",
            promoted,
        )
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


@registration_places.post("/line/<int:person_id>/<deed>")
@requires(Permission.REGISTRATIONS)
def move(conference: str, edition: str, person_id: int, deed: str) -> Response:
    """Move somebody in the line, or give them a free place."""
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    if deed not in {*Move, "promote"}:
        raise NotFound("line.unknown_deed")
    moved: dict[str, Any] = {"actor": principal().actor, "now": now(), "registration_id": person.id}
    with transaction():
        if deed == "promote":
            promote_one(**moved)
            said = _("%(name)s has the place, and is told by mail.", name=person.name)
        else:
            number = move_in_line(**moved, to=Move(deed))
            said = _("%(name)s is number %(number)s in line now.", name=person.name, number=number)
    flash(said)
    return redirect(manage_url(found, f"places#line-{person_id}"), 303)


@registration_places.post("/<mode_name>/line")
@requires(Permission.REGISTRATIONS)
def renumber(conference: str, edition: str, mode_name: str) -> tuple[str, int] | Response:
    """Move whoever stands at one number to another: for long lines."""
    found = get_edition(conference, edition)
    mode = _mode(mode_name)
    form = MoveForm(prefix=f"{mode.value}-move")
    if not form.validate_on_submit():
        return _show(found, status=422, move={mode: form})
    number, to = form.number.data or 1, form.to.data or 1
    person_id = find_in_line(found.id, Place.of(mode), number)
    if person_id is None:
        form.number.errors = [_("The line is not that long.")]
        return _show(found, status=422, move={mode: form})
    with transaction():
        name = get_registration(found.id, person_id).name
        place = move_in_line(actor=principal().actor, now=now(), registration_id=person_id, to=to)
    flash(_("%(name)s is number %(number)s in line now.", name=name, number=place))
    return redirect(manage_url(found, "places"), 303)


def _reserve_form(edition: Edition) -> ReserveForm:
    form = ReserveForm(formdata=None, prefix="keep")
    form.offer([row.mode for row in edition.modes])
    return form


@registration_places.post("/reservations")
@requires(Permission.REGISTRATIONS)
def reserve(conference: str, edition: str) -> tuple[str, int] | Response:
    """Keep a place for somebody who is yet to come."""
    found = get_edition(conference, edition)
    form = ReserveForm(prefix="keep")
    form.offer([row.mode for row in found.modes])
    if not form.validate_on_submit():
        return _show(found, status=422, reserve=form)
    moments = form.moments(found.zone)
    if moments is None:
        return _show(found, status=422, reserve=form)
    if moments["expires_at"] <= now():
        form.expires_at.errors = [_("Choose a moment that is still to come.")]
        return _show(found, status=422, reserve=form)
    try:
        with transaction():
            reserve_place(
                actor=principal().actor, now=now(), edition_id=found.id, mode=Mode(form.mode.data),
                label=form.label.data or "", expires_at=moments["expires_at"],
            )  # fmt: skip
    except Conflict as error:
        if error.code != "reservation.full":
            raise
        form.mode.errors = [_("No place is free. Raise the capacity, or wait until one is given back.")]
        return _show(found, status=409, reserve=form)
    flash(_("The place is kept."))
    return redirect(manage_url(found, "places"), 303)


@registration_places.post("/reservations/<int:reservation_id>/release")
@requires(Permission.REGISTRATIONS)
def release(conference: str, edition: str, reservation_id: int) -> Response:
    """Give a kept place back."""
    found = get_edition(conference, edition)
    kept = db.session.get(Reservation, reservation_id)
    if kept is None or kept.edition_id != found.id:
        raise NotFound("reservation.unknown")
    with transaction():
        released = release_reservation(actor=principal().actor, now=now(), reservation_id=reservation_id)
    flash(_("The place is free again.") if released else _("The place was used or given back already."))
    return redirect(manage_url(found, "places"), 303)
