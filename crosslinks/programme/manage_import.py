"""The organizer's import of a programme: upload, columns, check, take in. The file waits here for a day at most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from flask import Blueprint, Response, flash, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField

from crosslinks.config import settings
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Gone, Invalid
from crosslinks.programme.import_plan import ImportPlan, plan_import
from crosslinks.programme.import_rules import MOST_PARTS, Column, guess_columns
from crosslinks.programme.import_words import column_names, columns_refusal, refusal_lines
from crosslinks.programme.importing import ROWS_AT_ONCE, sessions_of, take_in
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires
from crosslinks.web.spreadsheets import (
    LONGEST_SHOWN,
    MOST_BYTES,
    PREVIEW_ROWS,
    TableRow,
    column_heads,
    keep_upload,
    need_rows,
    read_table,
)

programme_import = Blueprint("programme_import", __name__, url_prefix="/manage/<conference>/<edition>/programme/import")

SHOWN_REFUSALS = 200
_NAME = re.compile(r"[0-9a-f]{24}", re.ASCII)


class UploadForm(FlaskForm):
    """A file with a programme."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file"))])


class ChoiceForm(FlaskForm):
    """What to do with names that are not known."""

    create = BooleanField(_l("Add people and rooms that are not known yet"))


def _path(edition: Edition, name: str) -> Path:
    """Return where the file of an import lies; it belongs to one edition."""
    if not _NAME.fullmatch(name):
        raise Gone("import.file_gone")
    return settings().files / f"import-{name}.programme-{edition.id}"


@programme_import.get("")
@requires(Permission.PROGRAMME)
def start(conference: str, edition: str) -> tuple[str, int]:
    return _start(get_edition(conference, edition), UploadForm(formdata=None))


def _start(edition: Edition, form: UploadForm, status: int = 200) -> tuple[str, int]:
    page = render_page(
        "programme/manage/import.html",
        manage_frame(edition),
        form=form,
        base=manage_url(edition, "programme/import"),
        programme_url=manage_url(edition, "programme"),
        names=column_names(),
        most_rows=MOST_PARTS,
        most_mb=MOST_BYTES // 1_000_000,
    )
    return page, status


@programme_import.post("")
@requires(Permission.PROGRAMME)
def upload(conference: str, edition: str) -> tuple[str, int] | BaseResponse:
    found = get_edition(conference, edition)
    form = UploadForm()
    if not form.validate_on_submit():
        return _start(found, form, 422)
    try:
        part = keep_upload(form.file.data.stream)
        try:
            need_rows(list(islice(read_table(part), PREVIEW_ROWS + 1)))
            name = part.stem.removeprefix("import-")
            part.rename(_path(found, name))
        finally:
            part.unlink(missing_ok=True)
    except Invalid as error:
        form.file.errors = [error.message]
        return _start(found, form, 422)
    return redirect(manage_url(found, f"programme/import/{name}"), 303)


@programme_import.route("/<name>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def look(conference: str, edition: str, name: str) -> Response | BaseResponse:
    """Show the columns; when sent, check every row, or take the good ones in."""
    found = get_edition(conference, edition)
    path = _path(found, name)
    if not path.is_file():
        raise Gone("import.file_gone")
    rows = list(read_table(path))
    heads = column_heads(rows[: PREVIEW_ROWS + 1])
    form = ChoiceForm()
    if request.method == "GET":
        return _show(found, name, form, rows, guess_columns(rows[0].cells))
    columns = _sent_columns(len(heads))
    refusal = columns_refusal(columns) if form.validate_on_submit() else _("Send it once more.")
    if refusal:
        return _show(found, name, form, rows, columns, refusal=refusal)
    try:
        plan = plan_import(found, rows[1:], columns, create=bool(form.create.data))
    except Invalid:
        most = _("There are more than %(most)s rows. Divide the file.", most=MOST_PARTS)
        return _show(found, name, form, rows, columns, refusal=most)
    if request.form.get("act") != "take" or not plan.rows:
        return _show(found, name, form, rows, columns, plan)
    _take_in(conference, edition, plan)
    path.unlink(missing_ok=True)
    flash(ngettext("%(num)s part was added to the programme.", "%(num)s parts were added to the programme.",
                   len(plan.rows)))  # fmt: skip
    return redirect(manage_url(found, "programme"), 303)


def _take_in(conference: str, edition: str, plan: ImportPlan) -> None:
    named = sessions_of(plan.rows)
    for first in range(0, len(plan.rows), ROWS_AT_ONCE):
        some = plan.rows[first : first + ROWS_AT_ONCE]
        with transaction():
            found = get_edition(conference, edition)
            take_in(actor=principal().actor, now=now(), edition=found, rows=some, named=named)


def _sent_columns(count: int) -> dict[int, Column]:
    typed = {number: request.form.get(f"column-{number}", "") for number in range(count)}
    return {number: Column(name) for number, name in typed.items() if name in set(Column)}


def _show(
    edition: Edition,
    name: str,
    form: ChoiceForm,
    rows: list[TableRow],
    columns: Mapping[int, Column],
    plan: ImportPlan | None = None,
    refusal: str = "",
) -> Response:
    heads = column_heads(rows[: PREVIEW_ROWS + 1])
    lines = refusal_lines(plan.refusals, columns) if plan else []
    page = render_page(
        "programme/manage/import_look.html",
        manage_frame(edition),
        form=form,
        plan=plan,
        refusal=refusal,
        refusals=lines[:SHOWN_REFUSALS],
        more_refusals=len(lines) > SHOWN_REFUSALS,
        heads=heads,
        preview=[
            [row.cell(column)[:LONGEST_SHOWN] for column in range(len(heads))] for row in rows[1 : PREVIEW_ROWS + 1]
        ],
        chosen={number: column.value for number, column in columns.items()},
        names={column.value: words for column, words in column_names().items()},
        base=manage_url(edition, f"programme/import/{name}"),
        start_url=manage_url(edition, "programme/import"),
        programme_url=manage_url(edition, "programme"),
    )
    return keep_secret(make_response(page, 422 if refusal else 200))
