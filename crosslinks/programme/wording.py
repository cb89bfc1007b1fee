"""The words for conflicts, and on which row of the organizer's programme each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

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
class Told:
    """One conflict as a sentence, what to do about it, and the anchor of the first part in it."""

    words: str
    advice: str
    anchor: str


@dataclass(frozen=True)
class Warnings:
    """The conflicts of a programme in words: all of them, and those of each session and talk by id."""

    told: tuple[Told, ...]
    of_sessions: dict[int, tuple[str, ...]]
    of_talks: dict[int, tuple[str, ...]]

    @property
    def all(self) -> tuple[str, ...]:
        """Every conflict as a sentence."""
        return tuple(told.words for told in self.told)


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
        tuple(dict.fromkeys(Told(writer.words(one), advice(one.kind), writer.anchor(one)) for one in found)),
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
        return str(_SENTENCES[conflict.kind]) % facts

    def anchor(self, conflict: Conflict) -> str:
        """Return the id of the row that a conflict is first about."""
        if conflict.talks and (not conflict.sessions or conflict.kind is ConflictKind.OUTSIDE_SESSION):
            return f"talk-{conflict.talks[0]}"
        single = self.single_talk(conflict.sessions[0])
        return f"talk-{single.id}" if single else f"part-{conflict.sessions[0]}"

    def _session_name(self, number: int) -> str:
        single = self.single_talk(number)
        return _quoted(single.title if single else self._sessions[number].title)

    def _span(self, starts_at: datetime, ends_at: datetime) -> str:
        zone = self._edition.zone
        return "–".join(format_clock(moment, zone) for moment in (starts_at, ends_at))


_SENTENCES = {
    ConflictKind.ROOM_OVERLAP: _l("%(first)s and %(second)s are in %(room)s at the same time."),
    ConflictKind.DURING_BREAK: _l("%(first)s and %(second)s are at the same time."),
    ConflictKind.TALK_OVERLAP: _l("%(first)s and %(second)s overlap."),
    ConflictKind.SPEAKER_TWICE: _l("%(person)s speaks in %(first)s and in %(second)s at the same time."),
    ConflictKind.MODERATOR_TWICE: _l("%(person)s moderates %(first)s and %(second)s at the same time."),
    ConflictKind.SPEAKS_ELSEWHERE: _l("%(person)s moderates %(first)s and speaks in %(second)s at the same time."),
    ConflictKind.OUTSIDE_DAY: _l("%(first)s lies outside the day, which lasts %(day)s."),
    ConflictKind.UNCONFIRMED: _l("%(person)s has not confirmed for %(first)s."),
    ConflictKind.OUTSIDE_SESSION: _l("%(second)s lies outside its session, which lasts %(session)s."),
}


def advice(kind: ConflictKind) -> str:
    """Return what to do about a conflict."""
    advices = {
        ConflictKind.ROOM_OVERLAP: _("Move one of them in time, or to another room."),
        ConflictKind.DURING_BREAK: _("Move one of them, or give the break a room if it is not for everybody."),
        ConflictKind.TALK_OVERLAP: _("Move one of them: the talks of a session then follow each other."),
        ConflictKind.SPEAKER_TWICE: _("Move one of the talks, or let somebody else speak."),
        ConflictKind.MODERATOR_TWICE: _("Move one of the sessions, or let somebody else moderate."),
        ConflictKind.SPEAKS_ELSEWHERE: _("Move one of them, or let somebody else moderate."),
        ConflictKind.OUTSIDE_DAY: _("Move it, or change the hours of the day in the settings."),
        ConflictKind.UNCONFIRMED: _("Send them their link, or ask them."),
        ConflictKind.OUTSIDE_SESSION: _("Make the session longer, or the talk shorter."),
    }
    return advices[kind]


def _quoted(title: Texts) -> str:
    return _("“%(title)s”", title=texts(title) or _("Untitled"))
