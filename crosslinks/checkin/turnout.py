"""How many of those with a place in the room came, kept with the edition: forecasts of later ones read it.

It outlives the registrations, which are erased.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from crosslinks.checkin.models import Attendance
from crosslinks.editions.models import Edition
from crosslinks.jobs.work import Round
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place

COUNTED_FOR = timedelta(days=7)
"""After the day: phones that were offline may still send what they scanned."""


def note_turnout(moment: datetime) -> None:
    """Write ``onsite_places`` and ``onsite_came`` into the figures of editions that ended in the last days.

    Nothing is written for an edition where nobody was scanned, and nothing again once it is right.
    """
    ended = db.session.scalars(
        select(Edition.id).where(Edition.ends_at <= moment, Edition.ends_at > moment - COUNTED_FOR)
    ).all()
    for edition_id in ended:
        counted = _count(edition_id)
        known = db.session.get_one(Edition, edition_id).figures
        if counted["onsite_came"] and known != known | counted:
            with transaction():
                edition = db.session.get_one(Edition, edition_id)
                edition.figures = edition.figures | counted


def _count(edition_id: int) -> dict[str, int]:
    row = db.session.execute(
        select(func.count(), func.count(Attendance.first_at))
        .select_from(Registration)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .where(Registration.edition_id == edition_id, Registration.place == Place.ONSITE)
    ).one()
    return {"onsite_places": row[0], "onsite_came": row[1]}


ROUNDS = (Round("checkin.turnout", timedelta(hours=1), note_turnout),)
