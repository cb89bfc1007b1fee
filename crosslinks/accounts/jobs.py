"""What accounts do in the background."""

from __future__ import annotations

from crosslinks.accounts.operations import SEND_LINK, send_link
from crosslinks.jobs.runs import Handler, JobRun
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction


def send_sign_in_link(run: JobRun) -> None:
    """Look whether the address that asked for a link has an account: here nobody can measure it."""
    with transaction():
        send_link(email=run.payload["email"], language=run.payload["language"], now=now())


JOBS: dict[str, Handler] = {SEND_LINK: send_sign_in_link}
