"""Organizer pages of the rooms."""

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
from crosslinks.kernel.errors import Conflict
from crosslinks.programme.forms import RoomForm
from crosslinks.programme.models import Room
from crosslinks.programme.operations import change_room, create_room, delete_room
from crosslinks.programme.queries import get_room
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

rooms_manage = Blueprint("rooms_manage", __name__, url_prefix="/manage/<conference>/<edition>/programme/rooms")

ID = "<int(max=2147483647):number>"

Answer = tuple[str, int] | Response


@rooms_manage.route("/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def create(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    form = RoomForm()
    if form.validate_on_submit():
        try:
            with transaction():
                create_room(
                    actor=principal().actor, now=now(), edition=found, name=form.name.data or "", seats=form.seats.data
                )
            return _done(found, _("Added."))
        except Conflict:
            form.name.errors = [_("There is already a room of that name.")]
    return _page(found, form)


@rooms_manage.route(f"/{ID}", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def edit(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    room = get_room(found.id, number)
    form = RoomForm(data={"name": room.name, "seats": room.seats})
    if form.validate_on_submit():
        try:
            with transaction():
                change_room(
                    actor=principal().actor, now=now(), edition=found, room=get_room(found.id, number),
                    name=form.name.data or "", seats=form.seats.data,
                )  # fmt: skip
            return _done(found, _("Saved."))
        except Conflict:
            form.name.errors = [_("There is already a room of that name.")]
    return _page(found, form, room)


@rooms_manage.route(f"/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def delete(conference: str, edition: str, number: int) -> str | Response:
    found = get_edition(conference, edition)
    room = get_room(found.id, number)
    if request.method == "POST":
        with transaction():
            delete_room(actor=principal().actor, now=now(), edition=found, room=get_room(found.id, number))
        return _done(found, _("Deleted."))
    return render_page(
        "programme/manage/delete_room.html", manage_frame(found), room=room, url=manage_url(found, "programme")
    )


def _done(edition: Edition, words: str) -> Response:
    flash(words)
    return redirect(manage_url(edition, "programme#rooms"), 303)


def _page(edition: Edition, form: RoomForm, room: Room | None = None) -> tuple[str, int]:
    page = render_page(
        "programme/manage/room.html",
        manage_frame(edition),
        form=form,
        room=room,
        url=manage_url(edition, "programme"),
    )
    return page, 422 if request.method == "POST" else 200
