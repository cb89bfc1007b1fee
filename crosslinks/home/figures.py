"""The figures of an edition at a glance, for the overview and the command line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crosslinks.checkin.models import Attendance, Scan
from crosslinks.documents.models import BadgePrint
from crosslinks.editions.kept import kept_figures
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import UNSENT, MailState
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import count_cancelled, count_modes
from crosslinks.registration.rules import ModeCount, Place


@dataclass(frozen=True)
class EditionFigures:
    """What an organizer wants to know first; ``mail`` counts messages by state."""

    modes: dict[Mode, ModeCount]
    cancelled: int
    scans: int
    admitted: int
    mail: dict[MailState, int]
    waiting_with_stream: int

    def as_json(self) -> dict[str, Any]:
        """Return the figures as ``edition show --json`` prints them."""
        return {
            "modes": {
                mode.value: {
                    "capacity": count.capacity,
                    "places": count.places,
                    "confirmed": count.confirmed,
                    "waiting": count.waiting,
                    "free": count.free,
                }
                for mode, count in self.modes.items()
            },
            "cancelled": self.cancelled,
            "scans": self.scans,
            "admitted": self.admitted,
            "mail": {
                "queued": self.mail[MailState.QUEUED],
                "sent": self.mail[MailState.SENT],
                "failed": sum(self.mail[state] for state in UNSENT),
            },
        }


def edition_figures(edition_id: int) -> EditionFigures:
    """Count one edition's places, scans and messages, of people erased since too; a fixed number of statements."""
    states = db.session.execute(
        select(OutboxMail.state, func.count()).where(OutboxMail.edition_id == edition_id).group_by(OutboxMail.state)
    ).all()
    by_state: dict[MailState, int] = {row[0]: row[1] for row in states}
    kept = {name: sum(steps.values()) for name, steps in kept_figures(edition_id).items()}
    return EditionFigures(
        modes=count_modes(edition_id),
        cancelled=count_cancelled(edition_id) + kept.get("cancelled", 0),
        scans=_count(Scan.edition_id == edition_id),
        admitted=_count(Attendance.edition_id == edition_id, Attendance.first_at.is_not(None))
        + kept.get("attended", 0),
        mail={state: by_state.get(state, 0) + kept.get(f"mail_{state.value}", 0) for state in MailState},
        waiting_with_stream=_count(
            Registration.edition_id == edition_id,
            Registration.wants == Place.ONSITE,
            Registration.place == Place.DIGITAL,
        ),
    )


def _count(*conditions: Any) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


def count_unprinted(edition_id: int) -> int:
    """Return how many people in the room have no printed badge yet."""
    printed = select(BadgePrint.id).where(BadgePrint.registration_id == Registration.id).exists()
    return _count(Registration.edition_id == edition_id, Registration.place == Place.ONSITE, ~printed)


@dataclass(frozen=True)
class Growth:
    """Confirmed registrations per day, added up: one value per day for the room and for the stream."""

    days: list[datetime]
    onsite: list[int]
    digital: list[int]


def registrations_over_time(edition: Edition, now: datetime) -> Growth:
    """Return how today's confirmed registrations came together, day by day in the edition's zone."""
    rows = db.session.execute(
        select(Registration.created_at, Registration.place).where(
            Registration.edition_id == edition.id, Registration.place != Place.NONE
        )
    )
    per_day: dict[Place, Counter[datetime]] = {Place.ONSITE: Counter(), Place.DIGITAL: Counter()}
    for created_at, place in rows:
        per_day[place][_midnight(created_at, edition.zone)] += 1
    everything = per_day[Place.ONSITE] | per_day[Place.DIGITAL]
    if not everything:
        return Growth([], [], [])
    days = _days(min(everything), _midnight(now, edition.zone))
    return Growth(days, _added_up(per_day[Place.ONSITE], days), _added_up(per_day[Place.DIGITAL], days))


def _midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _days(first: datetime, last: datetime) -> list[datetime]:
    count = (last.date() - first.date()).days + 1
    return [first + timedelta(days=number) for number in range(max(count, 1))]


def _added_up(per_day: Counter[datetime], days: list[datetime]) -> list[int]:
    total, line = 0, []
    for day in days:
        total += per_day[day]
        line.append(total)
    return line
