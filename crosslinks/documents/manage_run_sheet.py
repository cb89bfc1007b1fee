"""The organizer's run sheet for the crew: on the screen, and as a PDF."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.documents.programme_sheets import run_sheet_job
from crosslinks.documents.queries import read_crew_facts
from crosslinks.documents.renderer import renderer
from crosslinks.documents.run_sheet import RoomSheet, build_run_sheet
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db
from crosslinks.programme.queries import list_session_rows
from crosslinks.web.languages import LANGUAGES, current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import requires

run_sheet_manage = Blueprint("run_sheet_manage", __name__, url_prefix="/manage/<conference>/<edition>")


def _sheets(edition: Edition) -> list[RoomSheet]:
    """Return the sheets of the working copy: the crew needs what is true now, published or not."""
    return build_run_sheet(list_session_rows(edition.id), edition.zone, read_crew_facts(edition.id))


@run_sheet_manage.get("/run-sheet")
@requires(Permission.PROGRAMME)
def show(conference: str, edition: str) -> str | BaseResponse:
    found = get_edition(conference, edition)
    return render_page(
        "documents/manage/run_sheet.html",
        manage_frame(found),
        edition=found,
        sheets=_sheets(found),
        languages=LANGUAGES,
        url=manage_url(found, "run-sheet"),
        programme_url=manage_url(found, "programme"),
    )


@run_sheet_manage.get("/run-sheet.pdf")
@requires(Permission.PROGRAMME)
def pdf(conference: str, edition: str) -> Response:
    """Print the sheets in the language that is asked for, else the reader's. Raises ``PrintingFailed``."""
    found = get_edition(conference, edition)
    asked = request.args.get("language", "")
    language = asked if asked in LANGUAGES else current_language()
    job = run_sheet_job(found, _sheets(found), language, now())
    file_name = f"run-sheet-{found.conference.slug}-{found.slug}-{language}.pdf"
    db.session.rollback()
    response = make_response(renderer.render(job))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
