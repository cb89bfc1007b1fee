"""Numbers with pictures, the one-page report and the catering sheet: counts only, for everybody who may look.

Answers about health are counted on the catering sheet alone, and for those who may see registrations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Response, make_response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.documents.renderer import renderer
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.registration.words import profession_words
from crosslinks.reports.answers import list_answer_counts
from crosslinks.reports.figures import (
    Growth,
    Standing,
    compare_growth,
    count_professions,
    count_standing,
    list_organisations,
)
from crosslinks.reports.paper import sheet_job
from crosslinks.reports.sheets import catering_sheet, report_sheet
from crosslinks.web.languages import LANGUAGES, current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires
from crosslinks.web.sheets import csv_download

reports_manage = Blueprint("reports_manage", __name__, url_prefix="/manage/<conference>/<edition>")

Row = Iterable[str | int]
SHEETS = {"report": report_sheet, "catering": catering_sheet}
LINE_KINDS = ("room", "earlier", "earliest")


def _ways(standing: Standing) -> list[tuple[str, int]]:
    return [
        (_("In the room"), standing.onsite),
        (_("On the stream"), standing.digital),
        (_("Waiting"), standing.waiting),
        (_("Cancelled"), standing.cancelled),
    ]


def _professions(edition: Edition) -> list[tuple[str, int]]:
    words = profession_words()
    return [(words[one], count) for one, count in count_professions(edition.id).items()]


@reports_manage.get("/numbers")
@requires(Permission.OVERVIEW)
def numbers(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    growth, standing = compare_growth(found, now()), count_standing(found.id)
    answers = list_answer_counts(found.id, with_health=_may_see_health(found))
    return render_page(
        "reports/manage/numbers.html",
        manage_frame(found),
        edition=found,
        growth=growth,
        series=[(curve.label, curve.values, kind) for curve, kind in zip(growth.curves, LINE_KINDS, strict=False)],
        steps=_step_words(growth),
        standing=standing,
        professions=_professions(found),
        organisations=list_organisations(found.id),
        answers=answers,
        first_question=answers[0].question_id if answers else 0,
        url=manage_url(found),
    )


def _step_words(growth: Growth) -> list[str]:
    return [
        ngettext("%(num)s day before", "%(num)s days before", days) if days else _("The day")
        for days in growth.days_before
    ]


def _growth_rows(edition: Edition) -> tuple[Iterable[str], Iterable[Row]]:
    growth = compare_growth(edition, now())
    head = [_("Days before"), *(curve.label for curve in growth.curves)]
    rows = (
        [days, *(curve.values[step] if step < len(curve.values) else "" for curve in growth.curves)]
        for step, days in enumerate(growth.days_before)
    )
    return head, rows


def _may_see_health(edition: Edition) -> bool:
    return principal().may(Permission.REGISTRATIONS, edition.conference_id)


def _answer_rows(edition: Edition) -> tuple[Iterable[str], Iterable[Row]]:
    rows: list[Row] = []
    for one in list_answer_counts(edition.id, with_health=_may_see_health(edition)):
        rows.extend([one.title, answer, count] for answer, count in one.rows)
    return [_("Question"), _("Answer"), _("People")], rows


FILES: dict[str, Callable[[Edition], tuple[Iterable[str], Iterable[Row]]]] = {
    "registrations": _growth_rows,
    "ways": lambda edition: ([_("Takes part"), _("People")], _ways(count_standing(edition.id))),
    "professions": lambda edition: ([_("Profession"), _("People")], _professions(edition)),
    "organisations": lambda edition: ([_("Workplace"), _("People")], list_organisations(edition.id)),
    "answers": _answer_rows,
}


@reports_manage.get("/numbers/<name>.csv")
@requires(Permission.OVERVIEW)
def download(conference: str, edition: str, name: str) -> Response:
    """Hand out what one picture shows as a file."""
    found = get_edition(conference, edition)
    if name not in FILES:
        raise NotFound("http.404")
    head, rows = FILES[name](found)
    return csv_download(f"{name}-{found.conference.slug}-{found.slug}", head, rows)


@reports_manage.get("/<any(report, catering):name>")
@requires(Permission.OVERVIEW)
def sheet(conference: str, edition: str, name: str) -> str:
    found = get_edition(conference, edition)
    context: dict[str, Any] = {
        "sheet": SHEETS[name](found, now(), current_language()),
        "languages": LANGUAGES,
        "url": manage_url(found, name),
        "numbers_url": manage_url(found, "numbers"),
        "kitchen": name == "catering",
        "questions_url": "",
    }
    if principal().may(Permission.EDITION, found.conference_id):
        context["questions_url"] = manage_url(found, "questions")
    return render_page("reports/manage/sheet.html", manage_frame(found), **context)


@reports_manage.get("/<any(report, catering):name>.pdf")
@requires(Permission.OVERVIEW)
def sheet_pdf(conference: str, edition: str, name: str) -> Response:
    """Print the sheet in the language that is asked for, else the reader's. Raises ``PrintingFailed``."""
    found = get_edition(conference, edition)
    asked = request.args.get("language", "")
    language = asked if asked in LANGUAGES else current_language()
    job = sheet_job(SHEETS[name](found, now(), language), found.conference.hue)
    file_name = f"{name}-{found.conference.slug}-{found.slug}-{language}.pdf"
    db.session.rollback()
    response = make_response(renderer.render(job))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
