"""Building the day: rooms, sessions, breaks and talks. Every write is logged and renews the public pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from crosslinks.accounts.audit import record, snapshot
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts, pick
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.programme.models import Person, Room, Session, SessionModerator, Talk, TalkSpeaker
from crosslinks.programme.rules import LONGEST_TALK, SessionKind, TalkKind, slug_of, swapped

ROOM_FIELDS = ("name", "seats", "position")
SESSION_FIELDS = ("kind", "room_id", "title", "summary", "starts_at", "ends_at", "streamed")
TALK_FIELDS = (
    "session_id", "slug", "kind", "title", "abstract", "abstract_language", "starts_at", "ends_at", "position",
)  # fmt: skip


def create_room(*, actor: Actor, now: datetime, edition: Edition, name: str, seats: int | None = None) -> Room:
    """Add a room after the others; raises ``Conflict`` when there is one of that name."""
    touch_public(edition.id)
    others = _rooms(edition.id)
    _refuse_same_name(name, others)
    room = Room(edition_id=edition.id, name=name, seats=seats, position=len(others))
    db.session.add(room)
    db.session.flush()
    log_programme(actor, now, edition, "room.created", room, after=snapshot(room, ROOM_FIELDS))
    return room


def change_room(*, actor: Actor, now: datetime, edition: Edition, room: Room, name: str, seats: int | None) -> None:
    """Rename a room or change its seats; raises ``Conflict`` when there is another of that name."""
    touch_public(edition.id)
    _refuse_same_name(name, [other for other in _rooms(edition.id) if other.id != room.id])
    before = snapshot(room, ROOM_FIELDS)
    room.name, room.seats = name, seats
    db.session.flush()
    log_programme(actor, now, edition, "room.changed", room, before, snapshot(room, ROOM_FIELDS))


def delete_room(*, actor: Actor, now: datetime, edition: Edition, room: Room) -> None:
    """Delete a room; what was planned in it stays, without a room."""
    touch_public(edition.id)
    before = snapshot(room, ROOM_FIELDS)
    for session in db.session.scalars(select(Session).where(Session.room_id == room.id)):
        session.room = None
    db.session.flush()
    log_programme(actor, now, edition, "room.deleted", room, before)
    db.session.delete(room)
    db.session.flush()


def create_session(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    kind: SessionKind,
    starts_at: datetime,
    ends_at: datetime,
    title: Texts | None = None,
    summary: Texts | None = None,
    room: Room | None = None,
    streamed: bool | None = None,
    moderators: Sequence[Person] = (),
    is_demo: bool = False,
) -> Session:
    """Add a session, a break, or the frame of a single talk. Breaks are not streamed unless told.

    Raises ``Invalid`` when it ends before it starts.
    """
    touch_public(edition.id)
    session = Session(
        edition_id=edition.id,
        kind=kind,
        title=title or {},
        summary=summary or {},
        starts_at=starts_at,
        ends_at=ends_at,
        room=room,
        streamed=kind is not SessionKind.BREAK if streamed is None else streamed,
        is_demo=is_demo,
    )
    check_span(session)
    session.moderators = _moderators(moderators)
    db.session.add(session)
    db.session.flush()
    log_programme(actor, now, edition, "session.created", session, after=session_facts(session))
    return session


def change_session(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    session: Session,
    changes: Mapping[str, Any],
    moderators: Sequence[Person] | None = None,
    move_talks: bool = False,
) -> None:
    """Change a session or break; with ``move_talks`` its talks keep their distance from its start.

    Raises ``Invalid`` when it would end before it starts.
    """
    touch_public(edition.id)
    before = session_facts(session)
    start = session.starts_at
    for name in changes.keys() & set(SESSION_FIELDS):
        setattr(session, name, changes[name])
    check_span(session)
    if moderators is not None:
        session.moderators = []
        db.session.flush()
        session.moderators = _moderators(moderators)
    if move_talks:
        for talk in session.talks:
            shift_talk(talk, session.starts_at - start)
    db.session.flush()
    log_programme(actor, now, edition, "session.changed", session, before, session_facts(session))


def delete_session(*, actor: Actor, now: datetime, edition: Edition, session: Session) -> None:
    """Delete a session with its talks; the people stay."""
    touch_public(edition.id)
    for talk in session.talks:
        log_programme(actor, now, edition, "talk.deleted", talk, talk_facts(talk))
    log_programme(actor, now, edition, "session.deleted", session, session_facts(session))
    db.session.delete(session)
    db.session.flush()


def create_talk(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    session: Session | None,
    title: Texts,
    starts_at: datetime,
    ends_at: datetime,
    kind: TalkKind = TalkKind.TALK,
    abstract: str = "",
    abstract_language: str = "en",
    speakers: Sequence[Person] = (),
    room: Room | None = None,
    streamed: bool = True,
    is_demo: bool = False,
) -> Talk:
    """Add a talk to a session, or on its own when ``session`` is None (``room`` and ``streamed`` are for that).

    Raises ``Invalid`` when it ends before it starts, and ``Conflict`` in a break.
    """
    touch_public(edition.id)
    if session is None:
        session = create_session(
            actor=actor, now=now, edition=edition, kind=SessionKind.SINGLE, starts_at=starts_at, ends_at=ends_at,
            room=room, streamed=streamed, is_demo=is_demo,
        )  # fmt: skip
    refuse_break(session)
    talk = Talk(
        edition_id=edition.id,
        session=session,
        slug=_free_slug(edition, title),
        kind=kind,
        title=title,
        abstract=abstract,
        abstract_language=abstract_language,
        starts_at=starts_at,
        ends_at=ends_at,
        position=len(session.talks),
        is_demo=is_demo,
    )
    check_span(talk)
    talk.speakers = _speakers(speakers)
    _frame_single(session, talk)
    db.session.add(talk)
    db.session.flush()
    log_programme(actor, now, edition, "talk.created", talk, after=talk_facts(talk))
    return talk


def change_talk(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    talk: Talk,
    changes: Mapping[str, Any],
    speakers: Sequence[Person] | None = None,
) -> None:
    """Change a talk within its session; a single talk takes its frame along. Its address stays once published.

    Raises ``Invalid`` when it would end before it starts.
    """
    touch_public(edition.id)
    before = talk_facts(talk)
    for name in changes.keys() & (set(TALK_FIELDS) - {"session_id", "slug"}):
        setattr(talk, name, changes[name])
    check_span(talk)
    if edition.state is EditionState.DRAFT and "title" in changes:
        talk.slug = _free_slug(edition, talk.title, talk)
    if speakers is not None:
        talk.speakers = []
        db.session.flush()
        talk.speakers = _speakers(speakers)
    _frame_single(talk.session, talk)
    db.session.flush()
    log_programme(actor, now, edition, "talk.changed", talk, before, talk_facts(talk))


def place_talk(*, actor: Actor, now: datetime, edition: Edition, talk: Talk, session: Session | None) -> None:
    """Move a talk to another session, or (None) let it stand alone; its times stay. A break raises ``Conflict``."""
    old = talk.session
    if (session is None and old.kind is SessionKind.SINGLE) or (session is not None and session.id == old.id):
        return
    touch_public(edition.id)
    before = talk_facts(talk)
    if session is None:
        session = create_session(
            actor=actor, now=now, edition=edition, kind=SessionKind.SINGLE, starts_at=talk.starts_at,
            ends_at=talk.ends_at, room=old.room, streamed=old.streamed, is_demo=talk.is_demo,
        )  # fmt: skip
    refuse_break(session)
    talk.session = session
    talk.position = len(session.talks)
    db.session.flush()
    log_programme(actor, now, edition, "talk.changed", talk, before, talk_facts(talk))
    db.session.expire(old, ["talks"])
    if old.kind is SessionKind.SINGLE:
        delete_session(actor=actor, now=now, edition=edition, session=old)


def move_talk(*, actor: Actor, now: datetime, edition: Edition, talk: Talk, earlier: bool) -> None:
    """Let a talk change places with its neighbour in the session, times and all; at the end nothing happens."""
    talks = list(talk.session.talks)
    place = talks.index(talk)
    other = place - 1 if earlier else place + 1
    if not 0 <= other < len(talks):
        return
    touch_public(edition.id)
    first, second = talks[min(place, other)], talks[max(place, other)]
    before = {row.id: talk_facts(row) for row in (first, second)}
    for number, row in enumerate(talks):
        row.position = number
    first.position, second.position = second.position, first.position
    times = swapped((first.starts_at, first.ends_at), (second.starts_at, second.ends_at))
    (first.starts_at, first.ends_at), (second.starts_at, second.ends_at) = times
    db.session.flush()
    for row in (first, second):
        log_programme(actor, now, edition, "talk.moved", row, before[row.id], talk_facts(row))
    db.session.expire(talk.session, ["talks"])


def delete_talk(*, actor: Actor, now: datetime, edition: Edition, talk: Talk) -> None:
    """Delete a talk, with its frame when it stands alone; the speakers stay."""
    if talk.session.kind is SessionKind.SINGLE:
        delete_session(actor=actor, now=now, edition=edition, session=talk.session)
        return
    touch_public(edition.id)
    log_programme(actor, now, edition, "talk.deleted", talk, talk_facts(talk))
    db.session.delete(talk)
    db.session.flush()


def log_programme(
    actor: Actor,
    now: datetime,
    edition: Edition,
    action: str,
    row: Room | Session | Talk,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Leave one row in the log about a room, a session or a talk; ``action`` begins with which."""
    record(
        actor=actor, action=action, object_kind=action.partition(".")[0], object_id=row.id, now=now,
        conference_id=edition.conference_id, edition_id=edition.id, before=before, after=after,
    )  # fmt: skip


def session_facts(session: Session) -> dict[str, Any]:
    """Return what the log keeps of a session."""
    return snapshot(session, (*SESSION_FIELDS, "version")) | {
        "moderators": [row.person.name for row in session.moderators]
    }


def talk_facts(talk: Talk) -> dict[str, Any]:
    """Return what the log keeps of a talk."""
    return snapshot(talk, (*TALK_FIELDS, "version")) | {"speakers": [row.person.name for row in talk.speakers]}


def _rooms(edition_id: int) -> list[Room]:
    return list(db.session.scalars(select(Room).where(Room.edition_id == edition_id)))


def _refuse_same_name(name: str, others: Sequence[Room]) -> None:
    if any(other.name.casefold() == name.casefold() for other in others):
        raise Conflict("room.name_taken", fields={"name": "room.name_taken"})


def refuse_break(session: Session) -> None:
    """Raise ``Conflict`` for a break: nobody speaks in it."""
    if session.kind is SessionKind.BREAK:
        raise Conflict("talk.in_break", fields={"session": "talk.in_break"})


def check_span(part: Session | Talk) -> None:
    """Raise ``Invalid`` for what ends before it starts, or a talk longer than a day."""
    if part.ends_at <= part.starts_at:
        raise Invalid("programme.ends_before_start", fields={"ends_at": "programme.ends_before_start"})
    if isinstance(part, Talk) and part.ends_at - part.starts_at > LONGEST_TALK:
        raise Invalid("programme.too_long", fields={"minutes": "programme.too_long"})


def _moderators(people: Sequence[Person]) -> list[SessionModerator]:
    return [SessionModerator(person=person, position=place) for place, person in enumerate(dict.fromkeys(people))]


def _speakers(people: Sequence[Person]) -> list[TalkSpeaker]:
    return [TalkSpeaker(person=person, position=place) for place, person in enumerate(dict.fromkeys(people))]


def _frame_single(session: Session, talk: Talk) -> None:
    """Give the frame of a single talk the times of the talk."""
    if session.kind is SessionKind.SINGLE:
        session.starts_at, session.ends_at = talk.starts_at, talk.ends_at


def shift_talk(talk: Talk, distance: timedelta) -> None:
    """Move a talk in time; its length stays."""
    talk.starts_at += distance
    talk.ends_at += distance


def _free_slug(edition: Edition, title: Texts, own: Talk | None = None) -> str:
    taken = select(Talk.slug).where(Talk.edition_id == edition.id, Talk.id != (own.id if own else 0))
    with db.session.no_autoflush:
        return slug_of(pick(title, "en", edition.languages), set(db.session.scalars(taken)), "talk")
