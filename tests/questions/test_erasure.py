"""Erasing answers keeps the counts and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.kernel.db import db, transaction
from crosslinks.questions.answers import save_answers
from crosslinks.questions.erasure import erase_expired, erase_person, export_person
from crosslinks.questions.models import Answer, AnswerTally
from crosslinks.questions.queries import count_answers, read_form, registrations_with_answer
from crosslinks.questions.rules import AskedOf, Facts, Given, Kind, check_answers
from tests.factories import NOW, make_edition
from tests.questions.factories import make_every_kind, make_question
from tests.registration.factories import make_registration

pytestmark = pytest.mark.usefixtures("app")
FACTS = Facts("onsite", "health")


def answer(edition: Any, registration: Any, consents: frozenset[int] = frozenset(), **given: Any) -> None:
    checked = check_answers(
        read_form(edition.id, NOW.date()), Given({int(n[1:]): v for n, v in given.items()}, consents), FACTS
    )
    assert not checked.problems
    save_answers(registration_id=registration.id, answers=checked, now=NOW)


def counts(edition_id: int) -> list[tuple[int, dict[str, int]]]:
    return [(one.answered, one.counts) for one in count_answers(edition_id)]


def test_a_person_is_erased_and_still_counted():
    with transaction():
        edition = make_edition()
        asked = make_every_kind(edition)
        values = {
            Kind.TEXT: "secret words", Kind.LONG_TEXT: "a\nb", Kind.CHOICE: "o2", Kind.SEVERAL: ["o1", "o2"],
            Kind.YES_NO: False, Kind.NUMBER: 12,
        }  # fmt: skip
        people = [make_registration(edition) for _ in range(2)]
        for person in people:
            answer(edition, person, **{f"q{asked[kind].id}": value for kind, value in values.items()})
    before = counts(edition.id)
    assert before == [(2, {}), (2, {}), (2, {"o2": 2}), (2, {"o1": 2, "o2": 2}), (2, {"no": 2}), (2, {})]
    exported = export_person(registration_id=people[0].id)
    assert [one["answer"] for one in exported["answers"]] == ["secret words", "a\nb", "Blue", "Red, Blue", "No", "12"]
    for person in people:
        with transaction():
            erase_person(registration_id=person.id)
        assert counts(edition.id) == before
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 0
    assert {row.option for row in db.session.scalars(select(AnswerTally))} == {"", "o1", "o2", "no"}
    assert export_person(registration_id=people[0].id) == {"answers": []}


def test_answers_past_their_day_go_in_chunks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("crosslinks.questions.erasure.CHUNK", 2)
    with transaction():
        edition = make_edition()
        diet = make_question(
            edition, Kind.SEVERAL, "Diet", explicit_consent=True, asked_of=AskedOf.ONSITE, erase_after=date(2024, 2, 8)
        )
        stays = make_question(edition, Kind.CHOICE, "Where from")
        people = [make_registration(edition) for _ in range(5)]
        for person in people:
            answer(edition, person, frozenset({diet.id}), **{f"q{diet.id}": ["o1"], f"q{stays.id}": "o2"})
    assert erase_expired(now=NOW) == 0
    assert erase_expired(now=NOW.replace(month=2, day=8)) == 0
    before = counts(edition.id)
    assert erase_expired(now=NOW.replace(month=2, day=9)) == 5
    assert counts(edition.id) == before
    assert set(db.session.scalars(select(Answer.question_id))) == {stays.id}
    proof = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "question.answers_erased")).all()
    assert sum(entry.after["rows"] for entry in proof) == 5
    assert {entry.edition_id for entry in proof} == {edition.id}
    assert erase_expired(now=NOW + timedelta(days=60)) == 0


def test_people_are_found_by_their_answer():
    with transaction():
        edition = make_edition()
        several = make_question(edition, Kind.SEVERAL, "Colours")
        yes = make_question(edition, Kind.YES_NO, "Lunch")
        people = [make_registration(edition) for _ in range(3)]
        for person, colours in zip(people, (["o1"], ["o1", "o2"], []), strict=True):
            answer(edition, person, **{f"q{several.id}": colours, f"q{yes.id}": not colours})

    def found(question: int, *values: str) -> set[int]:
        return set(db.session.scalars(registrations_with_answer(edition.id, question, values)))

    ids = [person.id for person in people]
    assert found(several.id, "o1") == {ids[0], ids[1]}
    assert found(several.id, "o2") == {ids[1]}
    assert found(several.id, "o1", "o2") == {ids[0], ids[1]}
    assert found(several.id) == {ids[0], ids[1]}
    assert found(several.id, "o") == set()
    assert found(yes.id, "yes") == {ids[2]}
    assert set(db.session.scalars(registrations_with_answer(edition.id + 1, yes.id, ["yes"]))) == set()
