"""The timetable without script: a form for something new, and one to move each part."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import CrosslinksError, NotFound
from crosslinks.programme.building import add_part, place_frame, place_talk_anywhere
from crosslinks.programme.deeds import deed
from crosslinks.programme.forms import seen_version
from crosslinks.programme.move_forms import (
    NewPartForm,
    OrderForm,
    PlaceForm,
    order_values,
    place_values,
    stepped_order,
    stepped_place,
)
from crosslinks.programme.queries import list_rooms, list_session_rows, list_versions
from crosslinks.programme.timetable import Block, TalkBlock, Timetable, build_timetable
from crosslinks.programme.versions import Stale
from crosslinks.programme.wording import word_conflicts
from crosslinks.programme.wording_changes import Meanwhile, meanwhile
from crosslinks.programme.wording_deeds import done_words, find_part, refusal_words
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

moves_manage = Blueprint("moves_manage", __name__, url_prefix="/manage/<conference>/<edition>/programme/timetable")

ID = "<int(max=2147483647):number>"
STEPS = ("earlier", "later", "shorter", "longer")

Answer = tuple[str, int] | Response


def _by(edition: Edition) -> dict[str, Any]:
    touch_public(edition.id)
    return {"actor": principal().actor, "now": now(), "edition": edition}


def _timetable(edition: Edition) -> Timetable:
    rows = list_session_rows(edition.id)
    return build_timetable(edition, rows, list_rooms(edition.id), list_versions(edition.id))


def _back(edition: Edition, name: str, kind: str, number: int, page: str = "") -> Response:
    """Say what was done and what conflicts, on the timetable or on the page of the step."""
    warnings = word_conflicts(edition, list_session_rows(edition.id))
    flash(done_words(edition, _timetable(edition), warnings, name, kind, number))
    anchor = f"#{'talk' if kind == 'talk' else 'part'}-{number}"
    return redirect(manage_url(edition, f"programme/timetable{page or anchor}"), 303)


@moves_manage.route("/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def new(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    rows = list_session_rows(found.id)
    starts = max((row.ends_at for row in rows), default=found.starts_at)
    form = NewPartForm.of(found, list_rooms(found.id), starts)
    if form.validate_on_submit():
        try:
            with transaction():
                by = _by(found)
                with deed(**by, name="part.created"):
                    kind, number = add_part(**by, wanted=form.wanted())
            return _back(found, "created", kind, number)
        except CrosslinksError as error:
            _note(form, found, error)
    page = render_page(
        "programme/manage/new_part.html", manage_frame(found), edition=found, form=form,
        here=manage_url(found, "programme/timetable"),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _note(form: Any, edition: Edition, error: CrosslinksError) -> None:
    words = refusal_words(edition, error)
    field = next((name for name in error.fields if name in form), None)
    if field is None:
        form.form_errors.append(words)
    else:
        form[field].errors = [words]


@moves_manage.route(f"/sessions/{ID}/move", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def move_session(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    block, _talk = _find(found, "session", number)
    form = PlaceForm.of(found, block, list_rooms(found.id))
    step = chosen_step()
    status, said = (422 if request.method == "POST" else 200), None
    if step or form.validate_on_submit():
        version = _seen(form, block.version)
        wanted = (
            stepped_place(found, block, step).model_copy(update={"version": version}) if step else form.wanted(version)
        )
        try:
            with transaction():
                by = _by(found)
                with deed(**by, name="part.moved"):
                    name = place_frame(**by, number=number, wanted=wanted)
            return _back(found, name, "session", number, f"/sessions/{number}/move" if step else "")
        except Stale as stale:
            block, _talk = _find(found, "session", number)
            status, said = 409, meanwhile(found, stale, form, place_values(found, block))
            form.version.data = str(block.version)
        except CrosslinksError as error:
            _note(form, found, error)
    return _page(found, form, block, None, said), status


@moves_manage.route(f"/talks/{ID}/move", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def move_talk(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    block, talk = _find(found, "talk", number)
    if talk is None or block.row.kind == "single":
        return redirect(manage_url(found, f"programme/timetable/sessions/{block.row.id}/move"), 303)
    form = OrderForm.of(found, block, talk, list_session_rows(found.id))
    step = chosen_step()
    status, said = (422 if request.method == "POST" else 200), None
    if step or form.validate_on_submit():
        version = _seen(form, talk.version)
        wanted = (
            stepped_order(block, talk, step).model_copy(update={"version": version}) if step else form.wanted(version)
        )
        try:
            with transaction():
                by = _by(found)
                with deed(**by, name="part.moved"):
                    name = place_talk_anywhere(**by, number=number, wanted=wanted)
            return _back(found, name, "talk", number, f"/talks/{number}/move" if step else "")
        except Stale as stale:
            block, talk = _find(found, "talk", number)
            if talk is not None:
                status, said = 409, meanwhile(found, stale, form, order_values(block, talk))
                form.version.data = str(talk.version)
        except CrosslinksError as error:
            _note(form, found, error)
    return _page(found, form, block, talk, said), status


def _seen(form: PlaceForm | OrderForm, otherwise: int) -> int:
    seen = seen_version(form)
    return otherwise if seen is None else seen


def chosen_step() -> str:
    """Return the button of a step that was pressed, if any."""
    return request.form.get("step", "") if request.form.get("step") in STEPS else ""


def _find(edition: Edition, kind: str, number: int) -> tuple[Block, TalkBlock | None]:
    found = find_part(_timetable(edition), kind, number)
    if found is None:
        raise NotFound(f"{kind}.unknown")
    return found


def _page(edition: Edition, form: Any, block: Block, talk: TalkBlock | None, said: Meanwhile | None) -> str:
    single = block.row.talks[0] if block.row.kind == "single" and block.row.talks else None
    return render_page(
        "programme/manage/move.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        part=talk.talk if talk else single or block.row,
        talk=talk,
        block=block,
        meanwhile=said,
        here=manage_url(edition, "programme/timetable"),
    )
