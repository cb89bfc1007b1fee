"""Jobs for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import queue_job
from crosslinks.jobs.runs import Handler
from crosslinks.jobs.work import work_one
from crosslinks.kernel.db import db, transaction
from tests.factories import NOW, TESTER


@contextmanager
def jobs_known(app: Flask, **handlers: Handler) -> Iterator[None]:
    """Let the application know these kinds of jobs for the body."""
    before = app.extensions["crosslinks.jobs"]
    app.extensions["crosslinks.jobs"] = {**before, **handlers}
    try:
        yield
    finally:
        app.extensions["crosslinks.jobs"] = before


def make_job(kind: str, payload: dict[str, Any] | None = None, **more: Any) -> int:
    """Queue a job in a transaction of its own and return its id."""
    with transaction():
        return queue_job(kind=kind, payload=payload or {}, now=NOW, **({"actor": TESTER} | more)).id


def work_off() -> int:
    """Do all waiting jobs, as a worker would; return how many attempts that took."""
    attempts = 0
    while any([work_one(owner="test", quick=True), work_one(owner="test")]):
        attempts += 1
    return attempts


def get(job_id: int) -> Job:
    """Read a job anew."""
    db.session.rollback()
    job = db.session.get(Job, job_id, populate_existing=True)
    assert job is not None
    return job
