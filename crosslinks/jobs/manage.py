"""How far a piece of background work is, its result, and stopping it.

A job belongs to an edition that it knows only by number, so these pages need no more of it than ``web.scopes`` tells,
and they can stand here, where jobs are.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, redirect, request, send_file
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import actor_key, request_stop
from crosslinks.jobs.queries import get_job
from crosslinks.jobs.rules import LIVE, JobState
from crosslinks.jobs.runs import result_path
from crosslinks.jobs.words import failure_words
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Forbidden, Gone
from crosslinks.web.pages import render_page
from crosslinks.web.scopes import ManageScope, open_scope
from crosslinks.web.security import keep_secret, principal, requires

jobs_manage = Blueprint("jobs_manage", __name__, url_prefix="/manage/<conference>/<edition>/jobs/<int:job_id>")


@jobs_manage.get("")
@requires(Permission.OVERVIEW)
def show(conference: str, edition: str, job_id: int) -> Response:
    """Show the whole page, or to htmx only the part that changes."""
    scope = open_scope(conference, edition)
    job = _open(scope, job_id)
    name = "jobs/manage/progress.html" if request.headers.get("HX-Request") else "jobs/manage/job.html"
    page = render_page(
        name, scope.frame, job=job, live=job.state in LIVE, left=_time_left(job), url=scope.url(f"jobs/{job.id}"),
        fetchable=_is_fetchable(job), failure=failure_words(job),
    )  # fmt: skip
    response = keep_secret(Response(page))
    response.headers["Vary"] = "HX-Request"
    return response


@jobs_manage.get("/download")
@requires(Permission.OVERVIEW)
def download(conference: str, edition: str, job_id: int) -> BaseResponse:
    job = _open(open_scope(conference, edition), job_id)
    if not _is_fetchable(job):
        raise Gone("job.file_gone", _("The file is no longer kept. Start the task once more."))
    response = send_file(
        result_path(job.id), mimetype=job.file_type, as_attachment=True, download_name=job.file_name, max_age=0
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@jobs_manage.post("/stop")
@requires(Permission.OVERVIEW)
def stop(conference: str, edition: str, job_id: int) -> BaseResponse:
    scope = open_scope(conference, edition)
    with transaction():
        request_stop(job=_open(scope, job_id), now=now())
    return redirect(scope.url(f"jobs/{job_id}"), 303)


def _open(scope: ManageScope, job_id: int) -> Job:
    """Return the job if its maker, or somebody with what it takes, asks; raises ``NotFound`` or ``Forbidden``."""
    job = get_job(job_id, scope.edition_id)
    known = principal()
    allowed = bool(job.permission) and known.may(Permission(job.permission), scope.conference_id)
    if not allowed and job.created_by != actor_key(known.actor):
        raise Forbidden("permission.missing")
    return job


def _is_fetchable(job: Job) -> bool:
    kept = job.expires_at is not None and job.expires_at > real_now()
    return job.state is JobState.DONE and bool(job.file_name) and kept and result_path(job.id).is_file()


def _time_left(job: Job) -> str:
    """Say how long the rest will take at the pace so far, once there is a pace."""
    if job.state is not JobState.RUNNING or not job.done or not job.total or job.started_at is None:
        return ""
    passed = now() - job.started_at
    if passed < timedelta(seconds=3):
        return ""
    seconds = passed.total_seconds() * (job.total - job.done) / job.done
    if seconds < 60:
        return _("less than a minute left")
    return ngettext("%(num)s minute left", "%(num)s minutes left", round(seconds / 60))
