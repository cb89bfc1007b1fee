"""Finding jobs, and whether a worker is alive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select

from crosslinks.jobs.models import Job, WorkerBeat
from crosslinks.jobs.rules import LIVE, JobState
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound

ALIVE = timedelta(seconds=40)
"""A worker seen within this long is alive; it tells every ten seconds."""


def job_is_waiting(kinds: Sequence[str], *, quick: bool) -> bool:
    """Say whether there is a job of these kinds that nobody runs; a plain read."""
    moment = real_now()
    free = or_(Job.state == JobState.QUEUED, and_(Job.state == JobState.RUNNING, Job.lease_until < moment))
    return db.session.scalar(select(Job.id).where(free, Job.kind.in_(kinds), Job.quick.is_(quick)).limit(1)) is not None


def job_is_held(owner: str) -> bool:
    """Say whether this worker is in the middle of a job; a plain read."""
    held = (Job.state == JobState.RUNNING) & (Job.lease_owner == owner)
    return db.session.scalar(select(Job.id).where(held).limit(1)) is not None


def get_job(job_id: int, edition_id: int) -> Job:
    """Return a job of this edition; raises ``NotFound``, also for another edition's."""
    job = db.session.scalar(select(Job).where(Job.id == job_id, Job.edition_id == edition_id))
    if job is None:
        raise NotFound("job.unknown")
    return job


def find_live_job(edition_id: int, kind: str) -> Job | None:
    """Return the latest job of a kind that is waiting or running for an edition."""
    return db.session.scalar(
        select(Job)
        .where(Job.edition_id == edition_id, Job.kind == kind, Job.state.in_(LIVE))
        .order_by(Job.id.desc())
        .limit(1)
    )


def worker_is_alive() -> bool:
    """Say whether any worker was seen in the last 40 seconds."""
    return db.session.scalar(select(WorkerBeat.name).where(WorkerBeat.at > real_now() - ALIVE).limit(1)) is not None


def job_is_done(job_id: int) -> bool:
    """Say whether a job has ended well; a plain read."""
    return db.session.scalar(select(Job.id).where(Job.id == job_id, Job.state == JobState.DONE)) is not None
