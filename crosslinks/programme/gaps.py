"""What is still to be had of each speaker and moderator: a fixed number of statements, however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from crosslinks.kernel.db import db
from crosslinks.programme.material_models import RecordingConsent, SlideFile
from crosslinks.programme.models import Person, Session, SessionModerator, Talk, TalkSpeaker
from crosslinks.programme.rules import TALKS_WITH_SLIDES, Coming, Gap, TalkKind


@dataclass(frozen=True)
class Standing:
    """A person, what they do on the day, and what they have not given yet."""

    person: Person
    speaks: bool
    moderates: bool
    gaps: tuple[Gap, ...]

    @property
    def has_part(self) -> bool:
        """Whether they are in the programme at all."""
        return self.speaks or self.moderates


def list_standings(edition_id: int) -> list[Standing]:
    """Return everybody of an edition by family name, with what each of them lacks."""
    people = db.session.scalars(
        select(Person).where(Person.edition_id == edition_id).order_by(Person.family_name, Person.given_name, Person.id)
    )
    return _standings(list(people), edition_id)


def get_standing(person: Person) -> Standing:
    """Return what one person does and lacks."""
    return _standings([person], person.edition_id)[0]


def talks_with_slides(edition_id: int) -> set[int]:
    """Return the ids of the talks for which any slides are in."""
    return set(db.session.scalars(select(SlideFile.talk_id).where(SlideFile.edition_id == edition_id).distinct()))


def list_unconfirmed(edition_id: int) -> frozenset[int]:
    """Return the ids of the people who have not said that they come, or said that they do not."""
    return frozenset(
        db.session.scalars(select(Person.id).where(Person.edition_id == edition_id, Person.coming != Coming.CONFIRMED))
    )


def _standings(people: list[Person], edition_id: int) -> list[Standing]:
    only = people[0].id if len(people) == 1 else None
    given = select(TalkSpeaker.person_id, Talk.id, Talk.kind).join(Talk).where(Talk.edition_id == edition_id)
    led = select(SessionModerator.person_id).join(Session).where(Session.edition_id == edition_id)
    answered = (
        select(RecordingConsent.person_id, RecordingConsent.talk_id).join(Talk).where(Talk.edition_id == edition_id)
    )
    if only is not None:
        given, led = given.where(TalkSpeaker.person_id == only), led.where(SessionModerator.person_id == only)
        answered = answered.where(RecordingConsent.person_id == only)
    talks: dict[int, list[tuple[int, TalkKind]]] = {}
    for person_id, talk_id, kind in db.session.execute(given):
        talks.setdefault(person_id, []).append((talk_id, kind))
    moderating = set(db.session.scalars(led))
    with_slides = talks_with_slides(edition_id)
    answers = {(row.person_id, row.talk_id) for row in db.session.execute(answered)}
    return [
        Standing(
            person,
            person.id in talks,
            person.id in moderating,
            tuple(_gaps(person, talks.get(person.id, []), person.id in moderating, with_slides, answers)),
        )
        for person in people
    ]


def _gaps(
    person: Person,
    talks: list[tuple[int, TalkKind]],
    moderates: bool,
    with_slides: set[int],
    answers: set[tuple[int, int]],
) -> Iterable[Gap]:
    if not talks and not moderates:
        return
    if person.coming is Coming.INVITED:
        yield Gap.CONFIRMATION
    if person.coming is Coming.DECLINED:
        return
    if not person.portrait:
        yield Gap.PORTRAIT
    if not person.biography:
        yield Gap.BIOGRAPHY
    if talks and not (person.disclosure or person.nothing_to_disclose):
        yield Gap.DISCLOSURE
    if any(kind in TALKS_WITH_SLIDES and talk_id not in with_slides for talk_id, kind in talks):
        yield Gap.SLIDES
    if any((person.id, talk_id) not in answers for talk_id, _kind in talks):
        yield Gap.RECORDING
