"""What registration does in the background: places in steps and by the conference's clock, lost links."""

from __future__ import annotations

from datetime import datetime, timedelta

from crosslinks.jobs.runs import Handler, JobRun
from crosslinks.jobs.work import Round
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.registration.lapses import lapse_due, list_due
from crosslinks.registration.reconfirm import list_steps_due, take_step
from crosslinks.registration.returning import SEND_LINK, send_place_link
from crosslinks.registration.waiting_list import PROMOTE, go_on_promoting


def promote_the_rest(edition_id: int) -> None:
    """Hand out what is held back, step by step; other writers come in between."""
    more = True
    while more:
        with transaction():
            more = go_on_promoting(now=now(), edition_id=edition_id)


def _promote(run: JobRun) -> None:
    if run.edition_id is not None:
        promote_the_rest(run.edition_id)


def lapse(moment: datetime) -> None:
    """End what has lapsed, and go on handing out places where a job was lost."""
    for edition_id in list_due(moment):
        more = True
        while more:
            with transaction():
                more = lapse_due(now=moment, edition_id=edition_id)
        promote_the_rest(edition_id)


def reconfirm(moment: datetime) -> None:
    """Ask, warn and give places on where it is due."""
    for edition_id, step in list_steps_due(moment):
        more = True
        while more:
            with transaction():
                more = take_step(now=moment, edition_id=edition_id, step=step)
        promote_the_rest(edition_id)


def send_lost_link(run: JobRun) -> None:
    """Look whether an address is registered: here nobody can measure it."""
    with transaction():
        send_place_link(now=now(), edition_id=run.payload["edition"], email=run.payload["email"])


JOBS: dict[str, Handler] = {PROMOTE: _promote, SEND_LINK: send_lost_link}
ROUNDS = (
    Round("registration.lapse", timedelta(minutes=1), lapse),
    Round("registration.reconfirm", timedelta(minutes=1), reconfirm),
)
