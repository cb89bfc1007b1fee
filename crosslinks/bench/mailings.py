"""A mailing to everybody of a large edition: how fast it is queued, and how fast one worker sends it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select, update

from crosslinks.bench.report import Row
from crosslinks.bench.stage import ACTOR
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.jobs.work import work_one
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.mailings.audiences import count_reached
from crosslinks.mailings.campaigns import start_mailing, write_mailing
from crosslinks.mailings.purposes import Audience, Purpose

SENT_AND_COUNTED = 1_500
"""Messages whose sending is timed, after the first ones."""
WARM_UP = 100
PATIENCE = 120
SUBJECT = {"en": "Practical information for {{ edition }}"}
BODY = {
    "en": "Hello {{ given_name }},\n\n## Welcome on {{ weekday }}\n\nThe programme starts at {{ time }}. "
    "[Your place]({{ manage_url }}) has **everything** that you need.\n\n- Come early\n"
    "- Bring the code of your ticket\n\n"
    "Can’t come after all? {{ cancel_url }}"
}


def measure_mailing(edition_id: int, folder: Path, say: Callable[[str], None]) -> list[Row]:
    """Queue a mailing to all people of an edition and let one worker send a part of it to a server on this machine."""
    with transaction():
        db.session.execute(update(OutboxMail).values(state=MailState.SENT))
    people = _start(edition_id)
    say(f"a mailing to {people}")
    begun = time.perf_counter()
    work_one(owner="bench")
    queued = time.perf_counter() - begun
    say("sending it")
    return [
        Row(f"mailing to {people}, queued", queued, "s", limit=5),
        Row("mails sent by one worker", _sent_a_second(folder), "/s", limit=50, at_least=True),
    ]


def _start(edition_id: int) -> int:
    edition = get_edition_by_id(edition_id)
    people = count_reached(edition, Purpose.ABOUT, Audience())
    with transaction():
        mailing = write_mailing(
            actor=ACTOR, now=real_now(), edition=edition, mailing=None, purpose=Purpose.ABOUT, subject=SUBJECT,
            body=BODY, audience=Audience(),
        )  # fmt: skip
        start_mailing(actor=ACTOR, now=real_now(), edition=edition, mailing=mailing, confirmed=people)
    return people


def _sent_a_second(folder: Path) -> float:
    with _worker(folder):
        before = _count_sent()
        first = _wait_for(before + WARM_UP)
        begun = time.perf_counter()
        last = _wait_for(first + SENT_AND_COUNTED)
        return (last - first) / (time.perf_counter() - begun)


def _count_sent() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(OutboxMail.state == MailState.SENT)) or 0


def _wait_for(count: int) -> int:
    deadline = time.monotonic() + PATIENCE
    while (sent := _count_sent()) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {sent} of {count} messages were sent; see worker.log in the folder of the bench")
        time.sleep(0.25)
    return sent


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    """Run one worker that sends to a server on this machine, until the body ends."""
    server = subprocess.Popen([sys.executable, "-m", "crosslinks.bench.mail_server"], stdout=subprocess.PIPE, text=True)
    port = server.stdout.readline().strip() if server.stdout else ""
    known = {**os.environ, "CROSSLINKS_INSTANCE": str(folder), "CROSSLINKS_SMTP_URL": f"smtp://127.0.0.1:{port}"}
    with (folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen([sys.executable, "-m", "crosslinks", "worker"], env=known, stdout=log, stderr=log)
        try:
            yield
        finally:
            for process in (worker, server):
                process.terminate()
                process.wait(30)
            if server.stdout:
                server.stdout.close()
