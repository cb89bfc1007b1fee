"""What changed from one release to the next: pure, from frozen values to plain data that is put in words when read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from crosslinks.kernel.columns import JsonDict, Texts
from crosslinks.programme.release_rules import FrozenProgramme, FrozenSession, FrozenTalk
from crosslinks.programme.rules import SessionKind, minutes_between


class ChangeKind(StrEnum):
    """What became different in a part of the day."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    LONGER = "longer"
    SHORTER = "shorter"
    ROOM = "room"
    REGROUPED = "regrouped"
    RENAMED = "renamed"
    KIND = "kind"
    SUMMARY = "summary"
    ABSTRACT = "abstract"
    STREAM = "stream"
    SPEAKER_ADDED = "speaker_added"
    SPEAKER_REMOVED = "speaker_removed"
    MODERATOR_ADDED = "moderator_added"
    MODERATOR_REMOVED = "moderator_removed"


class PartKind(StrEnum):
    """What a change is about."""

    SESSION = "session"
    BREAK = "break"
    TALK = "talk"


@dataclass(frozen=True)
class Change:
    """One change of one part. ``before`` and ``after`` are JSON: a moment, minutes, texts, a name.

    ``people`` are whom it concerns; an ``implied`` one follows from a change of the whole session and is said only
    to those.
    """

    what: ChangeKind
    part: PartKind
    uuid: UUID
    title: Texts
    before: object = None
    after: object = None
    person: int | None = None
    people: tuple[int, ...] = ()
    implied: bool = False

    def as_json(self) -> JsonDict:
        """Return what is kept of it."""
        return {
            "what": self.what.value,
            "part": self.part.value,
            "uuid": str(self.uuid),
            "title": self.title,
            "before": self.before,
            "after": self.after,
            "person": self.person,
        }


@dataclass(frozen=True)
class Group:
    """The changes of one session, single talk or break, in the order of the day."""

    session: FrozenSession
    changes: tuple[Change, ...]


Placed = tuple[FrozenTalk, FrozenSession]


def compare(old: FrozenProgramme, new: FrozenProgramme) -> list[Group]:
    """Return what changed from ``old`` to ``new``, by session in the order of the day."""
    olds, news = _by_uuid(old), _by_uuid(new)
    talks = _Talks(_placed(old), _placed(new))
    merged = {session.uuid: session for session in (*old.sessions, *new.sessions)}
    ordered = sorted(merged.values(), key=lambda session: (session.starts_at, session.ends_at, session.id))
    groups = [
        Group(session, (*_of_session(olds.get(session.uuid), news.get(session.uuid)), *talks.changes(session)))
        for session in ordered
    ]
    return [group for group in groups if group.changes]


def changes_json(groups: Iterable[Group]) -> JsonDict:
    """Return the changelog as it is kept, without what only follows from a change of the whole session."""
    kept = ((group.session, [one.as_json() for one in group.changes if not one.implied]) for group in groups)
    return {
        "groups": [
            {"title": _group_title(session), "kind": session.kind.value, "items": items}
            for session, items in kept
            if items
        ]
    }


def changes_without(changes: Mapping[str, object], person_id: int) -> JsonDict:
    """Return a kept changelog (or the facts of a letter, whose groups are ``parts``) that does not name a person."""
    return {key: _groups_without(value, person_id) if isinstance(value, list) else value
            for key, value in changes.items()}  # fmt: skip


def _groups_without(groups: list[JsonDict], person_id: int) -> list[JsonDict]:
    kept = [group | {"items": [row for row in group["items"] if row["person"] != person_id]} for group in groups]
    return [group for group in kept if group["items"]]


class OwnChanges:
    """What changed from ``old`` to ``new`` in the parts of single people; compared once for all of them."""

    def __init__(self, old: FrozenProgramme, new: FrozenProgramme) -> None:
        self._old, self._new = _parts(old), _parts(new)
        self._by_person: dict[int, dict[UUID, list[Change]]] = {}
        for group in compare(old, new):
            for change in group.changes:
                for person in change.people:
                    parts = self._by_person.setdefault(person, {})
                    parts.setdefault(self._own_part(person, change), []).append(change)

    @property
    def people(self) -> list[int]:
        """Whom the changes concern, in the order of the day."""
        return list(self._by_person)

    def of(self, person: int) -> JsonDict | None:
        """Return what changed in one person's own parts, as the facts of a letter; None when nothing did."""
        parts = self._by_person.get(person)
        return {"parts": [self._facts(uuid, person, found) for uuid, found in parts.items()]} if parts else None

    def _own_part(self, person: int, change: Change) -> UUID:
        """Return their talk, or the session that they moderate and that the talk stands, or stood, in."""
        for parts in (self._new, self._old):
            part = parts.get(change.uuid)
            if part is not None and person not in part.people and person in part.session.moderators:
                return part.session.uuid
            if part is not None and person in part.people:
                return change.uuid
        return change.uuid

    def _facts(self, uuid: UUID, person: int, changes: Sequence[Change]) -> JsonDict:
        new = self._new.get(uuid)
        part = new or self._old[uuid]
        return {
            "title": part.title,
            "kind": part.kind.value,
            "starts_at": part.timed.starts_at.isoformat(),
            "ends_at": part.timed.ends_at.isoformat(),
            "room": part.session.room,
            "mine": new is not None and person in new.people,
            "items": [change.as_json() for change in changes],
        }


@dataclass(frozen=True)
class _Part:
    kind: PartKind
    title: Texts
    session: FrozenSession
    timed: FrozenSession | FrozenTalk
    people: tuple[int, ...]


def _parts(programme: FrozenProgramme) -> dict[UUID, _Part]:
    found: dict[UUID, _Part] = {}
    for session in programme.sessions:
        if session.kind is not SessionKind.SINGLE:
            found[session.uuid] = _Part(_kind(session), session.title, session, session, session.moderators)
        for talk in session.talks:
            found[talk.uuid] = _Part(PartKind.TALK, talk.title, session, talk, talk.speakers)
    return found


class _Talks:
    """The talks of two releases, each compared with itself wherever it stood."""

    def __init__(self, olds: Mapping[UUID, Placed], news: Mapping[UUID, Placed]) -> None:
        self._olds = olds
        self._news = news

    def changes(self, session: FrozenSession) -> Iterator[Change]:
        """Yield what changed in the talks that stand, or last stood, in ``session``."""
        here = [(talk, frame) for talk, frame in self._news.values() if frame.uuid == session.uuid]
        gone = [
            (talk, frame)
            for uuid, (talk, frame) in self._olds.items()
            if uuid not in self._news and frame.uuid == session.uuid
        ]
        for talk, _frame in sorted((*here, *gone), key=lambda placed: placed[0].starts_at):
            yield from self._of_talk(talk.uuid)

    def _of_talk(self, uuid: UUID) -> Iterator[Change]:
        old, new = self._olds.get(uuid), self._news.get(uuid)
        if old is not None and new is not None:
            yield from _of_both(old, new)
            return
        for placed, what in ((new, ChangeKind.ADDED), (old, ChangeKind.REMOVED)):
            if placed is not None:
                talk, frame = placed
                people = _once(talk.speakers, _leading(frame))
                yield _whole(what, PartKind.TALK, talk, people)


def _whole(what: ChangeKind, part: PartKind, row: FrozenSession | FrozenTalk, people: tuple[int, ...]) -> Change:
    """Return that a part is new, or was taken out, with its moment."""
    moment = row.starts_at.isoformat()
    before, after = (None, moment) if what is ChangeKind.ADDED else (moment, None)
    return Change(what, part, row.uuid, row.title, before, after, people=people)


def _of_both(old: Placed, new: Placed) -> Iterator[Change]:
    (before, old_frame), (after, frame) = old, new
    inside = old_frame.uuid == frame.uuid and frame.kind is SessionKind.SESSION
    speakers = _once(before.speakers, after.speakers)
    everybody = _once(speakers, _leading(frame), _leading(old_frame))

    def change(what: ChangeKind, was: object, now: object, *, implied: bool = False, own: bool = False) -> Change:
        people = speakers if implied or own else everybody
        return Change(what, PartKind.TALK, after.uuid, after.title, was, now, None, people, implied)

    if old_frame.uuid != frame.uuid and SessionKind.SESSION in {old_frame.kind, frame.kind}:
        yield change(ChangeKind.REGROUPED, _session_title(old_frame), _session_title(frame))
    if after.starts_at != before.starts_at:
        along = inside and after.starts_at - before.starts_at == _shift(old_frame, frame)
        yield change(
            ChangeKind.MOVED, before.starts_at.isoformat(), after.starts_at.isoformat(), implied=along
        )  # fmt: skip
    for what, was, now in _lengths(before, after):
        yield change(what, was, now)
    if old_frame.room != frame.room:
        yield change(ChangeKind.ROOM, old_frame.room, frame.room, implied=inside)
    if old_frame.streamed != frame.streamed:
        yield change(ChangeKind.STREAM, old_frame.streamed, frame.streamed, implied=inside)
    if before.title != after.title:
        yield change(ChangeKind.RENAMED, before.title, after.title)
    if before.kind != after.kind:
        yield change(ChangeKind.KIND, before.kind.value, after.kind.value)
    if (before.abstract, before.abstract_language) != (after.abstract, after.abstract_language):
        yield change(ChangeKind.ABSTRACT, None, None, own=True)
    yield from _roles(
        (before.speakers, after.speakers), (ChangeKind.SPEAKER_ADDED, ChangeKind.SPEAKER_REMOVED),
        Change(ChangeKind.ADDED, PartKind.TALK, after.uuid, after.title, people=everybody),
    )  # fmt: skip


def _of_session(old: FrozenSession | None, new: FrozenSession | None) -> Iterator[Change]:
    was = old if old is not None and old.kind is not SessionKind.SINGLE else None
    now = new if new is not None and new.kind is not SessionKind.SINGLE else None
    if was is not None and now is not None:
        yield from _of_both_sessions(was, now)
        return
    for session, what in ((now, ChangeKind.ADDED), (was, ChangeKind.REMOVED)):
        if session is not None:
            yield _whole(what, _kind(session), session, session.moderators)


def _of_both_sessions(was: FrozenSession, now: FrozenSession) -> Iterator[Change]:
    people = _once(was.moderators, now.moderators)

    def change(what: ChangeKind, before: object, after: object) -> Change:
        return Change(what, _kind(now), now.uuid, now.title, before, after, None, people)

    if was.starts_at != now.starts_at:
        yield change(ChangeKind.MOVED, was.starts_at.isoformat(), now.starts_at.isoformat())
    for what, before, after in _lengths(was, now):
        yield change(what, before, after)
    if was.room != now.room:
        yield change(ChangeKind.ROOM, was.room, now.room)
    if was.streamed != now.streamed:
        yield change(ChangeKind.STREAM, was.streamed, now.streamed)
    if was.title != now.title:
        yield change(ChangeKind.RENAMED, was.title, now.title)
    if was.summary != now.summary:
        yield change(ChangeKind.SUMMARY, None, None)
    yield from _roles(
        (was.moderators, now.moderators), (ChangeKind.MODERATOR_ADDED, ChangeKind.MODERATOR_REMOVED),
        Change(ChangeKind.ADDED, _kind(now), now.uuid, now.title, people=people),
    )  # fmt: skip


def _roles(
    sides: tuple[Sequence[int], Sequence[int]], kinds: tuple[ChangeKind, ChangeKind], model: Change
) -> Iterator[Change]:
    before, after = sides
    for kind, some, others in ((kinds[0], after, before), (kinds[1], before, after)):
        for person in some:
            if person not in others:
                yield Change(kind, model.part, model.uuid, model.title, None, None, person, model.people)


def _lengths(
    before: FrozenSession | FrozenTalk, after: FrozenSession | FrozenTalk
) -> Iterator[tuple[ChangeKind, int, int]]:
    was, now = minutes_between(before.starts_at, before.ends_at), minutes_between(after.starts_at, after.ends_at)
    if was != now:
        yield (ChangeKind.LONGER if now > was else ChangeKind.SHORTER), was, now


def _shift(old: FrozenSession, new: FrozenSession) -> timedelta:
    return new.starts_at - old.starts_at


def _leading(session: FrozenSession) -> tuple[int, ...]:
    return session.moderators if session.kind is SessionKind.SESSION else ()


def _kind(session: FrozenSession) -> PartKind:
    return PartKind.BREAK if session.kind is SessionKind.BREAK else PartKind.SESSION


def _session_title(session: FrozenSession) -> Texts:
    return session.title if session.kind is SessionKind.SESSION else {}


def _group_title(session: FrozenSession) -> Texts:
    return session.talks[0].title if session.kind is SessionKind.SINGLE and session.talks else session.title


def _once(*people: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(person for some in people for person in some))


def _by_uuid(programme: FrozenProgramme) -> dict[UUID, FrozenSession]:
    return {session.uuid: session for session in programme.sessions}


def _placed(programme: FrozenProgramme) -> dict[UUID, Placed]:
    return {talk.uuid: (talk, session) for session in programme.sessions for talk in session.talks}
