"""The words for conflicts, and on which row of the organizer's programme each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import now
from crosslinks.kernel.columns import Texts
from crosslinks.programme.conflicts import Conflict, ConflictKind, Span, find_conflicts
from crosslinks.programme.gaps import list_unconfirmed
from crosslinks.programme.queries import plan_of
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow
from crosslinks.web.formats import format_clock
from crosslinks.web.pages import texts


@dataclass(frozen=True)
class Warnings:
    """The conflicts of a programme in words: all of them, and those of each session and talk by id."""

    all: tuple[str, ...]
    of_sessions: dict[int, tuple[str, ...]]
    of_talks: dict[int, tuple[str, ...]]


def word_conflicts(edition: Edition, rows: Sequence[SessionRow]) -> Warnings:
    """Return the conflicts of an edition's programme in the reader's language."""
    writer = _Writer(edition, rows)
    unconfirmed = list_unconfirmed(edition.id) if edition.ends_at > now() else frozenset()
    found = find_conflicts(Span(edition.starts_at, edition.ends_at), plan_of(rows), unconfirmed)
    sessions: dict[int, list[str]] = {}
    talks: dict[int, list[str]] = {}
    for conflict in found:
        words = writer.words(conflict)
        for number in conflict.talks:
            talks.setdefault(number, []).append(words)
        for number in () if conflict.kind is ConflictKind.OUTSIDE_SESSION else conflict.sessions:
            single = writer.single_talk(number)
            if single is None:
                sessions.setdefault(number, []).append(words)
            elif single.id not in conflict.talks:
                talks.setdefault(single.id, []).append(words)
    return Warnings(
        tuple(dict.fromkeys(writer.words(conflict) for conflict in found)),
        {number: tuple(words) for number, words in sessions.items()},
        {number: tuple(words) for number, words in talks.items()},
    )


class _Writer:
    def __init__(self, edition: Edition, rows: Sequence[SessionRow]) -> None:
        self._edition = edition
        self._sessions = {row.id: row for row in rows}
        self._talks = {talk.id: talk for row in rows for talk in row.talks}
        self._people: dict[int, PersonLine] = {
            person.id: person
            for row in rows
            for people in (row.moderators, *(talk.speakers for talk in row.talks))
            for person in people
        }

    def single_talk(self, session_id: int) -> TalkRow | None:
        """Return the talk of a frame that holds just one, else None."""
        row = self._sessions[session_id]
        return row.talks[0] if row.kind == "single" and row.talks else None

    def words(self, conflict: Conflict) -> str:
        """Return one conflict as a sentence."""
        names = [self._session_name(number) for number in conflict.sessions]
        names += [_quoted(self._talks[number].title) for number in conflict.talks]
        first, second = (*names, "")[:2]
        session = self._sessions.get(conflict.sessions[0]) if conflict.sessions else None
        facts = {
            "first": first,
            "second": second,
            "person": self._people[conflict.person].name if conflict.person is not None else "",
            "room": session.room if session else "",
            "day": self._span(self._edition.starts_at, self._edition.ends_at),
            "session": self._span(session.starts_at, session.ends_at) if session else "",
        }
        if conflict.kind is ConflictKind.ROOM_OVERLAP and not facts["room"]:
            return _("%(first)s and %(second)s are at the same time, and no room is told.", **facts)
        sentences = {
            ConflictKind.ROOM_OVERLAP: _("%(first)s and %(second)s are in %(room)s at the same time.", **facts),
            ConflictKind.TALK_OVERLAP: _("%(first)s and %(second)s overlap.", **facts),
            ConflictKind.SPEAKER_TWICE: _(
                "%(person)s speaks in %(first)s and in %(second)s at the same time.", **facts
            ),
            ConflictKind.MODERATOR_TWICE: _("%(person)s moderates %(first)s and %(second)s at the same time.", **facts),
            ConflictKind.SPEAKS_ELSEWHERE: _(
                "%(person)s moderates %(first)s and speaks in %(second)s at the same time.", **facts
            ),
            ConflictKind.OUTSIDE_DAY: _("%(first)s lies outside the day, which lasts %(day)s.", **facts),
            ConflictKind.UNCONFIRMED: _("%(person)s has not confirmed for %(first)s.", **facts),
            ConflictKind.OUTSIDE_SESSION: _("%(second)s lies outside its session, which lasts %(session)s.", **facts),
        }
        return sentences[conflict.kind]

    def _session_name(self, number: int) -> str:
        single = self.single_talk(number)
        return _quoted(single.title if single else self._sessions[number].title)

    def _span(self, starts_at: datetime, ends_at: datetime) -> str:
        zone = self._edition.zone
        return "–".join(format_clock(moment, zone) for moment in (starts_at, ends_at))


def _quoted(title: Texts) -> str:
    return _("“%(title)s”", title=texts(title) or _("Untitled"))
