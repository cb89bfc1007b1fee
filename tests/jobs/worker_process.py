"""``crosslinks worker`` as a process, which also knows the tests' own letter and jobs."""

from __future__ import annotations

import time
from contextlib import ExitStack

from flask import Flask

from crosslinks import worker
from crosslinks.app import create_app
from crosslinks.jobs.runs import JobRun
from tests.jobs.factories import jobs_known
from tests.mail.letters import letters_known


def take_long(run: JobRun) -> None:
    """Count to ``payload["seconds"]`` in tenths."""
    total = 10 * int(run.payload["seconds"])
    for number in range(total):
        run.progress(number, total)
        time.sleep(0.1)


if __name__ == "__main__":
    with ExitStack() as known:

        def create_known_app() -> Flask:
            app = create_app()
            known.enter_context(letters_known(app))
            known.enter_context(jobs_known(app, take_long=take_long))
            return app

        worker.create_app = create_known_app
        worker.worker_command()
