"""Erasing a person from background work: orders that name them, results that may, and files with their name."""

from __future__ import annotations

from sqlalchemy import select

from crosslinks.jobs.models import Job
from crosslinks.jobs.rules import JobState
from crosslinks.jobs.runs import result_path
from crosslinks.kernel.db import db
from crosslinks.kernel.mentions import Traces, forget


def erase_mentions(*, edition_id: int, registration_id: int, traces: Traces) -> None:
    """Take a person out of every job of the edition, and let all its result files go: no one can search in a PDF.

    What runs just now, and may hold the person in its memory, begins once more; who needs a file makes it again.
    """
    jobs = db.session.scalars(
        select(Job).where(Job.edition_id == edition_id).with_for_update().execution_options(populate_existing=True)
    ).all()
    for job in jobs:
        job.payload = forget(job.payload, traces, registration_id)
        job.outcome = forget(job.outcome, traces, registration_id)
        job.error = "" if traces.name(job.error) else job.error
        _begin_again(job)
        _drop_file(job)
    db.session.flush()


def _begin_again(job: Job) -> None:
    if job.state is JobState.RUNNING:
        job.state = JobState.QUEUED
        job.attempts = max(0, job.attempts - 1)
        job.lease_owner = ""
        job.lease_until = None


def _drop_file(job: Job) -> None:
    job.file_name = ""
    result_path(job.id).unlink(missing_ok=True)


def forget_edition(*, edition_id: int, but: int | None = None) -> int:
    """Blank orders and results of an edition's jobs, their files too; return how many jobs that were.

    What waits or runs is stopped, except the job ``but``, which is the one that erases.
    """
    query = select(Job).where(Job.edition_id == edition_id, Job.id != (but or 0)).order_by(Job.id)
    rows = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    told = [job for job in rows if job.payload or job.outcome or job.file_name or job.error]
    for job in told:
        job.payload, job.outcome, job.error = {}, {}, ""
        job.stop_requested = job.state is JobState.RUNNING
        job.state = JobState.STOPPED if job.state is JobState.QUEUED else job.state
        _drop_file(job)
    db.session.flush()
    return len(told)
