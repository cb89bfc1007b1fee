"""The timetable: a grid of rooms and time, and the small deeds that its script sends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, CrosslinksError, NotFound
from crosslinks.programme.building import add_part, place_frame, place_talk_anywhere, remove_part
from crosslinks.programme.deeds import deed, find_redoable, find_undoable, redo, undo
from crosslinks.programme.models import ProgrammeDeed
from crosslinks.programme.payloads import NewPart, Nothing, Seen, SessionPlace, TalkPlace
from crosslinks.programme.queries import get_session, get_talk, list_rooms, list_session_rows, list_versions
from crosslinks.programme.timetable import Timetable, build_timetable
from crosslinks.programme.versions import gone
from crosslinks.programme.wording import Warnings, word_conflicts
from crosslinks.programme.wording_deeds import done_words, refusal_words, undone_words
from crosslinks.web.pages import render_page
from crosslinks.web.payloads import read_payload
from crosslinks.web.security import principal, requires

timetable_manage = Blueprint(
    "timetable_manage", __name__, url_prefix="/manage/<conference>/<edition>/programme/timetable"
)

ID = "<int(max=2147483647):number>"


@dataclass(frozen=True)
class Sheet:
    """The timetable as it stands, with its conflicts and what can be undone and done again."""

    timetable: Timetable
    warnings: Warnings
    undoable: ProgrammeDeed | None
    redoable: ProgrammeDeed | None

    def context(self, edition: Edition) -> dict[str, Any]:
        """Return what the templates of the grid need."""
        return {
            "edition": edition,
            "timetable": self.timetable,
            "warnings": self.warnings,
            "undoable": self.undoable,
            "redoable": self.redoable,
            "url": manage_url(edition, "programme"),
            "here": manage_url(edition, "programme/timetable"),
        }


def read_sheet(edition: Edition) -> Sheet:
    """Return the working copy as a grid."""
    rows = list_session_rows(edition.id)
    actor = principal().actor
    return Sheet(
        build_timetable(edition, rows, list_rooms(edition.id), list_versions(edition.id)),
        word_conflicts(edition, rows),
        find_undoable(edition, actor),
        find_redoable(edition, actor),
    )


@timetable_manage.get("")
@requires(Permission.PROGRAMME)
def show(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    return render_page(
        "programme/manage/timetable.html", manage_frame(found), rooms=list_rooms(found.id),
        **read_sheet(found).context(found),
    )  # fmt: skip


@timetable_manage.get("/grid")
@requires(Permission.PROGRAMME)
def grid(conference: str, edition: str) -> str:
    """Return the grid alone, as it stands now."""
    found = get_edition(conference, edition)
    return _grid(found, read_sheet(found))


def _grid(edition: Edition, sheet: Sheet) -> str:
    return render_template("programme/manage/timetable_grid.html", **sheet.context(edition))


Deed = Callable[[Edition, int], tuple[str, str, int]]


def _answered(act: Deed) -> Callable[..., Response]:
    """Answer a deed: what was done in words, the grid as it stands now, and every conflict; or why not, and the grid.

    ``act`` returns its name, and the kind and the number of what it was about.
    """

    @wraps(act)
    def view(conference: str, edition: str, number: int = 0) -> Response:
        found = get_edition(conference, edition)
        try:
            if number:
                (get_talk if kind_of_path() == "talk" else get_session)(found.id, number)
            with transaction():
                name, kind, done = act(found, number)
        except CrosslinksError as error:
            return _refused(found, error, number)
        sheet = read_sheet(found)
        said = done_words(found, sheet.timetable, sheet.warnings, name, kind, done)
        return _answer(found, sheet, said, f"{kind}-{done}")

    return view


def _answer(edition: Edition, sheet: Sheet, said: str, about: str = "") -> Response:
    conflicts = [{"words": one.words, "advice": one.advice, "on": one.anchor} for one in sheet.warnings.told]
    return jsonify(said=said, about=about, html=_grid(edition, sheet), conflicts=conflicts)


def _refused(edition: Edition, error: CrosslinksError, number: int = 0) -> Response:
    if isinstance(error, NotFound) and error.code == f"{kind_of_path()}.unknown":
        error = gone(edition, kind_of_path(), number) or error
    body = {"code": error.code, "message": refusal_words(edition, error), "fields": dict(error.fields)}
    response = jsonify(error=body, html=_grid(edition, read_sheet(edition)))
    response.status_code = error.status
    return response


def kind_of_path() -> str:
    """Return what the address of this request is about."""
    return "talk" if "/talks/" in request.path else "session"


def _by(edition: Edition) -> dict[str, Any]:
    """Return who acts, when and on what; the edition's row is locked first, so that no version is read too early."""
    touch_public(edition.id)
    return {"actor": principal().actor, "now": now(), "edition": edition}


@timetable_manage.post("/parts")
@requires(Permission.PROGRAMME)
@_answered
def create(edition: Edition, _number: int) -> tuple[str, str, int]:
    sent, by = read_payload(NewPart), _by(edition)
    with deed(**by, name="part.created"):
        kind, made = add_part(**by, wanted=sent)
    return "created", kind, made


@timetable_manage.post(f"/sessions/{ID}/place")
@requires(Permission.PROGRAMME)
@_answered
def place(edition: Edition, number: int) -> tuple[str, str, int]:
    sent, by = read_payload(SessionPlace), _by(edition)
    with deed(**by, name="part.moved"):
        name = place_frame(**by, number=number, wanted=sent)
    return name, "session", number


@timetable_manage.post(f"/talks/{ID}/place")
@requires(Permission.PROGRAMME)
@_answered
def place_talk(edition: Edition, number: int) -> tuple[str, str, int]:
    sent, by = read_payload(TalkPlace), _by(edition)
    with deed(**by, name="part.moved"):
        name = place_talk_anywhere(**by, number=number, wanted=sent)
    return name, "talk", number


@timetable_manage.post(f"/sessions/{ID}/remove", endpoint="remove_session")
@timetable_manage.post(f"/talks/{ID}/remove", endpoint="remove_talk")
@requires(Permission.PROGRAMME)
@_answered
def remove(edition: Edition, number: int) -> tuple[str, str, int]:
    sent, by, kind = read_payload(Seen), _by(edition), kind_of_path()
    with deed(**by, name="part.deleted"):
        remove_part(**by, kind=kind, number=number, seen=sent.version)
    return "deleted", kind, number


@timetable_manage.post("/undo", endpoint="undo")
@timetable_manage.post("/redo", endpoint="redo")
@requires(Permission.PROGRAMME)
def go_back(conference: str, edition: str) -> BaseResponse:
    """Undo or do again one's own last deed, for the script and for a plain form alike."""
    found = get_edition(conference, edition)
    back = request.path.endswith("/undo")
    if request.is_json:
        read_payload(Nothing)
    try:
        with transaction():
            done = (undo if back else redo)(**_by(found))
            words = undone_words(done.deed, back=back)
    except Conflict as error:
        if request.is_json:
            return _refused(found, error)
        words = refusal_words(found, error)
    if request.is_json:
        return _answer(found, read_sheet(found), words)
    flash(words)
    return redirect(manage_url(found, "programme/timetable"), 303)
