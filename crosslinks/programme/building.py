"""What the timetable asks for, as operations: the version that was seen is checked first."""

from __future__ import annotations

from datetime import datetime, timedelta

from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.errors import Invalid
from crosslinks.programme.models import Room, Session
from crosslinks.programme.operations import create_session, create_talk, delete_session
from crosslinks.programme.operations_timetable import let_stand_alone, place_session, put_talk, take_talk_out
from crosslinks.programme.payloads import NewPart, SessionPlace, TalkPlace, moment_of
from crosslinks.programme.queries import find_room, get_session, get_talk
from crosslinks.programme.rules import SessionKind
from crosslinks.programme.versions import check_version

MOVED, RESIZED = "moved", "resized"


def add_part(*, actor: Actor, now: datetime, edition: Edition, wanted: NewPart) -> tuple[str, int]:
    """Add what was drawn, and return what it is, ``session`` or ``talk``, and its number.

    Raises ``Invalid`` without a title or for a time that cannot be, ``NotFound`` for another edition's session.
    """
    title: Texts = {code: text for code, text in (("en", wanted.title_en), ("nb", wanted.title_nb)) if text.strip()}
    if not title:
        raise Invalid("programme.title_missing", fields={"title_en": "programme.title_missing"})
    length = timedelta(minutes=wanted.minutes)
    within = get_session(edition.id, wanted.session) if wanted.session and wanted.kind == "talk" else None
    if within is not None:
        starts = max((talk.ends_at for talk in within.talks), default=within.starts_at)
    else:
        starts = moment_of(edition, wanted.starts_at)
    room = _room(edition, wanted.room)
    if wanted.kind == "talk":
        talk = create_talk(
            actor=actor, now=now, edition=edition, session=within, title=title, starts_at=starts,
            ends_at=starts + length, room=room,
        )  # fmt: skip
        return "talk", talk.id
    made = create_session(
        actor=actor, now=now, edition=edition, kind=SessionKind(wanted.kind), title=title, starts_at=starts,
        ends_at=starts + length, room=room,
    )  # fmt: skip
    return "session", made.id


def place_frame(*, actor: Actor, now: datetime, edition: Edition, number: int, wanted: SessionPlace) -> str:
    """Put a session, break or talk alone where it was dropped, and return whether it was moved or resized.

    Raises ``Stale`` when somebody has changed it meanwhile.
    """
    session = get_session(edition.id, number)
    check_version(edition, session, wanted.version)
    starts = moment_of(edition, wanted.starts_at)
    room = _room(edition, wanted.room)
    name = MOVED if starts != session.starts_at or room is not session.room else RESIZED
    place_session(
        actor=actor, now=now, edition=edition, session=session, starts_at=starts,
        ends_at=starts + timedelta(minutes=wanted.minutes), room=room,
    )  # fmt: skip
    return name


def place_talk_anywhere(*, actor: Actor, now: datetime, edition: Edition, number: int, wanted: TalkPlace) -> str:
    """Put a talk in the order of a session, or let it stand alone, and return whether it was moved or resized.

    Raises ``Stale`` when somebody has changed it meanwhile.
    """
    talk = get_talk(edition.id, number)
    check_version(edition, talk, wanted.version)
    if not wanted.session:
        let_stand_alone(
            actor=actor, now=now, edition=edition, talk=talk, starts_at=moment_of(edition, wanted.starts_at),
            minutes=wanted.minutes, room=_room(edition, wanted.room),
        )  # fmt: skip
        return MOVED
    before, length = talk.starts_at, talk.ends_at - talk.starts_at
    session: Session = get_session(edition.id, wanted.session)
    put_talk(
        actor=actor, now=now, edition=edition, talk=talk, session=session, position=wanted.position,
        minutes=wanted.minutes,
    )  # fmt: skip
    resized = length != timedelta(minutes=wanted.minutes)
    return RESIZED if resized and talk.starts_at == before else MOVED


def remove_part(*, actor: Actor, now: datetime, edition: Edition, kind: str, number: int, seen: int) -> None:
    """Delete a session with its talks, or a talk. Raises ``Stale`` when somebody has changed it meanwhile."""
    if kind == "talk":
        talk = get_talk(edition.id, number)
        check_version(edition, talk, seen)
        take_talk_out(actor=actor, now=now, edition=edition, talk=talk)
        return
    session = get_session(edition.id, number)
    check_version(edition, session, seen)
    delete_session(actor=actor, now=now, edition=edition, session=session)


def _room(edition: Edition, number: int) -> Room | None:
    room = find_room(edition.id, number)
    if number and room is None:
        raise Invalid("room.unknown", fields={"room": "room.unknown"})
    return room
