"""Why a job has failed, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.jobs.models import Job
from crosslinks.jobs.rules import MAX_ATTEMPTS, WORKER_ENDED


def failure_words(job: Job | None) -> str:
    """Return why a job has failed in the reader's language; what broke in it is told as it was."""
    if job is None:
        return ""
    if job.error == WORKER_ENDED:
        return _("The worker ended while doing this, %(num)s times.", num=MAX_ATTEMPTS)
    return job.error
