"""The worker as a real process: wakes, sends, ends when asked, and loses and repeats nothing when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.engine import make_url

from crosslinks.jobs.models import Job
from crosslinks.jobs.queries import worker_is_alive
from crosslinks.jobs.rules import JobState
from crosslinks.kernel.db import Base, _queue_for, db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import queue_mail
from crosslinks.mail.rules import MailState
from tests.factories import NOW
from tests.instances import ROOT, Instance, close_database
from tests.jobs.factories import get, make_job
from tests.mail.smtp import SmtpDouble, Taken, smtp_server

__all__ = ["smtp_server"]


@pytest.fixture
def instance(tmp_path: Path, database_url: str, smtp_server: SmtpDouble) -> Iterator[Instance]:
    """An instance with tables and a mail server; on PostgreSQL in a schema of its own."""
    settings = {"SMTP_URL": smtp_server.url}
    if database_url.startswith("sqlite"):
        yield Instance(tmp_path, f"sqlite:///{tmp_path / 'crosslinks.sqlite'}", settings)
        return
    name = f"worker_{os.getpid()}_{time.monotonic_ns()}"
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield Instance(tmp_path, make_url(database_url).set(database=name).render_as_string(hide_password=False), settings)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def own_app(instance: Instance) -> Iterator[Flask]:
    app = instance.app()
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield app
    close_database(app)


@contextmanager
def working(instance: Instance) -> Iterator[subprocess.Popen[bytes]]:
    with (instance.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.worker_process"],
            cwd=ROOT, env=instance.environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)


def until(true: Callable[[], object], instance: Instance, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, (instance.folder / "worker.log").read_text()[-4000:]
        time.sleep(0.02)


def queue(*addresses: str) -> None:
    with transaction():
        for address in addresses:
            queue_mail(kind="place", language="en", to_address=address, to_name="Kari", data={"name": "Kari"}, now=NOW)


def states() -> set[MailState]:
    db.session.rollback()
    return set(db.session.scalars(select(OutboxMail.state)))


def lapse_leases() -> None:
    with transaction():
        db.session.execute(update(OutboxMail).values(lease_until=None))


def test_mail_goes_while_a_long_job_runs_and_the_end_gives_the_job_back(
    own_app: Flask, instance: Instance, smtp_server: SmtpDouble
) -> None:
    job_id = make_job("take_long", {"seconds": 60})
    with working(instance) as process:
        until(lambda: get(job_id).done > 0, instance)
        assert worker_is_alive()
        asked = time.monotonic()
        queue("kari@example.org")
        until(lambda: smtp_server.taken, instance, 20)
        assert time.monotonic() - asked < 8, "the job takes a minute"
        until(lambda: states() == {MailState.SENT}, instance, 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    job = get(job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert not worker_is_alive()
    assert not list((instance.folder / "worker").iterdir())


def test_an_idle_worker_costs_next_to_nothing(own_app: Flask, instance: Instance) -> None:
    with working(instance) as process:
        until(worker_is_alive_now, instance)
        seen = psutil.Process(process.pid)
        time.sleep(1)
        before = seen.cpu_times()
        time.sleep(2)
        after = seen.cpu_times()
        used = after.user + after.system - before.user - before.system
        assert used < 0.1, f"{used:.2f} s of CPU in 2 s"
        assert "weasyprint" not in Path(f"/proc/{process.pid}/maps").read_text().lower()


def worker_is_alive_now() -> bool:
    db.session.rollback()
    return worker_is_alive()


@contextmanager
def row_held() -> Iterator[None]:
    """Keep every row of the outbox from being updated: by the writers' lock, on PostgreSQL by row locks."""
    queue_of_writers = _queue_for(db.engine)
    if queue_of_writers is not None:
        with queue_of_writers.turn():
            yield
    else:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT id FROM mail FOR UPDATE"))
            yield
            connection.rollback()


def test_killed_after_the_250_and_before_the_row_says_so_sends_no_second_copy(
    own_app: Flask, instance: Instance, smtp_server: SmtpDouble
) -> None:
    """The row is locked before the server answers: the worker has its 250 and waits to write it down when it dies."""
    reached, answered = threading.Event(), threading.Event()
    let_go = threading.Event()

    def hold(_taken: Taken) -> None:
        reached.set()
        assert held.wait(10)

    held = threading.Event()
    smtp_server.before_250 = hold
    smtp_server.after_250 = lambda _taken: answered.set()

    def keep_rows() -> None:
        with own_app.app_context(), row_held():
            held.set()
            assert let_go.wait(10)

    queue("kari@example.org")
    with working(instance) as process:
        assert reached.wait(60)
        keeper = threading.Thread(target=keep_rows)
        keeper.start()
        assert answered.wait(10)
        note_is_written(instance)
        process.kill()
        process.wait(10)
    let_go.set()
    keeper.join()
    assert states() == {MailState.QUEUED}

    smtp_server.before_250 = smtp_server.after_250 = None
    lapse_leases()
    with working(instance):
        until(lambda: states() == {MailState.SENT}, instance)
    assert len(smtp_server.taken) == 1


def note_is_written(instance: Instance) -> None:
    until(lambda: any(note.stat().st_size for note in (instance.folder / "worker").iterdir()), instance, 5)


def test_workers_killed_in_the_middle_lose_nothing(own_app: Flask, instance: Instance, smtp_server: SmtpDouble) -> None:
    smtp_server.delay = 0.01
    addresses = [f"p{number}@example.org" for number in range(40)]
    queue(*addresses)
    with working(instance) as one, working(instance) as other:
        until(lambda: len(smtp_server.taken) >= 15, instance)
        one.kill()
        other.kill()
    lapse_leases()
    with working(instance):
        until(lambda: states() == {MailState.SENT}, instance)
    assert set(smtp_server.receivers()) == set(addresses)
    copies: dict[str, set[str]] = {}
    for taken in smtp_server.taken:
        copies.setdefault(taken.receiver, set()).add(taken.message_id)
    assert all(len(ids) == 1 for ids in copies.values()), "a second copy has the Message-ID of the first"
    assert len(smtp_server.taken) <= len(addresses) + 2, "at most what each killed worker had under way"


def test_once_does_what_is_due_and_ends(own_app: Flask, instance: Instance, smtp_server: SmtpDouble) -> None:
    queue("kari@example.org")
    job_id = make_job("take_long", {"seconds": 0})
    done = subprocess.run(
        [sys.executable, "-m", "tests.jobs.worker_process", "--once"],
        cwd=ROOT, env=instance.environment, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert smtp_server.receivers() == ["kari@example.org"]
    db.session.rollback()
    assert db.session.scalar(select(Job.state).where(Job.id == job_id)) is JobState.DONE
