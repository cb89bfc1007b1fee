"""Erasing answers and handing them out. What can be counted stays counted; words that somebody wrote are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text

from crosslinks.accounts.audit import record
from crosslinks.editions.models import Edition
from crosslinks.jobs.work import Round
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, execute, transaction
from crosslinks.questions.models import Answer, Question
from crosslinks.questions.queries import list_answers, unpack
from crosslinks.questions.words import answer_words
from crosslinks.web.pages import texts

CHUNK = 200
_COUNT = text(
    "INSERT INTO question_tally (question_id, option, count) VALUES (:question_id, :option, :count) "
    "ON CONFLICT (question_id, option) DO UPDATE SET count = question_tally.count + excluded.count"
)


def erase_person(*, registration_id: int) -> None:
    """Erase everything that a registration answered; only how often each choice was taken is kept."""
    _erase(select(Answer.id).where(Answer.registration_id == registration_id))


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return everything that a registration answered, in words of the reader's language and plain JSON values."""
    return {
        "answers": [
            {
                "question": texts(question.label),
                "answer": answer_words(question.as_asked(), answer.value),
                "value": answer.value,
                "answered_at": answer.answered_at.isoformat(),
                **_consent(question, answer),
            }
            for question, answer in list_answers(registration_id)
        ]
    }


def _consent(question: Question, answer: Answer) -> dict[str, Any]:
    if answer.consented_at is None:
        return {}
    return {
        "agreed_at": answer.consented_at.isoformat(),
        "agreed_version": answer.consent_version,
        "agreed_to": texts(question.consent_text),
    }


def erase_expired(*, now: datetime) -> int:
    """Erase the answers to questions whose day is past, at most 200 at a time in a transaction each; return how many.

    Every chunk leaves one line in the log for each question.
    """
    past = (
        select(Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Question.erase_after < now.date())
        .limit(CHUNK)
    )
    total = 0
    while True:
        with transaction():
            erased = _erase(past)
            _prove(erased, now)
        if not erased:
            return total
        total += sum(erased.values())


def _erase(wanted: Any) -> Counter[int]:
    """Count, then delete, the answers with the ids that a statement gives; return how many of each question."""
    ids = list(db.session.scalars(wanted))
    rows = db.session.execute(select(Answer.question_id, Answer.picked).where(Answer.id.in_(ids))).all() if ids else []
    totals: Counter[int] = Counter(row.question_id for row in rows)
    _keep_counts(totals, Counter((row.question_id, option) for row in rows for option in unpack(row.picked)))
    if ids:
        db.session.execute(delete(Answer).where(Answer.id.in_(ids)))
    return totals


def _keep_counts(totals: Counter[int], picked: Counter[tuple[int, str]]) -> None:
    rows = [_tally(question, "", count) for question, count in sorted(totals.items())]
    rows += [_tally(question, option, count) for (question, option), count in sorted(picked.items())]
    if rows:
        execute(_COUNT, rows)


def _tally(question_id: int, option: str, count: int) -> dict[str, Any]:
    return {"question_id": question_id, "option": option, "count": count}


def _prove(erased: Counter[int], now: datetime) -> None:
    for question_id, edition_id, conference_id in _whose(erased):
        record(
            actor=Actor.system("retention"),
            action="question.answers_erased",
            object_kind="question",
            object_id=question_id,
            now=now,
            conference_id=conference_id,
            edition_id=edition_id,
            after={"rows": erased[question_id]},
        )


def _whose(question_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    found = db.session.execute(
        select(Question.id, Edition.id, Edition.conference_id)
        .join(Edition, Edition.id == Question.edition_id)
        .where(Question.id.in_(list(question_ids)))
        .order_by(Question.id)
    )
    return [(row[0], row[1], row[2]) for row in found]


def _every_day(now: datetime) -> None:
    erase_expired(now=now)


ERASING = Round("questions.erase_expired", timedelta(days=1), _every_day)
