"""Running one job, and the rounds: what recurs by itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import current_app

from crosslinks.config import settings
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import (
    claim_job,
    claim_round,
    clear_expired,
    fail_job,
    finish_job,
    release_job,
    stop_job,
)
from crosslinks.jobs.queries import job_is_done, job_is_waiting
from crosslinks.jobs.rules import FILE_LIFE, JobStopped
from crosslinks.jobs.runs import Handler, JobRun, result_path
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import CrosslinksError

log = logging.getLogger(__name__)


def never() -> bool:
    """Say that the worker is not ending."""
    return False


def work_one(*, owner: str, quick: bool = False, ending: Callable[[], bool] = never) -> bool:
    """Do the oldest waiting job of the long or the ``quick`` kind to its end; return False when there was none.

    A handler that raises is tried again, a refusal of ours (``CrosslinksError``) is final. A job that this worker's
    own end interrupts goes back into the queue.
    """
    handlers = cast("dict[str, Handler]", current_app.extensions["crosslinks.jobs"])
    if not job_is_waiting(list(handlers), quick=quick):
        return False
    with transaction():
        job = claim_job(owner=owner, kinds=list(handlers), quick=quick, now=now())
    if job is None:
        return False
    _run(handlers[job.kind], job, owner, ending)
    return True


def _run(handler: Handler, job: Job, owner: str, ending: Callable[[], bool]) -> None:
    run = JobRun(job, ending)
    log.info("job %s (%s) begins", run.job_id, run.kind)
    try:
        handler(run)
    except JobStopped:
        _after_handler(run)
        with transaction():
            if run.asked_to_stop:
                stop_job(job_id=run.job_id, owner=owner, now=now())
            else:
                release_job(job_id=run.job_id, owner=owner)
    except CrosslinksError as error:
        _after_handler(run)
        _fail(run, owner, error.message or error.code, again=False)
    except Exception as error:
        log.exception("job %s (%s) broke", run.job_id, run.kind)
        _after_handler(run)
        _fail(run, owner, f"{type(error).__name__}: {error}", again=True)
    else:
        db.session.rollback()
        with transaction():
            ours = finish_job(
                job_id=run.job_id, owner=owner, now=now(), outcome=run.outcome, file_name=run.file_name,
                file_type=run.file_type,
            )  # fmt: skip
        if not ours and not job_is_done(run.job_id):  # begun anew, such as when somebody in the file was erased
            result_path(run.job_id).unlink(missing_ok=True)
        log.info("job %s (%s) is done", run.job_id, run.kind)


def _after_handler(run: JobRun) -> None:
    db.session.rollback()
    result_path(run.job_id).unlink(missing_ok=True)


def _fail(run: JobRun, owner: str, error: str, *, again: bool) -> None:
    with transaction():
        fail_job(job_id=run.job_id, owner=owner, now=now(), error=error, again=again)


@dataclass(frozen=True)
class Round:
    """Work that recurs: ``act`` is called with the conference's time, about ``every`` so often, by one worker.

    It opens its own transactions, and doing it once more must be harmless.
    """

    name: str
    every: timedelta
    act: Callable[[datetime], None]


class Rounds:
    """Calls each round when it is due. Between two dues a round costs nothing, not even a query."""

    def __init__(self, rounds: Sequence[Round]) -> None:
        self._rounds = rounds
        self._look_at: dict[str, float] = {}

    def go(self) -> None:
        """Do what is due now."""
        for one in self._rounds:
            if time.monotonic() < self._look_at.get(one.name, 0.0):
                continue
            with transaction():
                wait = claim_round(name=one.name, every=one.every)
            self._look_at[one.name] = time.monotonic() + (wait or one.every).total_seconds()
            if wait is None:
                self._act(one)

    def _act(self, one: Round) -> None:
        try:
            one.act(now())
        except Exception:
            log.exception("the round %s broke", one.name)
        finally:
            db.session.rollback()


def clear_results(_now: datetime) -> None:
    """Remove result files after their 24 hours, with what their rows said; files that no row knows go too."""
    while True:
        with transaction():
            cleared = clear_expired()
        for job_id in cleared:
            result_path(job_id).unlink(missing_ok=True)
        if not cleared:
            break
    oldest = (real_now() - FILE_LIFE - timedelta(hours=1)).timestamp()
    for path in settings().files.glob("job-*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


CLEARING = Round("jobs.clear_results", timedelta(minutes=20), clear_results)
