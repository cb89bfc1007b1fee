"""One person's own day, for their own page: their talks and sessions in order, with whom and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.programme.material_models import RecordingConsent, SlideFile
from crosslinks.programme.models import Person
from crosslinks.programme.queries import list_session_rows
from crosslinks.programme.rules import TALKS_WITH_SLIDES, SessionKind
from crosslinks.programme.slides import list_slides
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow


@dataclass(frozen=True)
class OwnTalk:
    """A talk that the person gives: with whom, what is in, and whether its recording may be shown (None: no answer)."""

    talk: TalkRow
    session: SessionRow
    others: tuple[PersonLine, ...]
    slides: tuple[SlideFile, ...]
    recording: bool | None

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        return self.talk.starts_at

    @property
    def wants_slides(self) -> bool:
        """Whether slides are expected for it."""
        return self.talk.kind in TALKS_WITH_SLIDES

    @property
    def within(self) -> Texts:
        """The title of its session; none when it stands alone."""
        return {} if self.session.kind is SessionKind.SINGLE else self.session.title


@dataclass(frozen=True)
class OwnSession:
    """A session that the person moderates: with whom, and who speaks in it."""

    session: SessionRow
    others: tuple[PersonLine, ...]
    talks: tuple[TalkRow, ...]

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        return self.session.starts_at


@dataclass(frozen=True)
class OwnDay:
    """All that a person does, in order of the day."""

    talks: tuple[OwnTalk, ...]
    sessions: tuple[OwnSession, ...]

    @property
    def in_order(self) -> list[OwnTalk | OwnSession]:
        """Both, as the day goes."""
        return sorted((*self.sessions, *self.talks), key=lambda part: part.starts_at)


def list_own_day(edition: Edition, person: Person) -> OwnDay:
    """Return what a person does on the day: a fixed number of statements."""
    rows = list_session_rows(edition.id)
    given = [(talk, row) for row in rows for talk in row.talks if person.id in {who.id for who in talk.speakers}]
    slides = list_slides([talk.id for talk, _row in given])
    answers = {
        row.talk_id: row.given
        for row in db.session.execute(
            select(RecordingConsent.talk_id, RecordingConsent.given).where(RecordingConsent.person_id == person.id)
        )
    }
    talks = tuple(
        OwnTalk(talk, row, _others(talk.speakers, person), tuple(slides[talk.id]), answers.get(talk.id))
        for talk, row in given
    )
    sessions = tuple(
        OwnSession(row, _others(row.moderators, person), row.talks)
        for row in rows
        if person.id in {who.id for who in row.moderators}
    )
    return OwnDay(talks, sessions)


def list_pronunciations(edition_id: int) -> dict[int, str]:
    """Return how names are said, by person, of those who have told."""
    rows = db.session.execute(
        select(Person.id, Person.pronunciation).where(Person.edition_id == edition_id, Person.pronunciation != "")
    )
    return {row.id: row.pronunciation for row in rows}


def _others(people: tuple[PersonLine, ...], person: Person) -> tuple[PersonLine, ...]:
    return tuple(who for who in people if who.id != person.id)
