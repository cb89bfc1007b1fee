"""The demo edition, built from its data file: facts of 25 January 2024, and times that are invented and marked so."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crosslinks.checkin.models import Gate
from crosslinks.config import settings
from crosslinks.consents.operations import set_asked
from crosslinks.consents.rules import ASKED_BY_EDITION
from crosslinks.demo.releases import publish_twice
from crosslinks.editions.kept import keep_figures
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.operations import create_conference, create_edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.programme.models import Person, Session
from crosslinks.programme.operations import create_room, create_session, create_talk
from crosslinks.programme.people import create_person
from crosslinks.programme.rules import SessionKind, TalkKind
from crosslinks.sponsors.operations import create_sponsor, create_tier

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
    people = _build_people(edition, data["people"], now)
    _build_programme(edition, data, people, now)
    publish_twice(edition, people["tarantino"], now)
    _build_sponsors(edition, data["tiers"], now)
    _ask_for_consents(edition, now)
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
            for name in (
                "theme",
                "lead",
                "audience",
                "travel",
                "access",
                "accessibility",
                "practical",
                "conduct",
                "demo_note",
                "venue_name",
                "venue_city",
            )
        },
    )
    db.session.add_all(Gate(edition_id=edition.id, position=place, **gate) for place, gate in enumerate(facts["gates"]))
    return edition


def _build_earlier(conference: Conference, facts: dict[str, Any], present: Edition, now: datetime) -> None:
    day = date.fromisoformat(facts["date"])
    starts_at = _moment(day, "10:30", present.zone)
    made = create_edition(
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
    if facts.get("date_known", True):
        keep_figures(edition_id=made.id, figures=_invented_figures(day, facts["figures"]))


def _invented_figures(day: date, figures: dict[str, int]) -> Counter[tuple[str, str]]:
    """Return counts as an erased edition leaves them, for the figures that are known; days and shares are invented."""
    kept: Counter[tuple[str, str]] = Counter()
    for mode, people in figures.items():
        for number in range(people):
            registered = (day - timedelta(days=round(56 * (1 - number / people) ** 1.4))).isoformat()
            kept["registered", registered] += 1
            kept[mode, registered] += 1
    whole = sum(figures.values())
    kept.update({("profession_health", ""): whole * 3 // 5, ("profession_other", ""): whole - whole * 3 // 5})
    kept["attended", ""] = figures[Mode.ONSITE] * 7 // 8
    return kept


def _build_people(edition: Edition, rows: list[dict[str, Any]], now: datetime) -> dict[str, Person]:
    return {
        row["key"]: create_person(
            actor=ACTOR,
            now=now,
            edition=edition,
            given_name=row["given"],
            family_name=row["family"],
            title=row["title"],
            affiliation=row["affiliation"],
            highlighted=row.get("highlighted", False),
            position=position,
        )
        for position, row in enumerate(rows)
    }


def _build_programme(edition: Edition, data: dict[str, Any], people: dict[str, Person], now: datetime) -> None:
    rooms = [create_room(actor=ACTOR, now=now, edition=edition, **row) for row in data["rooms"]]
    day = edition.starts_at.astimezone(edition.zone).date()
    for row in data["programme"]:
        starts_at = _moment(day, row["starts"], edition.zone)
        session = create_session(
            actor=ACTOR,
            now=now,
            edition=edition,
            kind=SessionKind(row["kind"]),
            title=row.get("title", {}),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=row["minutes"]),
            room=rooms[0],
            moderators=[people[key] for key in row.get("moderators", [])],
            is_demo=row.get("demo", False),
        )
        for talk in row.get("talks", []):
            _add_talk(edition, session, talk, people, now)


def _add_talk(
    edition: Edition, session: Session, row: dict[str, Any], people: dict[str, Person], now: datetime
) -> None:
    day = edition.starts_at.astimezone(edition.zone).date()
    starts_at = _moment(day, row["starts"], edition.zone)
    create_talk(
        actor=ACTOR,
        now=now,
        edition=edition,
        session=session,
        title=row["title"],
        kind=TalkKind(row["kind"]),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=row["minutes"]),
        speakers=[people[key] for key in row["speakers"]],
        is_demo=row.get("demo", False),
    )


def _build_sponsors(edition: Edition, tiers: list[dict[str, Any]], now: datetime) -> None:
    for row in tiers:
        tier = create_tier(actor=ACTOR, now=now, edition=edition, name=row["name"], logo_height=row["logo_height"])
        for sponsor in row["sponsors"]:
            create_sponsor(actor=ACTOR, now=now, edition=edition, tier=tier, asks_contact=True, **sponsor)


def _ask_for_consents(edition: Edition, now: datetime) -> None:
    for purpose in ASKED_BY_EDITION:
        set_asked(
            actor=ACTOR, now=now, conference_id=edition.conference_id, edition_id=edition.id, purpose=purpose,
            asked=True, texts={},
        )  # fmt: skip
