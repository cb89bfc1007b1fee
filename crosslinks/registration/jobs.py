"""What registration does in the background."""

from __future__ import annotations

from crosslinks.jobs.runs import Handler, JobRun
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.registration.returning import SEND_LINK, send_place_link


def send_lost_link(run: JobRun) -> None:
    """Look whether an address is registered: here nobody can measure it."""
    with transaction():
        send_place_link(now=now(), edition_id=run.payload["edition"], email=run.payload["email"])


JOBS: dict[str, Handler] = {SEND_LINK: send_lost_link}
