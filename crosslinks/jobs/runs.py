"""What a job's handler is given: its payload, a way to report progress, and a place for its result."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from crosslinks.config import settings
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import report_progress
from crosslinks.jobs.rules import SECONDS_BETWEEN_PROGRESS, JobStopped
from crosslinks.kernel.db import transaction


class JobRun:
    """One attempt at one job. A handler uses it outside of transactions; it opens its own small ones."""

    def __init__(self, job: Job, ending: Callable[[], bool] = lambda: False) -> None:
        self.job_id = job.id
        self.kind = job.kind
        self.conference_id = job.conference_id
        self.edition_id = job.edition_id
        self.payload: dict[str, Any] = dict(job.payload)
        self.created_by = job.created_by
        self.outcome: dict[str, Any] = {}
        self.file_name = ""
        self.file_type = ""
        self._owner = job.lease_owner
        self._ending = ending
        self._told = -SECONDS_BETWEEN_PROGRESS
        self._stop = False

    def progress(self, done: int, total: int) -> None:
        """Report how far it is, in things that people count; raises ``JobStopped`` when it shall end.

        Call it as often as you like: at most two reports a second are written, and the last one.
        """
        self._check_ending()
        if monotonic() - self._told < SECONDS_BETWEEN_PROGRESS and done < total:
            return
        self._told = monotonic()
        with transaction():
            go_on = report_progress(job_id=self.job_id, owner=self._owner, done=done, total=total)
        if not go_on:
            self._stop = True
            raise JobStopped

    @property
    def asked_to_stop(self) -> bool:
        """Whether somebody asked this job to stop, or another worker took it; the worker's own end is neither."""
        return self._stop

    def stopped(self) -> bool:
        """Say whether it was asked to stop, as far as the last report of progress knows."""
        return self._stop or self._ending()

    def _check_ending(self) -> None:
        if self.stopped():
            raise JobStopped

    def finish_file(self, content: Path | bytes, name: str, media_type: str) -> None:
        """Keep the result for download under ``name``: bytes, or a file that is moved away from where it is."""
        target = result_path(self.job_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        if isinstance(content, bytes):
            part.write_bytes(content)
        else:
            shutil.move(content, part)
        part.replace(target)
        self.file_name = name
        self.file_type = media_type


Handler = Callable[[JobRun], None]


def result_path(job_id: int) -> Path:
    """Return where the result file of a job lies while it lives."""
    return settings().files / f"job-{job_id}.result"
