"""``crosslinks worker``: sends the mail, does the jobs, makes the rounds.

One process with five threads. Long jobs have the main thread, because only there may a job start a process (printing
does); mail, quick jobs and the rounds have a thread each, so that a long job holds none of them back; the pulse, the
fifth, notices commits, tells that the worker lives and keeps the leases of what takes long. The threads wait for the
network and the database nearly all of the time, so one process is enough, and several are harmless.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from crosslinks.app import create_app
from crosslinks.config import ConfigurationError, settings
from crosslinks.documents.renderer import renderer
from crosslinks.jobs.operations import forget_beat, note_beat, renew_job_leases
from crosslinks.jobs.queries import job_is_held, worker_is_alive
from crosslinks.jobs.wake import waker_for
from crosslinks.jobs.work import Rounds, work_one
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.delivery import Delivery
from crosslinks.mail.smtp import Postman, read_smtp_url

log = logging.getLogger(__name__)

SECONDS_BETWEEN_BEATS = 10.0
SECONDS_BETWEEN_RENEWALS = 15.0
SECONDS_OF_IDLING = 5.0
"""How long to wait at most before looking for what became due by itself, such as another attempt."""
SECONDS_AFTER_TROUBLE = 3.0
SECONDS_TO_END = 12.0
LONGEST_WAIT_FOR_COMMIT = 0.2
FORGET_WORKERS = timedelta(hours=1)


class Worker:
    """The threads of one worker process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.owner = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.wake_jobs = threading.Event()
        self.wake_mail = threading.Event()
        self.wake_quick = threading.Event()
        self.delivery: Delivery | None = None
        self._ending = False
        self._mail_runs = False

    def ending(self) -> bool:
        """Say whether the worker was asked to end."""
        return self._ending

    def end(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask the worker to end; only sets a flag, since a signal may come at any point."""
        self._ending = True

    def prepare_mail(self) -> None:
        """Set up the sending of mail, when a server is set up and can be understood."""
        with self.app.app_context():
            url = settings().smtp_url
            if not url:
                log.info("no mail server is set up: messages wait in the outbox")
                return
            try:
                self.delivery = Delivery(self.owner, Postman(read_smtp_url(url)), self.ending)
            except ConfigurationError as error:
                log.error("mail is not sent: %s", error)  # noqa: TRY400 - the operator needs the sentence, not the trace

    def work_once(self) -> None:
        """Send all mail that is due, make the rounds and do all jobs, then return."""
        self.prepare_mail()
        with self.app.app_context():
            Rounds(self.app.extensions["crosslinks.rounds"]).go()
        while not self._ending and (self._send() or self._do_quick_job() or self._do_job()):
            continue
        if self.delivery:
            self.delivery.close()

    def work(self) -> int:
        """Work until asked to end; return the exit code."""
        self.prepare_mail()
        threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for name, target in (
                ("pulse", self._pulse),
                ("rounds", self._rounds),
                ("quick", self._quick),
                ("mail", self._mail),
            )
            if name != "mail" or self.delivery
        ]
        for thread in threads:
            thread.start()
        log.info("worker %s is ready", self.owner)
        while not self._ending and all(thread.is_alive() for thread in threads):
            self.wake_jobs.clear()
            if not self._careful(self._do_job) and not self._ending:
                self.wake_jobs.wait(SECONDS_OF_IDLING)
        asked = self._ending
        self._end(threads)
        return 0 if asked else 1

    def _end(self, threads: list[threading.Thread]) -> None:
        self._ending = True
        self._wake_all()
        until = time.monotonic() + SECONDS_TO_END
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._careful(self._forget)
        log.info("worker %s has ended", self.owner)

    def _forget(self) -> None:
        with self.app.app_context(), transaction():
            forget_beat(name=self.owner)

    def _careful(self, act: Callable[[], object]) -> object:
        """Call ``act``; when it breaks, which is the database's or our own fault, log it and wait a little."""
        try:
            return act()
        except Exception:
            log.exception("the worker stumbled")
            self._rest(SECONDS_AFTER_TROUBLE)
            return None

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._ending and time.monotonic() < until:
            time.sleep(min(0.2, max(0.0, until - time.monotonic())))

    def _do_job(self, *, quick: bool = False) -> bool:
        with self.app.app_context():
            return work_one(owner=f"{self.owner}-quick" if quick else self.owner, quick=quick, ending=self.ending)

    def _do_quick_job(self) -> bool:
        return self._do_job(quick=True)

    def _quick(self) -> None:
        while not self._ending:
            self.wake_quick.clear()
            if not self._careful(self._do_quick_job) and not self._ending:
                self.wake_quick.wait(SECONDS_OF_IDLING)

    def _send(self) -> bool:
        if self.delivery is None:
            return False
        with self.app.app_context():
            self._mail_runs = True
            try:
                return self.delivery.send_batch() > 0 and not self.delivery.pause
            finally:
                self._mail_runs = False

    def _mail(self) -> None:
        delivery = self.delivery
        while delivery and not self._ending:
            self.wake_mail.clear()
            if self._careful(self._send):
                continue
            delivery.rest()
            if delivery.pause:
                self._rest(delivery.pause)
            elif not self._ending:
                self.wake_mail.wait(SECONDS_OF_IDLING)
        if delivery:
            delivery.close()

    def _rounds(self) -> None:
        rounds = Rounds(self.app.extensions["crosslinks.rounds"])

        def go() -> None:
            with self.app.app_context():
                rounds.go()

        while not self._ending:
            self._careful(go)
            self._rest(1.0)

    def _pulse(self) -> None:
        with self.app.app_context():
            waker = waker_for(db.engine.url)
        beat_at = renew_at = 0.0
        while not self._ending:
            try:
                woken = waker.wait(LONGEST_WAIT_FOR_COMMIT)
                if time.monotonic() >= beat_at:
                    self._beat()
                    beat_at = time.monotonic() + SECONDS_BETWEEN_BEATS
                if time.monotonic() >= renew_at:
                    self._renew()
                    renew_at = time.monotonic() + SECONDS_BETWEEN_RENEWALS
            except Exception:
                log.exception("the pulse stumbled")
                woken = True
                self._rest(SECONDS_AFTER_TROUBLE)
            if woken:
                self._wake_all()
        self._wake_all()
        waker.close()

    def _wake_all(self) -> None:
        for event in (self.wake_jobs, self.wake_mail, self.wake_quick):
            event.set()

    def _beat(self) -> None:
        with self.app.app_context(), transaction():
            note_beat(name=self.owner, forget_after=FORGET_WORKERS)

    def _renew(self) -> None:
        with self.app.app_context():
            if job_is_held(self.owner):
                with transaction():
                    renew_job_leases(owner=self.owner)
            if self._mail_runs and self.delivery:
                self.delivery.renew()


def _wait_for_tables(worker: Worker) -> None:
    """Wait while the database is not there yet, or its tables are not."""
    while not worker.ending():
        try:
            with worker.app.app_context():
                worker_is_alive()
        except SQLAlchemyError as error:
            log.warning("the database is not ready: %s", str(error).splitlines()[0])
            time.sleep(1.0)
        else:
            return


def work(app: Flask) -> int:
    """Work for an application until a signal asks to end; return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stdout)
    worker = Worker(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.end)
    _wait_for_tables(worker)
    try:
        return worker.work()
    finally:
        renderer.close()


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
def worker_command(once: bool) -> None:
    """Send the mail and do the background work. ``serve`` runs one already; more of them are harmless."""
    try:
        app = create_app()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    if once:
        Worker(app).work_once()
        return
    raise SystemExit(work(app))
