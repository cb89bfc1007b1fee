"""Two entries that are one person become one: duties, files and answers move, empty fields are filled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict
from crosslinks.programme.material_models import RecordingConsent, SlideFile
from crosslinks.programme.models import Person, SessionModerator, TalkSpeaker
from crosslinks.programme.plugs import hand_over
from crosslinks.programme.rules import Coming

_FILLED = ("title", "email", "affiliation", "pronunciation", "language", "links")


def merge_people(*, actor: Actor, now: datetime, edition: Edition, keep: Person, drop: Person) -> None:
    """Make one person of two: ``keep`` stays with its page and link, gets what only ``drop`` has, and ``drop`` goes.

    Raises ``Conflict`` for a person with themselves.
    """
    if keep.id == drop.id or keep.edition_id != drop.edition_id:
        raise Conflict("person.same")
    touch_public(edition.id)
    _move(TalkSpeaker, "talk_id", keep, drop)
    _move(SessionModerator, "session_id", keep, drop)
    _move(RecordingConsent, "talk_id", keep, drop)
    db.session.execute(update(SlideFile).where(SlideFile.person_id == drop.id).values(person_id=keep.id))
    filled = _fill(keep, drop)
    hand_over(keep.id, drop.id)
    log_write(actor, now, edition, "person.merged", keep.id, {"name": drop.name}, filled | {"name": keep.name})
    db.session.expire_all()
    db.session.delete(db.session.get_one(Person, drop.id))
    db.session.flush()


def _move(kind: Any, part: str, keep: Person, drop: Person) -> None:
    has = set(db.session.scalars(select(getattr(kind, part)).where(kind.person_id == keep.id)))
    db.session.execute(delete(kind).where(kind.person_id == drop.id, getattr(kind, part).in_(has)))
    db.session.execute(update(kind).where(kind.person_id == drop.id).values(person_id=keep.id))


def _fill(keep: Person, drop: Person) -> dict[str, Any]:
    """Copy what ``keep`` lacks; what belongs together is copied together."""
    filled: dict[str, Any] = {}
    for names in (
        *((name,) for name in _FILLED),
        ("biography", "biography_language"),
        ("portrait", "portrait_source", "portrait_box", "photo_credit"),
    ):
        if not getattr(keep, names[0]):
            filled |= {name: getattr(drop, name) for name in names if getattr(drop, name)}
    if not (keep.disclosure or keep.nothing_to_disclose):
        filled |= {name: getattr(drop, name) for name in ("disclosure", "nothing_to_disclose") if getattr(drop, name)}
    if keep.coming is Coming.INVITED and drop.coming is not Coming.INVITED:
        filled |= {"coming": drop.coming, "answered_at": drop.answered_at}
    for name, value in filled.items():
        setattr(keep, name, value)
    db.session.flush()
    return {name: value for name, value in filled.items() if name != "answered_at"}
