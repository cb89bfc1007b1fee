"""Processes killed in the middle of their work: whoever was answered has a place and a mail, and nobody two.

A kill counts only when a client's request was cut by it, or a mail was in flight.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import create_engine, select, text

from crosslinks.kernel.db import db
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.registration.models import Registration
from tests.conftest import ON_POSTGRES
from tests.instances import Instance, close_database
from tests.mail.smtp import SmtpDouble, Taken, smtp_server
from tests.storm.clients import Answer, storm
from tests.storm.test_places import make_day_of_300

__all__ = ["smtp_server"]

SERVER_KILLS = 4
"""With the job worker's that makes five."""
BATCH, CLIENTS, MOST_BATCHES = 60, 8, 12
PATIENCE = 90


def children(parent: psutil.Process, name: str) -> list[psutil.Process]:
    """Return the processes of a server that go by that name."""
    found = []
    for process in parent.children(recursive=True):
        try:
            if process.name() == name:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def http_workers(parent: psutil.Process) -> list[psutil.Process]:
    """Return the processes that answer requests: the children of the child that listens."""
    return children(parent, "cx-http-worker")


def kill(process: psutil.Process) -> None:
    with_signal = signal.SIGKILL
    try:
        os.kill(process.pid, with_signal)
    except ProcessLookupError:
        return


def local_part(message_id: str) -> str:
    """Return what a Message-ID on the wire shares with its row: the domain is put in when it is sent."""
    return message_id.partition("@")[0]


@contextmanager
def mail_row_held(instance: Instance, message_id: str) -> Iterator[None]:
    """Let nobody write the row of a message: on SQLite nobody writes at all, on PostgreSQL the row is locked."""
    if not ON_POSTGRES:
        path = Path(instance.database_url.removeprefix("sqlite:///") + ".writers")
        with path.open("rb") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield
        return
    engine = create_engine(instance.database_url)
    with engine.begin() as connection:
        held = connection.execute(
            text("SELECT id FROM mail WHERE message_id LIKE :id FOR UPDATE"), {"id": f"{local_part(message_id)}@%"}
        )
        assert held.rowcount == 1, "no row is held"
        yield
    engine.dispose()


@dataclass
class BetweenAnswerAndNote:
    """Kills the job worker once, after the mail server's 250 and before the row can say so."""

    instance: Instance
    parent: psutil.Process
    killed: list[str] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    _held: list[object] = field(default_factory=list)

    def before_250(self, taken: Taken) -> None:
        if self.killed:
            return
        holder = mail_row_held(self.instance, taken.message_id)
        holder.__enter__()
        self._held.append(holder)
        self.killed.append(taken.message_id)

    def after_250(self, taken: Taken) -> None:
        if self.killed != [taken.message_id] or not self._held:
            return
        threading.Thread(target=self._kill).start()

    def _kill(self) -> None:
        time.sleep(0.3)
        for worker in children(self.parent, "cx-worker"):
            kill(worker)
            self.dead.append(worker.pid)
        time.sleep(0.2)
        holder = self._held.pop()
        holder.__exit__(None, None, None)  # type: ignore[attr-defined]


def storm_with_a_kill(instance: Instance, parent: psutil.Process, first: int) -> list[Answer]:
    """Register a batch of people, and kill a server process while requests of it are under way."""
    answers: list[Answer] = []
    numbers = range(first, first + BATCH)
    clients = threading.Thread(
        target=storm, args=(instance.port, numbers, CLIENTS), kwargs={"again": True, "answers": answers}
    )
    clients.start()
    while len(answers) < BATCH // 4 and clients.is_alive():
        time.sleep(0.005)
    workers = http_workers(parent)
    if workers:
        kill(workers[0])
    clients.join()
    return answers


@dataclass(frozen=True)
class Row:
    """What the database says of one person."""

    reference: str
    mails: int
    sent: int


def rows(instance: Instance) -> dict[str, Row]:
    """Return every registration by its address."""
    app = instance.app()
    with app.app_context():
        found = db.session.execute(select(Registration.id, Registration.email, Registration.reference)).all()
        mails = db.session.execute(select(OutboxMail.registration_id, OutboxMail.state)).all()
    close_database(app)
    count = Counter(registration for registration, _state in mails)
    sent = Counter(registration for registration, state in mails if state is MailState.SENT)
    return {email: Row(reference, count[number], sent[number]) for number, email, reference in found}


def wait_until_sent(instance: Instance) -> dict[str, int]:
    deadline = time.monotonic() + PATIENCE
    while True:
        mail: dict[str, int] = instance.figures()["mail"]
        if mail["queued"] == 0 or time.monotonic() > deadline:
            return mail
        time.sleep(1)


def test_nothing_that_was_answered_is_lost(instance: Instance, smtp_server: SmtpDouble) -> None:
    instance.settings["SMTP_URL"] = smtp_server.url
    instance.settings["WRITES_PER_ADDRESS"] = "100"
    make_day_of_300(instance)
    answers: list[Answer] = []
    counted = batches = 0
    with instance.serving("--workers", "2") as parent:
        between = BetweenAnswerAndNote(instance, parent)
        smtp_server.before_250, smtp_server.after_250 = between.before_250, between.after_250
        while counted < SERVER_KILLS and batches < MOST_BATCHES:
            batch = storm_with_a_kill(instance, parent, batches * BATCH)
            counted += any(answer.status == 0 for answer in batch)
            answers += batch
            batches += 1
        mail = wait_until_sent(instance)

    assert counted == SERVER_KILLS, "too few kills cut a request"
    assert between.dead, "no worker was killed between the 250 and the note of it"
    assert {answer.status for answer in answers} <= {0, 201}

    known = rows(instance)
    acknowledged = {answer.number for answer in answers if answer.status == 201}
    assert acknowledged == set(range(batches * BATCH))
    assert {f"guest.{number}@example.org" for number in acknowledged} == set(known)
    assert all(row.mails >= 1 for row in known.values()), "somebody has no mail"
    assert mail["queued"] == mail["failed"] == 0
    received = Counter(one.message_id for one in smtp_server.taken)
    twice = [message_id for message_id, times in received.items() if times > 1]
    assert set(twice) <= set(between.killed), "somebody whose 250 was noted was mailed again"
    assert 1 <= received[between.killed[0]] <= 2, "a second copy may go, with the same Message-ID, and no third"
    assert len(received) == sum(row.mails for row in known.values()), "a mail was lost"
