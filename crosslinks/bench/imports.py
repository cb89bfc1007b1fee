"""An import of 5,000 people by the worker, while others register through the JSON twin."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from flask import Flask
from sqlalchemy import select

from crosslinks.bench.load import Measured, Request, measure
from crosslinks.bench.report import Row
from crosslinks.bench.stage import ACTOR, Stage, free_port, running
from crosslinks.demo.people import invent
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.invitations.columns import guess_columns
from crosslinks.invitations.imports import begin_import, order_check, order_import
from crosslinks.invitations.models import ImportRun
from crosslinks.invitations.rows import ImportOptions
from crosslinks.invitations.rules import ImportStage
from crosslinks.jobs.models import Job
from crosslinks.jobs.rules import JobState
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.web.spreadsheets import keep_upload

PEOPLE = 5_000
CLIENTS = 2
BESIDE = 60
"""So many registrations a round from each side of the import's load; rounds go on until it is done."""
HEADS = ("Given name", "Family name", "E-mail", "Workplace", "Takes part")
PATIENCE_SECONDS = 120


def measure_import(app: Flask, folder: Path, stage: Stage, command: Callable[[int], list[str]]) -> list[Row]:
    """Return how long 5,000 rows take from start to end, and the latency of registrations meanwhile."""
    with app.app_context():
        run_id = _upload(stage)
    port = free_port()
    with running(command(port), port, folder) as server, app.app_context():
        _order(stage, run_id, check=True)
        _wait(run_id, ImportStage.CHECKED)
        took, p99 = _import_beside(server, port, stage, run_id)
    return [
        Row(f"import of {PEOPLE} rows, with registrations beside it", took, "s", limit=10),
        Row("registration beside an import, p99 latency", p99, "ms", limit=200),
    ]


def _upload(stage: Stage) -> int:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADS)
    for number, person in enumerate(invent(PEOPLE, seed=11)):
        address = f"import.{number}@example.org"
        writer.writerow([person.given_name, person.family_name, address, person.organisation, "On-site"])
    part = keep_upload(io.BytesIO(text.getvalue().encode()))
    with transaction():
        edition = get_edition_by_id(stage.edition_id)
        return begin_import(actor=ACTOR, now=real_now(), edition=edition, file_name="people.csv", part=part).id


def _order(stage: Stage, run_id: int, *, check: bool) -> None:
    with transaction():
        edition = get_edition_by_id(stage.edition_id)
        found = db.session.get_one(ImportRun, run_id)
        if check:
            order_check(
                actor=ACTOR, now=real_now(), edition=edition, run=found, columns=guess_columns(HEADS),
                options=ImportOptions(tell=True), language="en",
            )  # fmt: skip
        else:
            order_import(actor=ACTOR, now=real_now(), edition=edition, run=found, language="en")


def _wait(run_id: int, stage: ImportStage) -> Job:
    """Wait for the job of an import to end in ``stage`` and return it; raises ``RuntimeError`` for any other end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        db.session.rollback()
        found = db.session.get_one(ImportRun, run_id, populate_existing=True)
        job = db.session.scalars(select(Job).where(Job.id == found.job_id)).one()
        if job.state is JobState.DONE and found.stage is stage:
            return job
        if job.state in {JobState.FAILED, JobState.STOPPED}:
            break
        time.sleep(0.05)
    raise RuntimeError(f"the import did not come to {stage.value}")


def _import_beside(server: psutil.Process, port: int, stage: Stage, run_id: int) -> tuple[float, float]:
    ended = threading.Event()
    found: list[Measured] = []

    def register() -> None:
        while not ended.is_set():
            series = f"beside.{len(found)}"
            requests: list[Request] = stage.registrations(BESIDE, series)
            found.append(measure(server, port, requests, clients=CLIENTS, expect=201))

    beside = threading.Thread(target=register)
    beside.start()
    try:
        _order(stage, run_id, check=False)
        job = _wait(run_id, ImportStage.IMPORTED)
    finally:
        ended.set()
        beside.join()
    if any(one.failed for one in found) or job.started_at is None or job.finished_at is None:
        raise RuntimeError("registrations beside the import were not answered as expected")
    return (job.finished_at - job.started_at).total_seconds(), max(one.p99 for one in found)
