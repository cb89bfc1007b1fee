"""What the public sees of a programme: its latest release, or the working copy for who holds the preview link."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import BindParameter, Table, bindparam, select

from crosslinks.editions.public import keeper
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db, execute
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.models import Person
from crosslinks.programme.release_models import ProgrammeRelease
from crosslinks.programme.release_rules import FrozenProgramme, FrozenSession, FrozenTalk, from_json
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow, person_line

_EDITION: BindParameter[int] = bindparam("edition")
# Every public page of a programme reads these two: over bare tables they cost a third of the same through the ORM.
_RELEASE = cast("Table", ProgrammeRelease.__table__).c
_STAMP = (_RELEASE.id, _RELEASE.number, _RELEASE.rev, _RELEASE.published_at)
_LATEST = select(*_STAMP).where(_RELEASE.edition_id == _EDITION).order_by(_RELEASE.number.desc()).limit(1)
_PERSON = cast("Table", Person.__table__).c
_PEOPLE = select(
    *(_PERSON[name] for name in ["id", "slug", "title", "given_name", "family_name", "affiliation", "portrait"])
).where(_PERSON.edition_id == _EDITION)


@dataclass(frozen=True)
class ReleaseStamp:
    """Which release it is; ``rev`` is raised when a deleted person goes from it."""

    id: int
    number: int
    rev: int
    published_at: datetime


def find_latest(edition_id: int) -> ReleaseStamp | None:
    """Return which release the public sees now, or None before the first."""
    row = execute(_LATEST, {"edition": edition_id}).first()
    return ReleaseStamp(*tuple(row)) if row else None


def get_stamp(edition_id: int, number: int) -> ReleaseStamp:
    """Return which release of an edition has this number; raises ``NotFound``."""
    row = db.session.execute(
        select(*_STAMP).where(ProgrammeRelease.edition_id == edition_id, ProgrammeRelease.number == number)
    ).first()
    if row is None:
        raise NotFound("release.unknown")
    return ReleaseStamp(*row)


def read_release(stamp: ReleaseStamp) -> FrozenProgramme:
    """Return what a release froze: read once per process."""

    def read() -> FrozenProgramme:
        content = db.session.scalar(select(ProgrammeRelease.content).where(ProgrammeRelease.id == stamp.id))
        return from_json(content or {})

    return keeper().remember(("release", stamp.id, stamp.published_at), stamp.rev, read, FrozenProgramme)


def read_latest(edition_id: int) -> FrozenProgramme:
    """Return what the public sees now; empty before the first release."""
    stamp = find_latest(edition_id)
    return read_release(stamp) if stamp else FrozenProgramme()


def list_released_rows(edition_id: int, latest: ReleaseStamp | None = None) -> list[SessionRow]:
    """Return the latest release as pages show it, in order of the day, with the people as they are called now.

    ``latest`` is which it is, where that is known already.
    """
    return rows_of(edition_id, read_release(latest) if latest else read_latest(edition_id))


def rows_of(edition_id: int, programme: FrozenProgramme) -> list[SessionRow]:
    """Return a frozen programme as pages show it; people who are no more are left out: one statement."""
    people = list_person_lines(edition_id) if programme.sessions else {}
    return [_session_row(session, people) for session in programme.sessions]


def list_person_lines(edition_id: int) -> dict[int, PersonLine]:
    """Return everybody of an edition by id, as lines."""
    return {row[0]: person_line(row) for row in execute(_PEOPLE, {"edition": edition_id})}


_make_talk: Callable[..., TalkRow] = TalkRow
_make_session: Callable[..., SessionRow] = SessionRow


def _session_row(session: FrozenSession, people: Mapping[int, PersonLine]) -> SessionRow:
    return _make_session(
        session.id, session.uuid, session.kind, session.title, session.summary, session.starts_at, session.ends_at,
        session.room_id, session.room, session.streamed, _known(session.moderators, people),
        tuple(_talk_row(talk, people) for talk in session.talks), session.is_demo,
    )  # fmt: skip


def _talk_row(talk: FrozenTalk, people: Mapping[int, PersonLine]) -> TalkRow:
    return _make_talk(
        talk.id, talk.uuid, talk.slug, talk.kind, talk.title, talk.starts_at, talk.ends_at,
        _known(talk.speakers, people), talk.is_demo,
    )  # fmt: skip


def _known(ids: Iterable[int], people: Mapping[int, PersonLine]) -> tuple[PersonLine, ...]:
    return tuple(people[number] for number in ids if number in people)


@dataclass(frozen=True)
class ReleaseLine:
    """A release in a list: its number, when, by whom, and what the organizer wrote about it."""

    number: int
    published_at: datetime
    published_by: str
    note: Texts
    changes: Mapping[str, object]


def list_releases(edition_id: int) -> list[ReleaseLine]:
    """Return the releases of an edition, the latest first: one statement."""
    rows = db.session.execute(
        select(
            ProgrammeRelease.number, ProgrammeRelease.published_at, ProgrammeRelease.published_by,
            ProgrammeRelease.note, ProgrammeRelease.changes,
        )
        .where(ProgrammeRelease.edition_id == edition_id)
        .order_by(ProgrammeRelease.number.desc())
    )  # fmt: skip
    return [ReleaseLine(*row) for row in rows]
