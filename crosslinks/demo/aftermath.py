"""What the demo's people did once its day has begun: invented stays at the stream, and invented answers after it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from crosslinks.demo.edition import ACTOR
from crosslinks.editions.models import Edition
from crosslinks.feedback.models import FeedbackAnswer
from crosslinks.feedback.operations import LARGEST_ID, own_form
from crosslinks.kernel.db import db
from crosslinks.live.models import Presence
from crosslinks.live.operations import change_stream
from crosslinks.live.queries import find_stream, window_of
from crosslinks.live.rules import Interval, StreamKind, minutes_in
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place

SEED = 2024
CAME_SHARE = 0.8
LUNCH = (timedelta(minutes=115), timedelta(minutes=175))
"""From when to when after the start most people are away."""
WISHES = (
    "Lengre pauser, det er der jeg treffer folk.", "More time for questions after each talk.",
    "Lysbildene kunne vært lagt ut samme dag.", "The sound on the stream was low during the panel.",
    "Mer om helsetjenestens hverdag.", "Nothing. It was a fine day.", "Enklere vei fra T-banen.",
)  # fmt: skip
ANSWERED_SHARE = 0.35


def set_demo_stream(edition: Edition, now: datetime) -> None:
    """Give the demo a stream at a host that does not exist."""
    change_stream(
        actor=ACTOR,
        now=now,
        edition=edition,
        kind=StreamKind.EMBED,
        address="https://player.example.org/cancer-crosslinks-2024",
        captions={
            "en": "Captions in English in the player’s menu.",
            "nb": "Teksting på engelsk i menyen til avspilleren.",
        },
        opens_before=15,
    )


def add_presence(edition_id: int, now: datetime) -> None:
    """Let most of those with a place on the stream have been there until ``now``, when the day has begun."""
    edition = db.session.get_one(Edition, edition_id)
    window = window_of(edition, find_stream(edition_id))
    people = db.session.scalars(
        select(Registration.id).where(Registration.edition_id == edition_id, Registration.place == Place.DIGITAL)
    ).all()
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose, nothing secret
    rows = [
        {
            "edition_id": edition_id,
            "registration_id": person,
            "starts_at": stay.starts_at,
            "ends_at": stay.ends_at,
            "minutes": minutes_in([stay]),
        }
        for person in people
        if chance.random() < CAME_SHARE
        for stay in _until(now, _stays(edition, window, chance))
    ]
    if rows:
        db.session.execute(insert(Presence), rows)


def _until(now: datetime, stays: list[Interval]) -> list[Interval]:
    return [Interval(stay.starts_at, min(stay.ends_at, now)) for stay in stays if stay.starts_at < now]


def _stays(edition: Edition, window: Interval, chance: random.Random) -> list[Interval]:
    """Return one person's day: they come around the start, most leave for lunch, some do not come back."""
    starts_at = max(window.starts_at, edition.starts_at + timedelta(minutes=chance.gauss(2, 9)))
    ends_at = min(window.ends_at, edition.ends_at + timedelta(minutes=chance.gauss(-12, 15)))
    leaves, returns = (edition.starts_at + moment + timedelta(minutes=chance.gauss(0, 5)) for moment in LUNCH)
    if chance.random() < 0.2:
        return [Interval(starts_at, ends_at)]
    if chance.random() < 0.25:
        return [Interval(starts_at, leaves)]
    return [Interval(starts_at, leaves), Interval(returns, ends_at)]


def add_feedback(edition_id: int, now: datetime) -> None:
    """Let a third of those with a place have said what they thought, when the day is over; nobody is marked."""
    edition = db.session.get_one(Edition, edition_id)
    if now < edition.ends_at:
        return
    own_form(edition)
    places = db.session.scalars(
        select(Registration.place).where(Registration.edition_id == edition_id, Registration.place != Place.NONE)
    ).all()
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose, nothing secret
    db.session.add_all(
        FeedbackAnswer(
            id=chance.randrange(LARGEST_ID) + 1,
            edition_id=edition_id,
            mode=place.value,
            day=edition.ends_at.date(),
            answers=_opinion(place, chance),
        )
        for place in places
        if chance.random() < ANSWERED_SHARE
    )
    db.session.flush()


def _opinion(place: Place, chance: random.Random) -> dict[str, int | str]:
    def rating(usual: float) -> int:
        return max(1, min(5, round(chance.gauss(usual, 0.8))))

    found: dict[str, int | str] = {"overall": rating(4.4), "programme": rating(4.6)}
    found["venue" if place is Place.ONSITE else "stream"] = rating(4.1)
    found |= {"length": chance.choice((1, 2, 2, 2, 3)), "again": chance.choice((1, 1, 1, 1, 2, 3))}
    if chance.random() < 0.4:
        found["better"] = chance.choice(WISHES)
    return found
