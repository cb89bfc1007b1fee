"""A mailing of 500 to a server that refuses, dawdles and hangs up, while the worker is killed twice.

Everybody whom the server did not refuse gets it. Whose 250 was noted is never mailed again; a second copy, with the
same Message-ID, goes only where the 250 itself was lost. Every failure is listed with its reason.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import func, select, update

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.answered import SUFFIX
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.mailings.models import MailingRecipient
from crosslinks.mailings.recipients import Delivered, list_recipients, select_recipients
from tests.instances import ROOT, Instance, close_database
from tests.mail.smtp import SmtpDouble, Taken, smtp_server
from tests.mailings.factories import make_mailing
from tests.registration.factories import make_registration
from tests.storm.test_kill import local_part, mail_row_held
from tests.storm.test_places import make_day_of_300

__all__ = ["smtp_server"]
PEOPLE, SEED, PATIENCE = 500, 20240125, 120
REFUSED = "550 5.1.1 No such mailbox"
SPAM = "554 5.7.1 Looks like spam"


def address(number: int) -> str:
    return f"guest.{number}@example.org"


@dataclass
class Weather:
    """What the server does to whom; drawn once, so that every run is the same."""

    refused: dict[str, str] = field(default_factory=dict)
    hung_up: set[str] = field(default_factory=set)

    def prepare(self, server: SmtpDouble) -> None:
        draw = random.Random(SEED)
        for number in range(PEOPLE):
            chance, receiver = draw.random(), address(number)
            if chance < 0.03:
                self.refused[receiver] = server.receivers_refused[receiver] = REFUSED
            elif chance < 0.05:
                self.refused[receiver] = SPAM
                server.answers[receiver] = [SPAM]
            elif chance < 0.09:
                server.answers[receiver] = [draw.choice(["451 4.7.1 Try later", "421 4.3.2 Closing"])]
            elif chance < 0.11:
                self.hung_up.add(receiver)
                server.answers[receiver] = ["disconnect"]
        server.delay = 0.001


@dataclass
class TwoKills:
    """Kills the worker after the 250 of two messages that it cannot write down: their rows are held meanwhile."""

    instance: Instance
    at: tuple[int, ...]
    worker: subprocess.Popen[bytes]
    killed: list[str] = field(default_factory=list)
    seen: int = 0
    dead: list[int] = field(default_factory=list)
    _held: list[object] = field(default_factory=list)

    def before_250(self, taken: Taken) -> None:
        self.seen += 1
        if self.seen not in self.at:
            return
        holder = mail_row_held(self.instance, taken.message_id)
        holder.__enter__()
        self._held.append(holder)
        self.killed.append(taken.message_id)

    def after_250(self, taken: Taken) -> None:
        if self._held and self.killed[-1] == taken.message_id:
            threading.Thread(target=self._kill, args=(taken.message_id,)).start()

    def _kill(self, message_id: str) -> None:
        self._wait_until_noted(message_id)
        os.kill(self.worker.pid, 9)
        self.worker.wait(10)
        self._held.pop().__exit__(None, None, None)  # type: ignore[attr-defined]
        self.dead.append(self.worker.pid)
        self.worker = start_worker(self.instance)

    def _wait_until_noted(self, message_id: str) -> None:
        """Wait until the worker has noted on disk that this message was answered: a busy machine takes its time."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(FileNotFoundError):  # a dead worker's note goes when its rows say so
                notes = (self.instance.folder / "worker").glob(f"*{SUFFIX}")
                if any(local_part(message_id) in note.read_text("utf-8") for note in notes):
                    return
            time.sleep(0.02)


def start_worker(instance: Instance) -> subprocess.Popen[bytes]:
    with (instance.folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "crosslinks", "worker"], cwd=ROOT, env=instance.environment, stdout=log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip


def prepare(instance: Instance) -> int:
    """Make 500 people whose confirmations are sent, and start a mailing to all of them; return its id."""
    make_day_of_300(instance)
    app = instance.app()
    with app.app_context():
        for first in range(0, PEOPLE, 100):
            with transaction():
                edition = db.session.scalars(select(Edition)).one()
                for number in range(first, first + 100):
                    make_registration(edition, Mode.DIGITAL, email=address(number))
        with transaction():
            db.session.execute(update(OutboxMail).values(state=MailState.SENT))
            made = make_mailing(db.session.scalars(select(Edition)).one(), started=True).id
    close_database(app)
    return made


def hurry(mailing_id: int) -> int:
    """Let nobody wait for another attempt, or for a dead worker's lease; return how many are not done yet."""
    with transaction():
        db.session.execute(
            update(OutboxMail)
            .where(OutboxMail.state == MailState.QUEUED, OutboxMail.next_attempt_at > real_now())
            .values(next_attempt_at=real_now())
        )
    queued = db.session.scalar(
        select(func.count())
        .select_from(MailingRecipient)
        .join(OutboxMail, OutboxMail.id == MailingRecipient.mail_id)
        .where(MailingRecipient.mailing_id == mailing_id, OutboxMail.state != MailState.QUEUED)
    )
    db.session.rollback()
    return PEOPLE - (queued or 0)


def free_leases(dead: int) -> None:
    """Do what time does: a dead worker's leases lapse after a minute; ``dead`` is its process, which its name holds."""
    with transaction():
        db.session.execute(
            update(OutboxMail)
            .where(OutboxMail.state == MailState.QUEUED, OutboxMail.lease_owner.contains(f"-{dead}-"))
            .values(lease_until=None, lease_owner="")
        )


def deliver_all(instance: Instance, mailing_id: int, kills: TwoKills) -> list[Delivered]:
    app = instance.app()
    with app.app_context():
        deadline, seen_dead = time.monotonic() + PATIENCE, 0
        while hurry(mailing_id) and time.monotonic() < deadline:
            if len(kills.dead) > seen_dead:
                free_leases(kills.dead[seen_dead])
                seen_dead += 1
            time.sleep(0.2)
        rows, _total = list_recipients(select_recipients(mailing_id), limit=PEOPLE + 1)
    close_database(app)
    return rows


def test_a_mailing_of_500_in_bad_weather_with_two_kills(instance: Instance, smtp_server: SmtpDouble) -> None:
    instance.settings["SMTP_URL"] = smtp_server.url
    weather = Weather()
    weather.prepare(smtp_server)
    mailing_id = prepare(instance)
    kills = TwoKills(instance, (120, 330), start_worker(instance))
    smtp_server.before_250, smtp_server.after_250 = kills.before_250, kills.after_250
    try:
        rows = deliver_all(instance, mailing_id, kills)
    finally:
        kill_worker(kills.worker)

    assert len(kills.killed) == 2, "the worker was not killed twice between a 250 and its row"
    assert len(rows) == PEOPLE, "somebody was left out or written to twice"
    by_address = {row.address: row for row in rows}
    received = Counter(one.message_id for one in smtp_server.taken)
    reached = Counter(one.receiver for one in smtp_server.taken)
    everybody = {address(number) for number in range(PEOPLE)}
    assert set(reached) == everybody - set(weather.refused), "somebody who was not refused did not get it"
    assert {name for name, row in by_address.items() if row.state is MailState.SENT} == set(reached)
    failures = {name: row.reason for name, row in by_address.items() if row.state is MailState.FAILED}
    assert failures == weather.refused, "a failure is missing or has another reason"
    assert not [one for one, times in received.items() if times > 1], "somebody whose 250 was noted was mailed again"
    ids = {one.receiver: one.message_id for one in smtp_server.taken}
    assert len(set(ids.values())) == len(reached)


def kill_worker(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(15)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait(5)
