"""A worker killed in the middle of an import: the next one goes on, with nobody lost and nobody twice."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.invitations.columns import guess_columns
from crosslinks.invitations.imports import begin_import, get_import, order_check, order_import, upload_path
from crosslinks.invitations.models import ImportRefusal, ImportRun
from crosslinks.invitations.rows import ImportOptions
from crosslinks.invitations.rules import ImportStage
from crosslinks.jobs.models import Job
from crosslinks.jobs.rules import JobState
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.models import Registration, Ticket
from crosslinks.web.spreadsheets import keep_upload
from tests.factories import TESTER, make_edition
from tests.instances import ROOT, Instance, close_database, new_instance
from tests.invitations.factories import HEADS, csv_file, person

ROWS, PATIENCE = 4_000, 90


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Iterator[Instance]:
    with new_instance(tmp_path / "instance", database_url) as made:
        yield made


@contextmanager
def working(instance: Instance) -> Iterator[subprocess.Popen[bytes]]:
    with (instance.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "crosslinks", "worker"],
            cwd=ROOT, env=instance.environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)


def run() -> ImportRun:
    db.session.rollback()
    return db.session.scalars(select(ImportRun).execution_options(populate_existing=True)).one()


def until(true: Callable[[], bool], instance: Instance) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, (instance.folder / "worker.log").read_text("utf-8", "replace")[-3000:]
        time.sleep(0.005)


def upload_all(edition: Edition) -> int:
    """Upload 4,000 rows, every hundredth of which cannot be used."""
    rows = [person(number, email="nobody" if number % 100 == 7 else f"k{number}@example.org") for number in range(ROWS)]
    part = keep_upload(io.BytesIO(csv_file(rows)))
    with transaction():
        return begin_import(actor=TESTER, now=now(), edition=edition, file_name="all.csv", part=part).id


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def all_done() -> bool:
    return set(db.session.scalars(select(Job.state))) == {JobState.DONE}


def lapse() -> None:
    with transaction():
        db.session.execute(update(Job).values(lease_until=real_now() - timedelta(seconds=1)))


def order(run_id: int, *, check: bool) -> None:
    edition = get_edition("crosslinks", "2024")
    with transaction():
        found = get_import(edition.id, run_id)
        if check:
            order_check(
                actor=TESTER, now=now(), edition=edition, run=found, columns=guess_columns(HEADS),
                options=ImportOptions(tell=True), language="nb",
            )  # fmt: skip
        else:
            order_import(actor=TESTER, now=now(), edition=edition, run=found, language="nb")


def test_a_worker_killed_twice_in_an_import(instance: Instance) -> None:
    app: Flask = instance.prepare()
    with app.app_context():
        start = real_now() + timedelta(days=7)
        with transaction():
            edition = make_edition(
                onsite=1_000, starts_at=start, ends_at=start + timedelta(hours=5),
                erase_on=(start + timedelta(days=90)).date(),
            )  # fmt: skip
        run_id = upload_all(edition)
        order(run_id, check=True)
        with working(instance):
            until(lambda: run().stage is ImportStage.CHECKED and all_done(), instance)
        checked = (run().confirmed, run().waiting, run().refused)
        assert checked == (1_000, ROWS - 40 - 1_000, 40)
        assert count(Registration) == 0
        order(run_id, check=False)
        for share in (1, 2):
            with working(instance) as process:
                until(lambda share=share: run().handled > share * ROWS // 4, instance)  # type: ignore[misc]
                process.kill()
                process.wait(10)
            assert run().stage is ImportStage.IMPORTING
            assert count(Registration) == run().confirmed + run().waiting
            assert count(Registration) + run().refused == run().handled - 1
            lapse()
        with working(instance):
            until(lambda: run().stage is ImportStage.IMPORTED, instance)
            until(lambda: not upload_path(run_id).exists(), instance)
        assert (run().confirmed, run().waiting, run().refused) == checked
        addresses = db.session.scalars(select(Registration.email)).all()
        assert sorted(addresses) == sorted(f"k{number}@example.org" for number in range(ROWS) if number % 100 != 7)
        assert count(Ticket) == count(OutboxMail) == ROWS - 40
        refused = db.session.scalars(select(ImportRefusal.row).order_by(ImportRefusal.row)).all()
        assert refused == [number + 2 for number in range(ROWS) if number % 100 == 7]
        waiting = db.session.scalars(
            select(Registration.joined_at).where(Registration.joined_at.is_not(None)).order_by(Registration.id)
        ).all()
        assert list(waiting) == sorted(set(waiting))
    close_database(app)
