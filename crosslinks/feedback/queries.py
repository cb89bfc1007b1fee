"""Reading forms and what was answered: a fixed number of statements, however many answers."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select

from crosslinks.config import settings
from crosslinks.editions.kept import kept_total
from crosslinks.editions.models import Edition
from crosslinks.feedback.models import FeedbackAnswer, FeedbackForm, FeedbackMark, FeedbackQuestion
from crosslinks.feedback.rules import (
    USUAL,
    FormState,
    Opening,
    Period,
    Question,
    Result,
    Sheet,
    form_period,
    form_state,
    results_of,
    usual_last_day,
)
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place


@dataclass(frozen=True)
class FormFacts:
    """When an edition's form takes answers."""

    is_on: bool
    opening: Opening
    last_day: date
    period: Period

    def state(self, now: datetime) -> FormState:
        """Return where the form stands at ``now``."""
        return form_state(now, self.period, is_on=self.is_on)


def get_form(edition: Edition) -> FormFacts:
    """Return an edition's form as it is set, or the usual one."""
    row = db.session.get(FeedbackForm, edition.id)
    is_on, opening = (row.is_on, row.opening) if row else (True, Opening.ENDED)
    last_day = row.last_day if row else usual_last_day(edition.ends_at, edition.zone, edition.erase_on)
    period = form_period(
        opening, last_day, starts_at=edition.starts_at, ends_at=edition.ends_at, zone=edition.zone
    )  # fmt: skip
    return FormFacts(is_on, opening, last_day, period)


def has_own_form(edition_id: int) -> bool:
    """Say whether an edition has questions of its own, which can be changed one by one."""
    return db.session.get(FeedbackForm, edition_id) is not None


def list_questions(edition_id: int) -> list[Question]:
    """Return what is asked, in order."""
    if not has_own_form(edition_id):
        return list(USUAL)
    return [_question(row) for row in list_question_rows(edition_id)]


def list_question_rows(edition_id: int) -> list[FeedbackQuestion]:
    """Return the rows of an edition's own questions, in order."""
    return list(
        db.session.scalars(
            select(FeedbackQuestion)
            .where(FeedbackQuestion.edition_id == edition_id)
            .order_by(FeedbackQuestion.position, FeedbackQuestion.id)
        )
    )


def _question(row: FeedbackQuestion) -> Question:
    return Question(row.key, row.kind, row.label, tuple(row.options), row.mode, row.id)


def get_question(edition_id: int, question_id: int) -> FeedbackQuestion:
    """Return one of an edition's own questions; raises ``NotFound``, also for one of another edition."""
    found = db.session.get(FeedbackQuestion, question_id)
    if found is None or found.edition_id != edition_id:
        raise NotFound("question.unknown")
    return found


def mark_of(registration_id: int) -> bytes:
    """Return the mark of a registration: only this instance's secret leads from one to the other."""
    return hmac.digest(settings().keys.state, b"feedback\x00" + registration_id.to_bytes(8, "big"), "sha256")


def has_answered(edition_id: int, registration_id: int) -> bool:
    """Say whether somebody has answered; what, nobody can say."""
    return db.session.get(FeedbackMark, (edition_id, mark_of(registration_id))) is not None


def count_answers(edition_id: int) -> int:
    """Return how many have answered."""
    counted = select(func.count()).select_from(FeedbackAnswer).where(FeedbackAnswer.edition_id == edition_id)
    return db.session.scalar(counted) or 0


def has_answers(edition_id: int) -> bool:
    """Say whether anybody has answered."""
    return bool(db.session.scalar(select(exists().where(FeedbackAnswer.edition_id == edition_id))))


def get_results(edition_id: int) -> list[Result]:
    """Return what may be shown of an edition's answers; nothing before five have answered."""
    rows = db.session.execute(
        select(FeedbackAnswer.mode, FeedbackAnswer.answers).where(FeedbackAnswer.edition_id == edition_id)
    )
    return results_of(list_questions(edition_id), [Sheet(mode, answers) for mode, answers in rows])


def count_places(edition_id: int) -> int:
    """Return how many have a place, and so may answer; of those erased since, how many had one."""
    counted = (
        select(func.count())
        .select_from(Registration)
        .where(Registration.edition_id == edition_id, Registration.place.in_((Place.ONSITE, Place.DIGITAL)))
    )
    erased = sum(kept_total(edition_id, place.value) for place in (Place.ONSITE, Place.DIGITAL))
    return (db.session.scalar(counted) or 0) + erased
