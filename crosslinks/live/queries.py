"""Reading the stream and who was there: a fixed number of statements, however many people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.live.models import Presence, Stream
from crosslinks.live.rules import (
    ATTENDED_MINUTES,
    BEAT,
    GAP,
    NOBODY,
    USUAL_LEAD,
    Audience,
    Interval,
    audience_of,
    stream_window,
    together,
)

FIGURES = "stream"
"""What the figures of the stream are called among an edition's figures."""
GONE = "gone"
"""Within them: the figures of people who are erased."""


def find_stream(edition_id: int) -> Stream | None:
    """Return an edition's stream, or None before anything is set."""
    return db.session.get(Stream, edition_id)


def window_of(edition: Edition, stream: Stream | None) -> Interval:
    """Return when an edition's stream is open."""
    return stream_window(edition.starts_at, edition.ends_at, stream.opens_before if stream else USUAL_LEAD)


def find_last_stay(registration_id: int) -> Presence | None:
    """Return the latest stay of a person."""
    return db.session.scalar(
        select(Presence).where(Presence.registration_id == registration_id).order_by(Presence.ends_at.desc()).limit(1)
    )


def count_present(edition_id: int, now: datetime) -> int:
    """Return how many people are at the stream now: their last sign of life is not older than a gap."""
    return (
        db.session.scalar(
            select(func.count(func.distinct(Presence.registration_id))).where(
                Presence.edition_id == edition_id, Presence.ends_at > now - GAP + BEAT, Presence.starts_at <= now
            )
        )
        or 0
    )


def list_stays(registration_id: int) -> list[Interval]:
    """Return when one person was at the stream, in order."""
    rows = db.session.execute(
        select(Presence.starts_at, Presence.ends_at)
        .where(Presence.registration_id == registration_id)
        .order_by(Presence.starts_at)
    )
    return [Interval(*row) for row in rows]


def stays_by_person(edition_id: int) -> dict[int, list[Interval]]:
    """Return when each person of an edition was at the stream, by registration."""
    rows = db.session.execute(
        select(Presence.registration_id, Presence.starts_at, Presence.ends_at).where(Presence.edition_id == edition_id)
    )
    found: dict[int, list[Interval]] = {}
    for registration_id, starts_at, ends_at in rows:
        found.setdefault(registration_id, []).append(Interval(starts_at, ends_at))
    return found


def digital_minutes(registration_id: int) -> int:
    """Return how many minutes one person was at the stream."""
    total = select(func.sum(Presence.minutes)).where(Presence.registration_id == registration_id)
    return db.session.scalar(total) or 0


def digital_minutes_by_person(edition_id: int) -> dict[int, int]:
    """Return the minutes at the stream of each person of an edition who was there, by registration."""
    rows = db.session.execute(
        select(Presence.registration_id, func.sum(Presence.minutes))
        .where(Presence.edition_id == edition_id)
        .group_by(Presence.registration_id)
    )
    return {registration_id: int(minutes) for registration_id, minutes in rows}


def attended_digitally(edition_id: int, at_least: int = ATTENDED_MINUTES) -> set[int]:
    """Return the registrations of those who were at the stream for ``at_least`` so many minutes."""
    return set(
        db.session.scalars(
            select(Presence.registration_id)
            .where(Presence.edition_id == edition_id)
            .group_by(Presence.registration_id)
            .having(func.sum(Presence.minutes) >= at_least)
        )
    )


def get_audience(edition: Edition) -> Audience:
    """Return the figures of an edition's stream, those of people who are erased included."""
    return together(audience_of(stays_by_person(edition.id).values()), erased_audience(edition))


def erased_audience(edition: Edition) -> Audience:
    """Return the figures of people who were at the stream and are erased since."""
    kept = edition.figures.get(FIGURES, {}).get(GONE)
    return unpack_audience(kept) if kept else NOBODY


def pack_audience(audience: Audience) -> dict[str, Any]:
    """Return figures as an edition keeps them."""
    steps = [[step.isoformat(), count] for step, count in sorted(audience.steps.items())]
    return {"people": audience.people, "attended": audience.attended, "minutes": audience.minutes, "steps": steps}


def unpack_audience(kept: dict[str, Any]) -> Audience:
    """Return the figures that ``pack_audience`` packed."""
    steps: Iterable[tuple[str, int]] = kept["steps"]
    return Audience(
        kept["people"],
        kept["attended"],
        kept["minutes"],
        {datetime.fromisoformat(step): count for step, count in steps},
    )
