"""What a background job is."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

MAX_ATTEMPTS = 3
"""How often a job is begun: a worker that dies with it leaves it to the next, but not for ever."""
LEASE = timedelta(seconds=60)
FILE_LIFE = timedelta(hours=24)
SECONDS_BETWEEN_PROGRESS = 0.5
WORKER_ENDED = "job.worker_ended"
"""Why a job has failed that no worker could do to its end."""


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


LIVE = (JobState.QUEUED, JobState.RUNNING)


class JobStopped(Exception):
    """Somebody asked for this job to stop, or another worker has taken it; the handler ends by it."""


def share_done(done: int, total: int) -> float:
    """Return how much of a job is done, 0 to 1; 0 while its size is unknown."""
    return min(1.0, done / total) if total > 0 else 0.0
