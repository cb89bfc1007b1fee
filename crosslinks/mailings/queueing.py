"""The job that queues a mailing's messages, in chunks, and begins anew without harm when it was cut off."""

from __future__ import annotations

from crosslinks.editions.queries import get_edition_by_id
from crosslinks.jobs.runs import Handler, JobRun
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.mailings.audiences import list_reached
from crosslinks.mailings.campaigns import CHUNK, QUEUE, audience_of, finish_queueing, queue_chunk
from crosslinks.mailings.models import Mailing


def queue_messages(run: JobRun) -> None:
    """Queue one message to each person that the mailing reaches now; raises ``JobStopped``."""
    mailing_id = int(run.payload["mailing"])
    mailing = db.session.get(Mailing, mailing_id)
    if mailing is None or mailing.queued_at is not None:
        return
    people = list_reached(get_edition_by_id(mailing.edition_id), mailing.purpose, audience_of(mailing))
    db.session.rollback()
    for first in range(0, len(people), CHUNK):
        run.progress(first, len(people))
        with transaction():
            goes_on = queue_chunk(mailing_id=mailing_id, people=people[first : first + CHUNK], now=now())
        if not goes_on:
            return
    with transaction():
        finish_queueing(mailing_id=mailing_id, now=now())
    run.progress(len(people), len(people))


JOBS: dict[str, Handler] = {QUEUE: queue_messages}
