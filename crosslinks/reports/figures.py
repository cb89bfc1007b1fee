"""Counting an edition for people: registrations by day, ways to take part, professions, who came. Nobody is named.

What was erased is counted by what was kept, so the figures of an edition are the same before and after its erase date.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from crosslinks.checkin.models import Attendance
from crosslinks.checkin.queries import list_arrivals
from crosslinks.editions.kept import kept_figures
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import list_earlier_editions
from crosslinks.kernel.db import db
from crosslinks.live.queries import get_audience
from crosslinks.live.rules import Audience
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place, Profession

MOST_DAYS = 120
MOST_EARLIER = 2
MOST_ORGANISATIONS = 15


@dataclass(frozen=True)
class Curve:
    """Registrations added up, from ``days`` before the event, a value a day; the present edition's ends today."""

    label: str
    values: list[int]


@dataclass(frozen=True)
class Growth:
    """The present edition against earlier ones; ``days_before`` names the steps, from the first to the day itself."""

    days_before: list[int]
    curves: list[Curve]

    @property
    def ahead(self) -> tuple[str, int] | None:
        """How many more (or, below 0, fewer) there are than at the same point of the latest earlier edition."""
        if len(self.curves) < 2 or not self.curves[0].values:
            return None
        now, then = self.curves[0].values, self.curves[1]
        return then.label, now[-1] - then.values[min(len(now), len(then.values)) - 1]


@dataclass(frozen=True)
class Standing:
    """People of an edition by how they take part; ``registered`` are all who ever did."""

    registered: int
    onsite: int
    digital: int
    waiting: int
    cancelled: int


@dataclass(frozen=True)
class Turnout:
    """Who came: into the room, at the stream, and those who had a place in the room and did not."""

    attended: int
    no_shows: int
    stream: Audience
    arrivals: list[tuple[datetime, int]]


@dataclass(frozen=True)
class Rate:
    """How many of those with a place in the room came to an earlier edition."""

    label: str
    places: int
    attended: int

    @property
    def percent(self) -> int:
        """The share that came, in per cent; no more than all of them, whoever walked in."""
        return min(100, round(100 * self.attended / self.places))


def _kept(edition_id: int) -> dict[str, int]:
    return {name: sum(steps.values()) for name, steps in kept_figures(edition_id).items()}


def _scalar(query: Select[int]) -> int:
    return db.session.scalar(query) or 0


def registered_by_day(edition: Edition) -> Counter[date]:
    """Return how many registered on each day of the edition's zone, cancelled and erased ones too."""
    zone = edition.zone
    days: Counter[date] = Counter()
    for moment in db.session.scalars(select(Registration.created_at).where(Registration.edition_id == edition.id)):
        days[moment.astimezone(zone).date()] += 1
    for step, count in kept_figures(edition.id).get("registered", {}).items():
        days[date.fromisoformat(step)] += count
    return days


def compare_growth(edition: Edition, now: datetime) -> Growth:
    """Return this edition's registrations against those of the latest two earlier editions that have any."""
    shown = [(edition.slug, edition, registered_by_day(edition))]
    for earlier in list_earlier_editions(edition):
        if len(shown) <= MOST_EARLIER and (days := registered_by_day(earlier)):
            shown.append((earlier.slug, earlier, days))
    firsts = [(_day_of(one) - min(days)).days for _label, one, days in shown if days]
    if not firsts:
        return Growth([], [])
    span = max(1, min(MOST_DAYS, max(firsts)))
    left = max(0, (_day_of(edition) - now.astimezone(edition.zone).date()).days)
    curves = [
        Curve(label, _added_up(days, _day_of(one), span, left if one is edition else 0)) for label, one, days in shown
    ]
    return Growth(list(range(span, -1, -1)), curves)


def _day_of(edition: Edition) -> date:
    return edition.starts_at.astimezone(edition.zone).date()


def _added_up(days: Counter[date], day: date, span: int, until: int) -> list[int]:
    total = sum(count for when, count in days.items() if (day - when).days > span)
    line = []
    for before in range(span, until - 1, -1):
        total += days[day - timedelta(days=before)]
        line.append(total)
    return line


def count_standing(edition_id: int) -> Standing:
    """Count an edition's people by how they take part; one statement and what was kept."""
    rows = db.session.execute(
        select(Registration.place, Registration.cancelled_at.is_not(None), func.count())
        .where(Registration.edition_id == edition_id)
        .group_by(Registration.place, Registration.cancelled_at.is_not(None))
    ).all()
    kept = _kept(edition_id)
    held: Counter[str] = Counter()
    for place, cancelled, count in rows:
        held["cancelled" if cancelled else "waiting" if place is Place.NONE else place.value] += count
    found = {name: held[name] + kept.get(name, 0) for name in ("onsite", "digital", "waiting", "cancelled")}
    return Standing(sum(held.values()) + kept.get("registered", 0), **found)


def count_professions(edition_id: int) -> dict[Profession, int]:
    """Return the professions of those who hold, or held when they were erased, a place."""
    rows = db.session.execute(
        select(Registration.profession, func.count())
        .where(Registration.edition_id == edition_id, Registration.place != Place.NONE)
        .group_by(Registration.profession)
    )
    found: dict[Profession, int] = {row[0]: row[1] for row in rows}
    kept = _kept(edition_id)
    return {one: found.get(one, 0) + kept.get(f"profession_{one.value}", 0) for one in Profession}


def list_organisations(edition_id: int) -> list[tuple[str, int]]:
    """Return where most people with a place come from, at most 15; what was erased is in no such list."""
    counted = func.count()
    rows = db.session.execute(
        select(func.max(Registration.organisation), counted)
        .where(Registration.edition_id == edition_id, Registration.place != Place.NONE, Registration.organisation != "")
        .group_by(func.lower(Registration.organisation))
        .order_by(counted.desc(), func.lower(Registration.organisation))
        .limit(MOST_ORGANISATIONS)
    )
    return [(row[0], row[1]) for row in rows]


def count_turnout(edition: Edition) -> Turnout:
    """Count who came, and who had a place in the room and did not."""
    came = select(Attendance.registration_id).where(
        Attendance.edition_id == edition.id, Attendance.first_at.is_not(None)
    )
    away = select(func.count()).where(
        Registration.edition_id == edition.id, Registration.place == Place.ONSITE, Registration.id.not_in(came)
    )
    kept = _kept(edition.id)
    erased_came = kept.get("attended", 0) - kept.get("let_in_without_place", 0)
    erased_away = max(0, kept.get("onsite", 0) - erased_came)
    return Turnout(
        attended=_scalar(select(func.count()).select_from(came.subquery())) + kept.get("attended", 0),
        no_shows=_scalar(away) + erased_away,
        stream=get_audience(edition),
        arrivals=list_arrivals(edition.id),
    )


def find_rate(edition: Edition) -> Rate | None:
    """Return how many came of those with a place in the room, at the latest earlier edition whose door was counted."""
    for earlier in list_earlier_editions(edition):
        places = count_standing(earlier.id).onsite
        turnout = count_turnout(earlier)
        if places and turnout.attended:
            return Rate(earlier.slug, places, places - turnout.no_shows)
    return None


def count_assistance(edition_id: int) -> int:
    """Return how many of those with a place in the room need assistance."""
    return _scalar(
        select(func.count()).where(
            Registration.edition_id == edition_id,
            Registration.place == Place.ONSITE,
            Registration.needs_assistance,
        )
    )


def in_the_room(edition_id: int) -> Select[Any]:
    """Return the statement of those who hold a place in the room."""
    return select(Registration.id).where(Registration.edition_id == edition_id, Registration.place == Place.ONSITE)
