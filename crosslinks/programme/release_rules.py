"""What a release freezes, as plain values and as JSON. People are ids: who they are is read live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from crosslinks.kernel.columns import JsonDict, Texts
from crosslinks.programme.rules import SessionKind, TalkKind


@dataclass(frozen=True)
class FrozenTalk:
    """One talk as it was released."""

    id: int
    uuid: UUID
    slug: str
    kind: TalkKind
    title: Texts
    abstract: str
    abstract_language: str
    starts_at: datetime
    ends_at: datetime
    speakers: tuple[int, ...] = ()
    is_demo: bool = False


@dataclass(frozen=True)
class FrozenSession:
    """One session, frame or break as it was released, with the room's name of then."""

    id: int
    uuid: UUID
    kind: SessionKind
    title: Texts
    summary: Texts
    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    room: str
    streamed: bool
    moderators: tuple[int, ...] = ()
    talks: tuple[FrozenTalk, ...] = ()
    is_demo: bool = False


@dataclass(frozen=True)
class FrozenProgramme:
    """The whole day as it was released."""

    sessions: tuple[FrozenSession, ...] = ()


def to_json(programme: FrozenProgramme) -> JsonDict:
    """Return a programme as it is kept."""
    return {"sessions": [_session_json(session) for session in programme.sessions]}


def from_json(content: Mapping[str, Any]) -> FrozenProgramme:
    """Return what ``to_json`` kept."""
    return FrozenProgramme(tuple(_session(row) for row in content.get("sessions", ())))


def without_person(programme: FrozenProgramme, person_id: int) -> FrozenProgramme:
    """Return a programme in which nobody of that id speaks or moderates."""
    return FrozenProgramme(
        tuple(
            replace(
                session,
                moderators=_others(session.moderators, person_id),
                talks=tuple(
                    replace(talk, speakers=_others(talk.speakers, person_id)) for talk in session.talks
                ),
            )
            for session in programme.sessions
        )
    )  # fmt: skip


def _others(people: Iterable[int], person_id: int) -> tuple[int, ...]:
    return tuple(person for person in people if person != person_id)


def _session_json(session: FrozenSession) -> JsonDict:
    return {
        "id": session.id,
        "uuid": str(session.uuid),
        "kind": session.kind.value,
        "title": session.title,
        "summary": session.summary,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "room_id": session.room_id,
        "room": session.room,
        "streamed": session.streamed,
        "moderators": list(session.moderators),
        "talks": [_talk_json(talk) for talk in session.talks],
        "is_demo": session.is_demo,
    }


def _talk_json(talk: FrozenTalk) -> JsonDict:
    return {
        "id": talk.id,
        "uuid": str(talk.uuid),
        "slug": talk.slug,
        "kind": talk.kind.value,
        "title": talk.title,
        "abstract": talk.abstract,
        "abstract_language": talk.abstract_language,
        "starts_at": talk.starts_at.isoformat(),
        "ends_at": talk.ends_at.isoformat(),
        "speakers": list(talk.speakers),
        "is_demo": talk.is_demo,
    }


def _session(row: Mapping[str, Any]) -> FrozenSession:
    return FrozenSession(
        id=row["id"],
        uuid=UUID(row["uuid"]),
        kind=SessionKind(row["kind"]),
        title=row["title"],
        summary=row["summary"],
        starts_at=datetime.fromisoformat(row["starts_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        room_id=row["room_id"],
        room=row["room"],
        streamed=row["streamed"],
        moderators=tuple(row["moderators"]),
        talks=tuple(_talk(talk) for talk in row["talks"]),
        is_demo=row["is_demo"],
    )


def _talk(row: Mapping[str, Any]) -> FrozenTalk:
    return FrozenTalk(
        id=row["id"],
        uuid=UUID(row["uuid"]),
        slug=row["slug"],
        kind=TalkKind(row["kind"]),
        title=row["title"],
        abstract=row["abstract"],
        abstract_language=row["abstract_language"],
        starts_at=datetime.fromisoformat(row["starts_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        speakers=tuple(row["speakers"]),
        is_demo=row["is_demo"],
    )
