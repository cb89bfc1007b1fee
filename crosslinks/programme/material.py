"""What of slides and recordings is public: only with everybody's consent, and once the organizer shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select

from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.material_models import MaterialShown, Recording, RecordingConsent, SlideFile
from crosslinks.programme.models import Person, Talk, TalkSpeaker
from crosslinks.programme.rules import TALKS_WITH_SLIDES

_ALLOWED = and_(SlideFile.publish, ~SlideFile.keep_back)
_SHOWN = exists().where(MaterialShown.edition_id == Talk.edition_id)


@dataclass(frozen=True)
class Material:
    """What anybody may have of one talk."""

    files: tuple[SlideFile, ...] = ()
    recording: str = ""

    def __bool__(self) -> bool:
        return bool(self.files or self.recording)


def list_public_material(talk_ids: Sequence[int]) -> dict[int, Material]:
    """Return what is public of these talks: two statements, however many they are."""
    if not talk_ids:
        return {}
    files: dict[int, list[SlideFile]] = {}
    rows = db.session.scalars(
        select(SlideFile)
        .join(Talk, Talk.id == SlideFile.talk_id)
        .where(SlideFile.talk_id.in_(talk_ids), _ALLOWED, _SHOWN)
        .order_by(SlideFile.id)
    )
    for row in rows:
        files.setdefault(row.talk_id, []).append(row)
    recordings = {
        row.talk_id: row.url
        for row in db.session.execute(
            select(Recording.talk_id, Recording.url)
            .join(Talk, Talk.id == Recording.talk_id)
            .where(Recording.talk_id.in_(talk_ids), _SHOWN, ~_somebody_objects())
        )
    }
    return {
        number: Material(tuple(files.get(number, ())), recordings.get(number, "")) for number in dict.fromkeys(talk_ids)
    }


def get_public_slides(talk_id: int, slides_id: int) -> SlideFile:
    """Return a file of a talk that anybody may have; raises ``NotFound``."""
    found = list_public_material([talk_id])[talk_id]
    for row in found.files:
        if row.id == slides_id:
            return row
    raise NotFound("slides.unknown")


def list_recordable(edition_id: int) -> frozenset[int]:
    """Return the talks that may be recorded: everybody who gives them has allowed it. One statement."""
    query = select(Talk.id).where(Talk.edition_id == edition_id, ~_somebody_objects())
    return frozenset(db.session.scalars(query))


def list_handed_in(edition_id: int) -> frozenset[int]:
    """Return the talks that slides are in for. One statement."""
    return frozenset(db.session.scalars(select(SlideFile.talk_id).where(SlideFile.edition_id == edition_id)))


def is_shown(edition_id: int) -> bool:
    """Say whether an edition's slides and recordings are public, as far as they are allowed."""
    return db.session.get(MaterialShown, edition_id) is not None


def _somebody_objects() -> ColumnElement[bool]:
    """Say that a speaker of the talk has not allowed its recording, or has not answered."""
    allowed = exists().where(
        RecordingConsent.talk_id == TalkSpeaker.talk_id,
        RecordingConsent.person_id == TalkSpeaker.person_id,
        RecordingConsent.given,
    )
    return exists().where(TalkSpeaker.talk_id == Talk.id, ~allowed.correlate(TalkSpeaker)).correlate(Talk)


@dataclass(frozen=True)
class MaterialRow:
    """One talk as the organizer's list shows it; ``answers`` are who speaks and what they say about the recording."""

    talk: Talk
    files: tuple[SlideFile, ...]
    answers: tuple[tuple[str, bool | None], ...]
    recording: str

    @property
    def wants_slides(self) -> bool:
        """Whether slides are expected for it."""
        return self.talk.kind in TALKS_WITH_SLIDES

    @property
    def may_show_recording(self) -> bool:
        """Whether everybody who speaks has allowed it."""
        return all(given for _name, given in self.answers)


def list_material_rows(edition_id: int) -> list[MaterialRow]:
    """Return every talk of an edition with its files, answers and recording: four statements."""
    talks = list(
        db.session.scalars(select(Talk).where(Talk.edition_id == edition_id).order_by(Talk.starts_at, Talk.id))
    )
    files: dict[int, list[SlideFile]] = {}
    for row in db.session.scalars(select(SlideFile).where(SlideFile.edition_id == edition_id).order_by(SlideFile.id)):
        files.setdefault(row.talk_id, []).append(row)
    answers: dict[int, list[tuple[str, bool | None]]] = {}
    speaking = (
        select(TalkSpeaker.talk_id, Person, RecordingConsent.given)
        .join(Person, Person.id == TalkSpeaker.person_id)
        .outerjoin(
            RecordingConsent,
            and_(RecordingConsent.talk_id == TalkSpeaker.talk_id, RecordingConsent.person_id == TalkSpeaker.person_id),
        )
        .where(Person.edition_id == edition_id)
        .order_by(TalkSpeaker.position)
    )
    for talk_id, person, given in db.session.execute(speaking):
        answers.setdefault(talk_id, []).append((person.name, given))
    urls = {
        row.talk_id: row.url
        for row in db.session.execute(
            select(Recording.talk_id, Recording.url).join(Talk).where(Talk.edition_id == edition_id)
        )
    }
    return [
        MaterialRow(talk, tuple(files.get(talk.id, ())), tuple(answers.get(talk.id, ())), urls.get(talk.id, ""))
        for talk in talks
    ]
