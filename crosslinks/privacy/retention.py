"""What is erased by itself: every day, the people of each edition whose erase date has come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from crosslinks.editions.queries import get_edition_by_id
from crosslinks.jobs import erasure as jobs
from crosslinks.jobs.runs import Handler, JobRun
from crosslinks.jobs.work import Round
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import forget_old_pages, transaction
from crosslinks.privacy.operations import FEATURES, RETENTION, SWEEPS, erase_some
from crosslinks.privacy.queries import count_people, list_due_editions

log = logging.getLogger(__name__)
ROUND_NAME = "privacy.retention"
ERASE_JOB = "privacy.erase_edition"


def erase_edition(
    edition_id: int,
    *,
    actor: Actor,
    job_id: int | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Erase everybody of an edition and what it still says of them, in short transactions; return how many.

    Other jobs of the edition are stopped then: ``job_id`` is the one that does this.
    """
    erased = 0
    while True:
        with transaction():
            some = erase_some(actor=actor, now=now(), edition=get_edition_by_id(edition_id))
        if not some:
            break
        erased += some
        on_progress(erased)
    for sweep in SWEEPS:
        while True:
            with transaction():
                swept = sweep(edition_id=edition_id)
            if not swept:
                break
    if erased:
        with transaction():
            jobs.forget_edition(edition_id=edition_id, but=job_id)
    return erased


def make_round(moment: datetime) -> None:
    """Erase what is past its date: editions' people, then what features keep for a time of their own.

    The latter is a feature's ``erase_expired``, which opens its own transactions: there may be many rows.
    """
    for edition_id in list_due_editions(moment):
        erased = erase_edition(edition_id, actor=RETENTION)
        if erased:
            log.info("edition %s: %s people erased", edition_id, erased)
    for name, feature in FEATURES:
        expire = getattr(feature, "erase_expired", None)
        if expire is not None:
            log.info("%s: %s rows erased past their own date", name, expire(now=moment))
    forget_old_pages()


def run_erase_job(run: JobRun) -> None:
    """Erase an edition's people because an organizer did not want to wait for the date."""
    assert run.edition_id is not None
    total = count_people(run.edition_id)
    actor = Actor.account(int(run.payload["account"]), str(run.payload["by"]))
    run.progress(0, total)
    erased = erase_edition(
        run.edition_id, actor=actor, job_id=run.job_id, on_progress=lambda done: run.progress(done, max(done, total))
    )
    run.outcome = {"people": erased}
    forget_old_pages()


RETENTION_ROUND = Round(ROUND_NAME, timedelta(days=1), make_round)
JOBS: dict[str, Handler] = {ERASE_JOB: run_erase_job}
