"""The organizer's import of participants: upload, columns, check, import, report."""

from __future__ import annotations

from itertools import islice

from flask import Blueprint, Response, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.invitations.answer_columns import guess_questions
from crosslinks.invitations.columns import guess_columns
from crosslinks.invitations.import_forms import OptionsForm, UploadForm, columns_refusal, first_options, sent_columns
from crosslinks.invitations.imports import (
    begin_import,
    find_job,
    forget_import,
    get_import,
    kept_columns,
    list_imports,
    list_refusals,
    order_check,
    order_import,
    upload_path,
)
from crosslinks.invitations.models import ImportRun
from crosslinks.invitations.rules import Field, ImportStage
from crosslinks.invitations.words import column_words, field_words, problem_words, question_words
from crosslinks.jobs.operations import request_stop
from crosslinks.jobs.rules import LIVE, JobState
from crosslinks.jobs.words import failure_words
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Gone, Invalid
from crosslinks.questions.queries import form_at
from crosslinks.questions.rules import Form
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page, texts
from crosslinks.web.security import keep_secret, principal, requires
from crosslinks.web.sheets import csv_download
from crosslinks.web.spreadsheets import (
    LONGEST_SHOWN,
    MOST_BYTES,
    MOST_ROWS,
    PREVIEW_ROWS,
    TableRow,
    column_heads,
    keep_upload,
    need_rows,
    read_table,
)

imports_manage = Blueprint("imports_manage", __name__, url_prefix="/manage/<conference>/<edition>/import")
SHOWN_REFUSALS = 100


def _base(edition: Edition, run: ImportRun | None = None) -> str:
    return manage_url(edition, f"import/{run.id}" if run else "import")


@imports_manage.get("")
@requires(Permission.REGISTRATIONS)
def start(conference: str, edition: str) -> tuple[str, int]:
    return _start(get_edition(conference, edition), UploadForm(formdata=None))


def _start(edition: Edition, form: UploadForm, status: int = 200) -> tuple[str, int]:
    page = render_page(
        "invitations/manage/import.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        base=_base(edition),
        people_url=manage_url(edition, "registrations"),
        runs=list_imports(edition.id),
        most_rows=MOST_ROWS,
        most_mb=MOST_BYTES // 1_000_000,
    )
    return page, status


@imports_manage.post("")
@requires(Permission.REGISTRATIONS)
def upload(conference: str, edition: str) -> tuple[str, int] | BaseResponse:
    found = get_edition(conference, edition)
    form = UploadForm()
    if not form.validate_on_submit():
        return _start(found, form, 422)
    try:
        part = keep_upload(form.file.data.stream)
        try:
            need_rows(list(islice(read_table(part), PREVIEW_ROWS + 1)))
            with transaction():
                name = "".join(c for c in form.file.data.filename or "" if c.isprintable())
                run = begin_import(actor=principal().actor, now=now(), edition=found, file_name=name, part=part)
        finally:
            part.unlink(missing_ok=True)
    except Invalid as error:
        form.file.errors = [error.message]
        return _start(found, form, 422)
    return redirect(_base(found, run), 303)


@imports_manage.get("/<int:run_id>")
@requires(Permission.REGISTRATIONS)
def show(conference: str, edition: str, run_id: int) -> Response:
    """Show where an import stands; to htmx only the part that changes."""
    found = get_edition(conference, edition)
    run = get_import(found.id, run_id)
    return _show(found, run)


def _show(edition: Edition, run: ImportRun, form: OptionsForm | None = None, refusal: str = "") -> Response:
    job = find_job(run)
    live = job is not None and job.state in LIVE
    open_to_change = not live and run.stage not in {ImportStage.IMPORTING, ImportStage.IMPORTED}
    has_file = run.file_gone_at is None and upload_path(run.id).is_file()
    rows = _preview(run) if open_to_change and has_file else []
    heads = column_heads(rows)
    modes = [row.mode for row in edition.modes]
    asked = form_at(edition.id, edition.form_rev)
    fields, questions = sent_columns(len(heads), asked) if form else _columns(run, rows, asked)
    question_names = question_words(asked)
    polled = bool(request.headers.get("HX-Request"))
    refusals = [] if live else list_refusals(run.id, SHOWN_REFUSALS + 1)
    page = render_page(
        "invitations/manage/import_progress.html" if polled else "invitations/manage/import_run.html",
        manage_frame(edition),
        edition=edition,
        run=run,
        base=_base(edition, run),
        start_url=_base(edition),
        people_url=manage_url(edition, "registrations"),
        live=live,
        job=job,
        failure=failure_words(job),
        failed=job is not None and job.state is JobState.FAILED,
        stage=run.stage.value,
        has_file=has_file,
        open_to_change=open_to_change,
        refusal=refusal,
        form=form or _options_form(run, modes),
        heads=heads,
        preview=[[row.cell(column)[:LONGEST_SHOWN] for column in range(len(heads))] for row in rows[1:]],
        chosen={column: name.value for column, name in fields.items()}
        | {column: f"q_{number}" for column, number in questions.items()},
        field_names={one.value: words for one, words in field_words().items()},
        question_names=question_names,
        without=[texts(one.label) for one in asked if one.explicit_consent],
        refusals=[
            (one.row, column_words(one, question_names), problem_words(one.code, one.fact))
            for one in refusals[:SHOWN_REFUSALS]
        ],
        more_refusals=len(refusals) > SHOWN_REFUSALS,
    )
    response = keep_secret(make_response(page, 422 if form else 200))
    response.headers["Vary"] = "HX-Request"
    return response


def _preview(run: ImportRun) -> list[TableRow]:
    return list(islice(read_table(upload_path(run.id)), PREVIEW_ROWS + 1))


def _columns(run: ImportRun, rows: list[TableRow], form: Form) -> tuple[dict[int, Field], dict[int, int]]:
    if run.columns:
        return kept_columns(run)
    if not rows:
        return {}, {}
    fields = guess_columns(rows[0].cells)
    return fields, guess_questions(rows[0].cells, form, fields)


def _options_form(run: ImportRun, modes: list[Mode]) -> OptionsForm:
    data = run.options or first_options(current_language(), modes)
    return OptionsForm(formdata=None, modes=modes, data=data)


@imports_manage.post("/<int:run_id>/check")
@requires(Permission.REGISTRATIONS)
def check(conference: str, edition: str, run_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    run = get_import(found.id, run_id)
    _need_file(run)
    modes = [row.mode for row in found.modes]
    form = OptionsForm(modes=modes)
    asked = form_at(found.id, found.form_rev)
    columns, questions = sent_columns(len(column_heads(_preview(run))), asked)
    valid = form.validate_on_submit()
    refusal = columns_refusal(columns, questions, asked, default_mode=form.mode.data or "")
    if not valid or refusal:
        return _show(found, run, form, refusal)
    with transaction():
        order_check(
            actor=principal().actor,
            now=now(),
            edition=found,
            run=get_import(found.id, run_id),
            columns=columns,
            options=form.options(),
            language=current_language(),
            questions=questions,
        )
    return redirect(_base(found, run), 303)


def _need_file(run: ImportRun) -> None:
    if run.file_gone_at is not None or not upload_path(run.id).is_file():
        raise Gone("import.file_gone")


@imports_manage.post("/<int:run_id>/run")
@requires(Permission.REGISTRATIONS)
def take_in(conference: str, edition: str, run_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    _need_file(get_import(found.id, run_id))
    with transaction():
        run = get_import(found.id, run_id)
        order_import(actor=principal().actor, now=now(), edition=found, run=run, language=current_language())
    return redirect(_base(found, run), 303)


@imports_manage.post("/<int:run_id>/stop")
@requires(Permission.REGISTRATIONS)
def stop(conference: str, edition: str, run_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        run = get_import(found.id, run_id)
        job = find_job(run)
        if job is not None:
            request_stop(job=job, now=now())
    return redirect(_base(found, run), 303)


@imports_manage.post("/<int:run_id>/forget")
@requires(Permission.REGISTRATIONS)
def forget(conference: str, edition: str, run_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        run = get_import(found.id, run_id)
        forget_import(actor=principal().actor, now=now(), edition=found, run=run)
    upload_path(run_id).unlink(missing_ok=True)
    return redirect(_base(found), 303)


@imports_manage.get("/<int:run_id>/report")
@requires(Permission.REGISTRATIONS)
def report(conference: str, edition: str, run_id: int) -> Response:
    """Send the refused rows as CSV: row, column, what is wrong."""
    found = get_edition(conference, edition)
    run = get_import(found.id, run_id)
    questions = question_words(form_at(found.id, found.form_rev))
    rows = [(one.row, column_words(one, questions), problem_words(one.code, one.fact)) for one in list_refusals(run.id)]
    heads = [_("Row"), _("Column"), _("What is wrong")]
    return keep_secret(csv_download(f"{_('refused-rows')}-{run.id}", heads, rows))
