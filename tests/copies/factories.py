"""An edition with something in every column that a file may hold, and a mark in every one that it may not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PIL import Image
from sqlalchemy import insert, select, update

from crosslinks.config import settings
from crosslinks.copies.decisions import PARTS, holder_of
from crosslinks.copies.exchange import import_file
from crosslinks.copies.export import export_edition
from crosslinks.copies.operations import Wish
from crosslinks.copies.packing import pack
from crosslinks.copies.rules import Kept, Never, PictureKind, Shows
from crosslinks.copies.tables import kind_of, table
from crosslinks.editions.models import Conference, Edition
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.programme.publishing import publish_release
from crosslinks.web.photographs import store_photograph
from crosslinks.web.portraits import ORIGINAL, Box, cut_portrait
from crosslinks.web.uploads import LOGO, MARK, PORTRAIT, store_picture
from tests.factories import NOW, TESTER, make_conference, make_edition

SECRET = "Never-in-a-file"
TEXT = {"en": "Some words", "nb": "Noen ord"}
_START = datetime(2024, 1, 25, 10, 0, tzinfo=UTC)
_SPECIAL: Mapping[str, Any] = {
    "edition.languages": ["nb", "en"], "edition.time_zone": "Europe/London", "edition.slug": "2024",
    "edition.starts_at": _START, "edition.ends_at": _START + timedelta(hours=6), "edition.erase_on": date(2024, 5, 1),
    "edition.registration_opens_at": _START - timedelta(days=9), "edition.number": 16,
    "edition.registration_closes_at": _START - timedelta(days=1), "conference.slug": "crosslinks",
    "conference.contact_email": "hello@example.org", "conference.hue": 300, "conference.first_held": 2009,
    "edition_mode.mode": "onsite", "edition_mode.overbooking": 7, "edition_mode.offer_hours": 24,
    "person.links": [["Home", "https://example.org/a"]], "person.portrait_box": {"x": 1, "y": 2, "zoom": 150},
    "person.biography_language": "nb", "talk.abstract_language": "nb", "person.slug": "ångström-ødegård",
    "person.position": 0, "session_moderator.position": 0, "talk_speaker.position": 0, "room.position": 0,
    "sponsor_tier.logo_height": 32, "sponsor.url": "http://example.org/",
    "sponsor.links": [{"words": "More", "url": "https://example.org/more"}],
    "question.options": [{"id": "o1", "label": TEXT}, {"id": "o2", "label": TEXT, "retired": True}],
    "question.shown_if": "mode", "question.shown_values": ["onsite"], "question.kind": "choice",
    "letter_template.kind": "registration.confirmed", "letter_template.variant": "onsite",
    "scheduled_step.at": "08:30", "scheduled_step.days": -5, "reconfirmation.ask_at": _START - timedelta(days=5),
    "reconfirmation.warn_at": _START - timedelta(days=4), "reconfirmation.release_at": _START - timedelta(days=3),
    "feedback_question.options": [TEXT, TEXT], "feedback_question.mode": "digital", "gate.slug": "north",
    "session.starts_at": _START, "session.ends_at": _START + timedelta(hours=1), "talk.starts_at": _START,
    "talk.ends_at": _START + timedelta(minutes=20), "talk.slug": "one-talk", "story.slug": "one-story",
}  # fmt: skip
_KEPT_BY_OPERATIONS = {"conference", "edition", "edition_mode"}


def picture(size: tuple[int, int] = (200, 150), kind: str = "JPEG") -> io.BytesIO:
    """Return a picture in which every pixel differs from its neighbours: coding it anew would show."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, kind)
    out.seek(0)
    return out


def _stored(kind: PictureKind) -> str:
    uploads = settings().uploads
    if kind in {PictureKind.PHOTO, PictureKind.COVER}:
        return store_photograph(picture(), uploads, "photos" if kind is PictureKind.PHOTO else "covers").name
    if kind is PictureKind.ORIGINAL:
        return store_picture(picture(), ORIGINAL, uploads)
    rule = {PictureKind.MARK: MARK, PictureKind.LOGO: LOGO, PictureKind.PORTRAIT: PORTRAIT}[kind]
    return store_picture(picture(), rule, uploads)


def _value(part: str, column: str) -> Any:
    """Return a value that differs from what a new row has."""
    if f"{part}.{column}" in _SPECIAL:
        return _SPECIAL[f"{part}.{column}"]
    where, decision = table(part).c[column], PARTS[part].columns[column]
    if isinstance(decision, Shows):
        return _stored(decision.kind)
    if isinstance(decision, Kept) and decision.how.value == "texts":
        return TEXT
    return _plain(kind_of(where), column)


def _plain(kind: type[Any], column: str) -> Any:
    if kind is bool:
        return column not in {"streamed", "is_published", "is_on"}
    if issubclass(kind, Enum):
        return list(kind)[-1]
    plain = {int: 3, datetime: _START - timedelta(days=2), date: date(2024, 2, 3), UUID: uuid4(), bytes: b"key"}
    return plain.get(kind, f"Text of {column} <b>ø</b>")


def _row(part: str) -> dict[str, Any]:
    values = {}
    for column, decision in PARTS[part].columns.items():
        where = table(part).c[column]
        if isinstance(decision, (Kept, Shows)):
            values[column] = _value(part, column)
        elif isinstance(decision, Never) and kind_of(where) is str and not where.foreign_keys:
            values[column] = SECRET[: getattr(where.type, "length", None) or 40]
        elif isinstance(decision, Never) and not where.nullable and kind_of(where) is datetime:
            values[column] = NOW
    return values


def make_full_edition() -> Edition:
    """Make an edition with a row in every table of a file; opens its own transactions."""
    with transaction():
        conference = make_conference()
        edition = make_edition(conference)
        number, conference_id = edition.id, conference.id
    numbers = {"edition": number}
    stored = {name: _row(name) for name in PARTS if name != "programme_release"}
    stored["person"]["portrait"] = cut_portrait(stored["person"]["portrait_source"], Box(1, 2, 150), settings().uploads)
    with transaction():
        for name, where in (("conference", conference_id), ("edition", number)):
            found = table(name)
            values = {key: value for key, value in stored[name].items() if key != "state"}
            db.session.execute(update(found).where(found.c.id == where).values(values))
        mode = table("edition_mode")
        db.session.execute(update(mode).where(mode.c.mode == "onsite").values(_plain_mode(stored["edition_mode"])))
        for name in PARTS:
            if name not in _KEPT_BY_OPERATIONS and name != "programme_release":
                numbers[name] = _insert(name, stored[name], numbers)
    with transaction():
        publish_release(actor=TESTER, now=NOW, edition=db.session.get_one(Edition, number), note=TEXT)
    db.session.expire_all()
    return db.session.get_one(Edition, number)


def _plain_mode(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "mode"}


def _insert(name: str, values: dict[str, Any], numbers: dict[str, int]) -> int:
    found = table(name)
    values = values | {holder_of(name): numbers[PARTS[name].inside]}
    if "edition_id" in found.c:
        values["edition_id"] = numbers["edition"]
    for column in ("room_id", "person_id"):
        if column in found.c:
            values[column] = numbers[column.removesuffix("_id")]
    if "width" in found.c:
        values |= {"width": 200, "height": 150}
    db.session.execute(insert(found).values(values))
    return db.session.scalars(select(found.c.id).order_by(found.c.id.desc())).first() or 0 if "id" in found.c else 0


def write(edition: Edition, target: Path) -> bytes:
    """Write an edition's file and return its bytes."""
    db.session.expire_all()
    with target.open("wb") as out:
        pack(export_edition(edition, settings().uploads), out)
    return target.read_bytes()


def empty_installation() -> None:
    """Delete every row."""
    with transaction():
        for found in reversed(Base.metadata.sorted_tables):
            db.session.execute(found.delete())
    db.session.expunge_all()


def read(path: Path, slug: str = "", conference: Conference | None = None) -> Edition:
    """Take a file in and return its edition."""
    wish = Wish(slug, 17) if slug else None
    number = import_file(actor=TESTER, path=path, wish=wish, conference=conference)
    return db.session.get_one(Edition, number)
