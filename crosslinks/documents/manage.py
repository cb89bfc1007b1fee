"""Organizer pages of badges: order a run, see how far it is, fetch it, see what was printed."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request, send_file
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.documents.forms import BadgesForm, read_people, stock_names
from crosslinks.documents.operations import order_badges
from crosslinks.documents.queries import (
    count_badges,
    find_latest_badge_job,
    get_badge_job,
    last_printed,
    list_chosen,
    list_print_runs,
)
from crosslinks.documents.sheets import role_words
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import request_stop
from crosslinks.jobs.rules import LIVE, JobState
from crosslinks.jobs.runs import result_path
from crosslinks.jobs.words import failure_words
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Gone
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

documents_manage = Blueprint("documents_manage", __name__, url_prefix="/manage/<conference>/<edition>/badges")


def _people(edition: Edition, form: BadgesForm) -> list[Registration]:
    """Return whose badges alone are wanted, as a person's page or the list of participants asked."""
    numbers = read_people(form.people.data or "")
    return list_chosen(edition.id, numbers) if numbers else []


def _show(edition: Edition, form: BadgesForm, status: int = 200, refusal: str = "") -> tuple[str, int]:
    people = _people(edition, form)
    person = people[0] if len(people) == 1 else None
    page = render_page(
        "documents/manage/badges.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        refusal=refusal,
        person=person,
        people=people,
        printable=not people or any(one.place is Place.ONSITE for one in people),
        last_printed=last_printed(person.id) if person else None,
        counts=count_badges(edition.id),
        role_words=role_words(),
        stock_names=stock_names(),
        runs=list_print_runs(edition.id),
        **_run(edition),
    )
    return page, status


def _run(edition: Edition) -> dict[str, object]:
    """Return what the panel of the latest run shows."""
    job = find_latest_badge_job(edition.id)
    return {
        "job": job,
        "live": job is not None and job.state in LIVE,
        "left": _time_left(job) if job else "",
        "failure": failure_words(job),
        "fetchable": job is not None and is_fetchable(job),
        "fetchable_ids": _fetchable_ids(edition),
    }


def _fetchable_ids(edition: Edition) -> set[int]:
    return {run.job.id for run in list_print_runs(edition.id) if run.job is not None and is_fetchable(run.job)}


def is_fetchable(job: Job) -> bool:
    """Say whether the file of a run is still kept."""
    return bool(
        job.state is JobState.DONE
        and job.file_name
        and job.expires_at is not None
        and job.expires_at > real_now()
        and result_path(job.id).is_file()
    )


def _time_left(job: Job) -> str:
    if job.started_at is None or not 0 < job.done < job.total:
        return ""
    gone: timedelta = now() - job.started_at
    seconds = max(1, round(gone.total_seconds() * (job.total - job.done) / job.done))
    return ngettext("about %(num)s second left", "about %(num)s seconds left", seconds)


@documents_manage.get("")
@requires(Permission.BADGES)
def overview(conference: str, edition: str) -> tuple[str, int]:
    found = get_edition(conference, edition)
    asked = ",".join(request.args.getlist("person"))
    form = BadgesForm(formdata=None, language=found.languages[0], people=asked if read_people(asked) else "")
    return _show(found, form)


@documents_manage.post("")
@requires(Permission.BADGES)
def order(conference: str, edition: str) -> tuple[str, int] | BaseResponse:
    found = get_edition(conference, edition)
    form = BadgesForm()
    if not form.validate_on_submit():
        return _show(found, form, 422)
    people = _people(found, form)
    try:
        with transaction():
            order_badges(actor=principal().actor, now=now(), edition=found, order=form.order())
    except Conflict as error:
        return _show(found, form, 409, error.message)
    asked = f"?{urlencode([('person', one.id) for one in people])}" if people else ""
    return redirect(manage_url(found, f"badges{asked}#run"), 303)


@documents_manage.get("/run")
@requires(Permission.BADGES)
def run(conference: str, edition: str) -> str | BaseResponse:
    """Answer htmx with the panel of the latest run; without script, lead to the page that has it."""
    found = get_edition(conference, edition)
    if request.headers.get("HX-Request") != "true":
        return redirect(manage_url(found, "badges#run"), 303)
    return render_page("documents/manage/run.html", manage_frame(found), edition=found, **_run(found))


@documents_manage.post("/<int:job_id>/stop")
@requires(Permission.BADGES)
def stop(conference: str, edition: str, job_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        request_stop(job=get_badge_job(found.id, job_id), now=now())
    return redirect(manage_url(found, "badges#run"), 303)


@documents_manage.get("/<int:job_id>/file")
@requires(Permission.BADGES)
def fetch(conference: str, edition: str, job_id: int) -> Response:
    """Send the PDF of a run; raises ``Gone`` 24 hours after it was made."""
    found = get_edition(conference, edition)
    job = get_badge_job(found.id, job_id)
    if not is_fetchable(job):
        raise Gone("badges.file_gone", _("Files are kept for 24 hours. Print the badges again."))
    response = send_file(
        result_path(job.id), mimetype=job.file_type, as_attachment=True, download_name=job.file_name, etag=False
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
