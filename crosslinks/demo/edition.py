"""The demo edition, built from its data file: facts of 25 January 2024, and times that are invented and marked so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crosslinks.checkin.models import Gate
from crosslinks.config import settings
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.operations import create_conference, create_edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.programme.models import Person, Room, Session, SessionModerator, Talk, TalkSpeaker
from crosslinks.programme.rules import SessionKind, TalkKind
from crosslinks.sponsors.models import Sponsor, Tier

DATA = Path(__file__).with_name("data") / "edition.json"
ACTOR = Actor.system("demo")


def read_data() -> dict[str, Any]:
    """Return the demo edition's facts."""
    found: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return found


def day_of_demo() -> datetime:
    """Return when the demo edition's programme starts, aware UTC."""
    facts = read_data()["edition"]
    return _moment(date.fromisoformat(facts["date"]), facts["starts"], ZoneInfo(facts["time_zone"]))


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def build_edition(*, now: datetime) -> Edition:
    """Make the conference, its 2024 edition with programme and sponsors, and what is known of earlier editions."""
    data = read_data()
    conference = create_conference(actor=ACTOR, now=now, **data["conference"])
    edition = _build_present(conference, data["edition"], now)
    for facts in data["earlier"]:
        _build_earlier(conference, facts, edition, now)
    people = _build_people(edition, data["people"])
    _build_programme(edition, data, people)
    _build_sponsors(edition, data["tiers"])
    db.session.flush()
    return edition


def _build_present(conference: Conference, facts: dict[str, Any], now: datetime) -> Edition:
    zone, day = ZoneInfo(facts["time_zone"]), date.fromisoformat(facts["date"])
    edition = create_edition(
        actor=ACTOR,
        now=now,
        conference=conference,
        wrapping_key=settings().keys.tickets,
        capacities={Mode(mode): places for mode, places in facts["capacity"].items()},
        slug=facts["slug"],
        number=facts["number"],
        starts_at=_moment(day, facts["starts"], zone),
        ends_at=_moment(day, facts["ends"], zone),
        doors_at=_moment(day, facts["doors"], zone),
        registration_opens_at=datetime.fromisoformat(facts["registration_opens"]).replace(tzinfo=zone),
        registration_closes_at=datetime.fromisoformat(facts["registration_closes"]).replace(tzinfo=zone),
        erase_on=date.fromisoformat(facts["erase_on"]),
        time_zone=facts["time_zone"],
        state=EditionState.PUBLISHED,
        is_demo=True,
        about=facts["about_text"],
        **{
            name: facts[name]
            for name in ("theme", "lead", "audience", "practical", "demo_note", "venue_name", "venue_city")
        },
    )
    db.session.add_all(Gate(edition_id=edition.id, position=place, **gate) for place, gate in enumerate(facts["gates"]))
    return edition


def _build_earlier(conference: Conference, facts: dict[str, Any], present: Edition, now: datetime) -> None:
    day = date.fromisoformat(facts["date"])
    starts_at = _moment(day, "10:30", present.zone)
    create_edition(
        actor=ACTOR,
        now=now,
        conference=conference,
        wrapping_key=settings().keys.tickets,
        capacities={Mode.ONSITE: None, Mode.DIGITAL: None},
        slug=facts["slug"],
        number=facts["number"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=5),
        erase_on=day + timedelta(days=90),
        time_zone=present.time_zone,
        state=EditionState.ARCHIVED,
        is_demo=True,
        theme=facts["theme"],
        lead=facts["lead"],
        figures=facts["figures"],
        demo_note=present.demo_note,
    )


def _build_people(edition: Edition, rows: list[dict[str, Any]]) -> dict[str, Person]:
    people = {
        row["key"]: Person(
            edition_id=edition.id,
            slug=row["key"],
            title=row["title"],
            given_name=row["given"],
            family_name=row["family"],
            affiliation=row["affiliation"],
            highlighted=row.get("highlighted", False),
            position=position,
        )
        for position, row in enumerate(rows)
    }
    db.session.add_all(people.values())
    db.session.flush()
    return people


def _build_programme(edition: Edition, data: dict[str, Any], people: dict[str, Person]) -> None:
    rooms = [Room(edition_id=edition.id, position=place, **row) for place, row in enumerate(data["rooms"])]
    db.session.add_all(rooms)
    db.session.flush()
    day = edition.starts_at.astimezone(edition.zone).date()
    for row in data["programme"]:
        starts_at = _moment(day, row["starts"], edition.zone)
        session = Session(
            edition_id=edition.id,
            room_id=rooms[0].id,
            kind=SessionKind(row["kind"]),
            title=row.get("title", {}),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=row["minutes"]),
            streamed=row["kind"] != "break",
            is_demo=row.get("demo", False),
            moderators=[
                SessionModerator(person=people[key], position=place)
                for place, key in enumerate(row.get("moderators", []))
            ],
            talks=[_talk(edition, talk, people, position, day) for position, talk in enumerate(row.get("talks", []))],
        )
        db.session.add(session)


def _talk(edition: Edition, row: dict[str, Any], people: dict[str, Person], position: int, day: date) -> Talk:
    starts_at = _moment(day, row["starts"], edition.zone)
    return Talk(
        edition_id=edition.id,
        slug="-".join((row["kind"], *row["speakers"])),
        kind=TalkKind(row["kind"]),
        title=row["title"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=row["minutes"]),
        position=position,
        is_demo=row.get("demo", False),
        speakers=[TalkSpeaker(person=people[key], position=place) for place, key in enumerate(row["speakers"])],
    )


def _build_sponsors(edition: Edition, tiers: list[dict[str, Any]]) -> None:
    for position, row in enumerate(tiers):
        tier = Tier(edition_id=edition.id, name=row["name"], logo_height=row["logo_height"], position=position)
        tier.sponsors = [
            Sponsor(edition_id=edition.id, position=place, **sponsor) for place, sponsor in enumerate(row["sponsors"])
        ]
        db.session.add(tier)
