"""Queueing, claiming and ending jobs. Leases follow real time; ``now`` of a use case is the conference's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from crosslinks.jobs.models import Job, RoundMark, WorkerBeat
from crosslinks.jobs.rules import FILE_LIFE, LEASE, LIVE, MAX_ATTEMPTS, WORKER_ENDED, JobState
from crosslinks.kernel.actors import Actor, Permission
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, wake_worker


def actor_key(actor: Actor) -> str:
    """Return what a job remembers of who made it, such as ``account:7``."""
    return f"{actor.kind}:{actor.id}"


def queue_job(
    *,
    kind: str,
    payload: dict[str, Any],
    actor: Actor,
    now: datetime,
    conference_id: int | None = None,
    edition_id: int | None = None,
    permission: Permission | None = None,
    total: int = 0,
    quick: bool = False,
) -> Job:
    """Add one job, to be run after the transaction commits; its id is known on return.

    ``permission`` lets others than ``actor`` see it and fetch its file. ``quick`` work, which takes a moment and starts
    no process, does not wait behind long work.
    """
    job = Job(
        kind=kind, payload=payload, conference_id=conference_id, edition_id=edition_id,
        permission=permission.value if permission else "", created_by=actor_key(actor), created_at=now, total=total,
        quick=quick,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    wake_worker()
    return job


def request_stop(*, job: Job, now: datetime) -> None:
    """Ask a job to stop: at once when it has not begun, else at its next report of progress."""
    if job.state is JobState.QUEUED:
        _end(job, JobState.STOPPED, "", now)
    elif job.state is JobState.RUNNING:
        job.stop_requested = True
    db.session.flush()


def claim_job(*, owner: str, kinds: list[str], quick: bool, now: datetime) -> Job | None:
    """Take the oldest job that nobody runs; one begun too often has failed and is passed over."""
    moment = real_now()
    free = or_(Job.state == JobState.QUEUED, (Job.state == JobState.RUNNING) & (Job.lease_until < moment))
    jobs = db.session.scalars(
        select(Job)
        .where(free, Job.kind.in_(kinds), Job.quick.is_(quick))
        .order_by(Job.id)
        .limit(20)
        .with_for_update(skip_locked=True)
    )
    for job in jobs:
        if job.attempts >= MAX_ATTEMPTS:
            _end(job, JobState.FAILED, WORKER_ENDED, now)
            continue
        job.state = JobState.RUNNING
        job.attempts += 1
        job.lease_owner = owner
        job.lease_until = moment + LEASE
        job.started_at = now
        job.error = ""
        db.session.flush()
        return job
    db.session.flush()
    return None


def renew_job_leases(*, owner: str) -> int:
    """Keep what this worker runs for another lease; return how many jobs that were."""
    moment = real_now()
    renewed = db.session.execute(
        update(Job)
        .where(Job.lease_owner == owner, Job.state == JobState.RUNNING, Job.lease_until > moment)
        .values(lease_until=moment + LEASE)
        .returning(Job.id)
    )
    return len(renewed.all())


def report_progress(*, job_id: int, owner: str, done: int, total: int) -> bool:
    """Note how far a job is and keep its lease; return False when it shall stop or is no longer ours."""
    moment = real_now()
    row = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.lease_owner == owner, Job.state == JobState.RUNNING)
        .values(done=done, total=total, lease_until=moment + LEASE)
        .returning(Job.stop_requested)
    ).first()
    return row is not None and not row[0]


def finish_job(
    *, job_id: int, owner: str, now: datetime, outcome: dict[str, Any], file_name: str, file_type: str
) -> bool:
    """End a job well, with its result file for 24 hours; return False when it was no longer ours."""
    job = _ours(job_id, owner)
    if job is None:
        return False
    job.done = max(job.done, job.total)
    job.outcome = outcome
    job.file_name = file_name
    job.file_type = file_type
    _end(job, JobState.DONE, "", now)
    return True


def stop_job(*, job_id: int, owner: str, now: datetime) -> None:
    """End a job that was asked to stop."""
    job = _ours(job_id, owner)
    if job is not None:
        _end(job, JobState.STOPPED, "", now)


def fail_job(*, job_id: int, owner: str, now: datetime, error: str, again: bool) -> bool:
    """Note why a job broke; it is tried again while ``again`` and attempts are left. Return whether it has failed."""
    job = _ours(job_id, owner)
    if job is None:
        return False
    if again and job.attempts < MAX_ATTEMPTS and not job.stop_requested:
        job.state = JobState.QUEUED
        job.error = error
        job.lease_owner = ""
        job.lease_until = None
        wake_worker()
        db.session.flush()
        return False
    _end(job, JobState.FAILED, error, now)
    return True


def release_job(*, job_id: int, owner: str) -> None:
    """Give a job back unharmed because this worker is ending; it does not count as an attempt."""
    job = _ours(job_id, owner)
    if job is not None:
        job.state = JobState.QUEUED
        job.attempts -= 1
        job.lease_owner = ""
        job.lease_until = None
        db.session.flush()


def _ours(job_id: int, owner: str) -> Job | None:
    return db.session.scalar(
        select(Job)
        .where(Job.id == job_id, Job.lease_owner == owner, Job.state == JobState.RUNNING)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _end(job: Job, state: JobState, error: str, now: datetime) -> None:
    job.state = state
    job.error = error
    job.lease_owner = ""
    job.lease_until = None
    job.finished_at = now
    job.expires_at = real_now() + FILE_LIFE
    db.session.flush()


def clear_expired(*, limit: int = 200) -> list[int]:
    """Forget the payload and the file of ended jobs past their 24 hours; return their ids, whose files go too."""
    jobs = db.session.scalars(select(Job).where(Job.state.not_in(LIVE), Job.expires_at < real_now()).limit(limit)).all()
    for job in jobs:
        job.payload = {}
        job.outcome = {}
        job.file_name = ""
        job.expires_at = None
    db.session.flush()
    return [job.id for job in jobs]


def note_beat(*, name: str, forget_after: timedelta) -> None:
    """Note that the worker ``name`` is alive, and forget those not seen for ``forget_after``."""
    moment = real_now()
    db.session.merge(WorkerBeat(name=name, at=moment))
    db.session.execute(delete(WorkerBeat).where(WorkerBeat.at < moment - forget_after))


def forget_beat(*, name: str) -> None:
    """Forget a worker that ends well."""
    db.session.execute(delete(WorkerBeat).where(WorkerBeat.name == name))


def claim_round(*, name: str, every: timedelta) -> timedelta | None:
    """Take a recurring piece of work when it is due, and return None; else return how long it is until then."""
    moment = real_now()
    mark = db.session.scalar(select(RoundMark).where(RoundMark.name == name).with_for_update())
    if mark is None:
        mark = RoundMark(name=name, due_at=moment)
        db.session.add(mark)
    if mark.due_at > moment:
        return min(mark.due_at - moment, every)
    mark.due_at = moment + every
    db.session.flush()
    return None
