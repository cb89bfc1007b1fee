"""The letters that go by themselves: once to each, only to whom they are for, never late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.checkin.models import Attendance
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.live.models import Presence
from crosslinks.mail.delivery import make_letter
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.mail.reasons import DAY_OVER, PLACE_GIVEN_BACK
from crosslinks.mail.rules import LetterKept, Outcome
from crosslinks.mailings import schedule
from crosslinks.mailings.erasure import erase_person, export_person
from crosslinks.mailings.models import ScheduledStep, StepMail
from crosslinks.mailings.rules import Day, Plan, Step, StepState, due_at
from crosslinks.mailings.schedule import change_plan, plan_steps, queue_chunk, queue_due_steps
from crosslinks.mailings.schedule_people import count_outcomes, count_receivers
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel, switch_mode
from crosslinks.registration.rules import Place
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import take_place

LONG_AGO = datetime(2023, 10, 1, tzinfo=UTC)
FIRST_DUE = datetime(2024, 1, 11, 8, 0, tzinfo=UTC)
SECOND_DUE = datetime(2024, 1, 22, 8, 0, tzinfo=UTC)


def at(moment: datetime) -> datetime:
    clock.offset = moment - real_now()
    return moment


def an_edition(**more: object) -> Edition:
    edition = make_edition(**more)  # type: ignore[arg-type]
    edition.created_at = LONG_AGO
    return edition


def people(edition: Edition, onsite: int = 2, digital: int = 1, *, since: datetime = LONG_AGO) -> None:
    for number in range(onsite + digital):
        receipt = take_place(edition, Mode.ONSITE if number < onsite else Mode.DIGITAL)
        db.session.get_one(Registration, receipt.registration_id).created_at = since


def written(step: Step) -> list[OutboxMail]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMail).where(OutboxMail.kind == step.kind).order_by(OutboxMail.id)))


def states(edition_id: int, now: datetime) -> dict[Step, StepState]:
    db.session.rollback()
    return {one.step: one.state for one in plan_steps(db.session.get_one(Edition, edition_id), now)}


def test_the_usual_steps_come_one_after_the_other(app: Flask) -> None:
    with transaction():
        edition = an_edition()
        people(edition)
    edition_id = edition.id
    told: list[tuple[str, datetime]] = []
    moment = FIRST_DUE - timedelta(hours=1)
    while moment < datetime(2024, 1, 27, tzinfo=UTC):
        queue_due_steps(at(moment))
        told += [(row.kind, moment) for row in db.session.scalars(select(OutboxMail)) if row.created_at >= moment]
        db.session.rollback()
        moment += timedelta(hours=1)
    zone = ZoneInfo("Europe/Oslo")
    seen = [(kind.rpartition(".")[2], when.astimezone(zone).strftime("%d %H")) for kind, when in told]
    assert {one: seen.count(one) for one in seen if one[0] != "confirmed"} == {
        ("reminder_first", "11 09"): 3,
        ("reminder_second", "22 09"): 3,
        ("reminder_third", "24 09"): 3,
        ("reminder_last", "25 07"): 2,
        ("join", "25 08"): 1,
        ("thanks", "26 10"): 3,
    }
    assert set(states(edition_id, moment).values()) == {StepState.DONE}
    assert all(row.bulk for step in Step for row in written(step))
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "schedule.sent")).all()
    assert [entry.after["people"] for entry in entries] == [3, 3, 3, 2, 1, 3]


def test_nothing_is_sent_late_in_a_new_edition(app: Flask) -> None:
    with transaction():
        edition = make_edition()
        people(edition, since=LONG_AGO)
        draft = make_edition(edition.conference, slug="2025", state=EditionState.DRAFT)
        draft.created_at = LONG_AGO
        people_of = draft.id
    assert states(edition.id, NOW)[Step.FIRST] is StepState.MISSED
    assert states(edition.id, NOW)[Step.SECOND] is StepState.COMING
    queue_due_steps(at(NOW))
    assert written(Step.FIRST) == []
    assert people_of


def test_a_worker_that_was_away_sends_a_day_late_and_no_later(app: Flask) -> None:
    with transaction():
        edition = an_edition()
        people(edition)
    assert states(edition.id, SECOND_DUE + timedelta(hours=23))[Step.SECOND] is StepState.GOING
    assert states(edition.id, SECOND_DUE + timedelta(hours=25))[Step.SECOND] is StepState.MISSED
    start = datetime(2024, 1, 25, 9, 30, tzinfo=UTC)
    assert states(edition.id, start)[Step.LAST] is StepState.MISSED
    assert states(edition.id, start)[Step.JOIN] is StepState.GOING
    queue_due_steps(at(SECOND_DUE + timedelta(hours=25)))
    assert [row.kind for step in Step for row in written(step)] == []


def test_only_those_who_hold_a_place_and_not_the_newly_confirmed(app: Flask) -> None:
    with transaction():
        edition = an_edition(onsite=3)
        people(edition, onsite=3, digital=1)
        people(edition, onsite=0, digital=1, since=SECOND_DUE - timedelta(hours=23))
        waiting = take_place(edition)
        gone, moved, nameless = db.session.scalars(
            select(Registration).where(Registration.place == Place.ONSITE).order_by(Registration.id)
        ).all()
    with transaction():
        db.session.get_one(Registration, nameless.id).email = ""
        cancel(actor=TESTER, now=NOW, registration_id=waiting.registration_id)
        switch_mode(actor=TESTER, now=NOW, registration_id=moved.id, to=Mode.DIGITAL)
        cancel(actor=TESTER, now=NOW, registration_id=gone.id)
    queue_due_steps(at(SECOND_DUE))
    rows = written(Step.SECOND)
    assert sorted((row.registration_id == moved.id, row.data["mode"]) for row in rows) == [
        (False, "digital"),
        (True, "digital"),
    ]


def test_a_second_round_and_a_second_worker_write_nothing_twice(app: Flask) -> None:
    with transaction():
        edition = an_edition()
        people(edition, onsite=5, digital=2)
    at(SECOND_DUE)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with app.app_context():
                queue_due_steps(clock.now())
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    queue_due_steps(clock.now())
    assert len(written(Step.SECOND)) == 7
    assert len({row.registration_id for row in written(Step.SECOND)}) == 7
    row = db.session.scalars(select(ScheduledStep).where(ScheduledStep.edition_id == edition.id)).one()
    assert (row.queued, row.done_at is not None) == (7, True)


def test_a_worker_killed_between_and_within_chunks_loses_and_doubles_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "CHUNK", 3)
    with transaction():
        edition = an_edition()
        people(edition, onsite=5, digital=3)
    now = at(SECOND_DUE)

    class Killed(BaseException):
        pass

    def die_in_the_middle() -> None:
        with transaction():
            queue_chunk(actor=TESTER, now=now, edition=db.session.get_one(Edition, edition.id), step=Step.SECOND)
            raise Killed

    with transaction():
        assert queue_chunk(actor=TESTER, now=now, edition=db.session.get_one(Edition, edition.id), step=Step.SECOND)
    with pytest.raises(Killed):
        die_in_the_middle()
    assert len(written(Step.SECOND)) == 3
    assert states(edition.id, now)[Step.SECOND] is StepState.GOING
    queue_due_steps(now)
    assert len({row.registration_id for row in written(Step.SECOND)}) == len(written(Step.SECOND)) == 8
    assert states(edition.id, now)[Step.SECOND] is StepState.DONE


def test_the_thanks_tell_who_came_apart(app: Flask) -> None:
    with transaction():
        edition = an_edition()
        people(edition, onsite=2, digital=2)
        people_here = db.session.scalars(select(Registration.id).order_by(Registration.id)).all()
        came = {people_here[0], people_here[2]}
        db.session.add(Attendance(registration_id=people_here[0], edition_id=edition.id, inside=False, first_at=NOW))
        db.session.add(Presence(registration_id=people_here[2], edition_id=edition.id, starts_at=NOW, ends_at=NOW))
    queue_due_steps(at(datetime(2024, 1, 26, 9, 0, tzinfo=UTC)))
    letters = [(row.registration_id in came, make_letter(read_letter(row))) for row in written(Step.THANKS)]
    assert len(letters) == 4
    for is_thanked, letter in letters:
        assert ("Thank you for being there" if is_thanked else "We missed you") in letter.subject
        assert "/feedback" in letter.text


def test_who_moved_or_left_since_is_not_told_the_old_way(app: Flask) -> None:
    with transaction():
        edition = an_edition()
        people(edition, onsite=2, digital=0)
        first, second = db.session.scalars(select(Registration.id).order_by(Registration.id)).all()
    queue_due_steps(at(SECOND_DUE))
    with transaction():
        switch_mode(actor=TESTER, now=NOW, registration_id=first, to=Mode.DIGITAL)
        cancel(actor=TESTER, now=NOW, registration_id=second)
    moved, gone = written(Step.SECOND)
    assert "On the stream in 3 days" in make_letter(read_letter(moved)).subject
    with pytest.raises(LetterKept) as kept:
        make_letter(read_letter(gone))
    assert (kept.value.outcome, kept.value.reason) == (Outcome.WITHHELD, PLACE_GIVEN_BACK)
    at(datetime(2024, 1, 25, 20, 0, tzinfo=UTC))
    with pytest.raises(LetterKept) as kept:
        make_letter(read_letter(moved))
    assert (kept.value.outcome, kept.value.reason) == (Outcome.WITHHELD, DAY_OVER)


def test_a_step_can_be_moved_and_switched_off_until_it_goes(app: Flask) -> None:
    with transaction():
        edition = an_edition()
        people(edition)

    def change(step: Step, days: int, when: time, *, is_on: bool = True, now: datetime = NOW) -> None:
        with transaction():
            found = db.session.get_one(Edition, edition.id)
            change_plan(actor=TESTER, now=now, edition=found, step=step, days=days, at=when, is_on=is_on)

    change(Step.SECOND, -4, time(18, 30))
    change(Step.THIRD, -1, time(9), is_on=False)
    planned = {one.step: one for one in plan_steps(db.session.get_one(Edition, edition.id), NOW)}
    assert planned[Step.SECOND].due == datetime(2024, 1, 21, 17, 30, tzinfo=UTC)
    assert planned[Step.THIRD].state is StepState.OFF
    for step, days in ((Step.SECOND, 0), (Step.SECOND, 1), (Step.THANKS, -1), (Step.JOIN, 1), (Step.FIRST, -91)):
        with pytest.raises(Invalid):
            change(step, days, time(12))
    queue_due_steps(at(datetime(2024, 1, 21, 17, 31, tzinfo=UTC)))
    assert len(written(Step.SECOND)) == 3
    with pytest.raises(Conflict):
        change(Step.SECOND, -2, time(9))
    after = datetime(2024, 1, 24, 9, 0, tzinfo=UTC)
    queue_due_steps(at(after))
    assert written(Step.THIRD) == []
    change(Step.THIRD, -1, time(9), now=after)
    queue_due_steps(at(after))
    assert written(Step.THIRD) == []
    assert states(edition.id, after)[Step.THIRD] is StepState.MISSED
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "schedule.changed")).first()
    assert entry is not None
    assert (entry.before["days"], entry.after["days"], entry.after["at"]) == (-3, -4, "18:30")


@pytest.mark.parametrize(
    ("day", "plan", "due"),
    [
        ("2024-04-02", Plan(-3, time(9)), "2024-03-30T08:00"),
        ("2024-04-02", Plan(-2, time(9)), "2024-03-31T07:00"),
        ("2024-04-02", Plan(-2, time(2, 30)), "2024-03-31T01:30"),
        ("2024-10-28", Plan(-1, time(2, 30)), "2024-10-27T00:30"),
    ],
)
def test_moments_follow_the_editions_clock(day: str, plan: Plan, due: str) -> None:
    starts = datetime.combine(date.fromisoformat(day), time(8), ZoneInfo("Europe/Oslo"))
    found = due_at(Step.SECOND, plan, Day(starts, starts + timedelta(hours=5), ZoneInfo("Europe/Oslo")))
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_thanks_count_from_the_last_day(app: Flask) -> None:
    starts = datetime(2024, 1, 25, 9, 30, tzinfo=UTC)
    day = Day(starts, starts + timedelta(days=1, hours=5), ZoneInfo("Europe/Oslo"))
    assert due_at(Step.THANKS, Plan(1, time(10)), day) == datetime(2024, 1, 27, 9, 0, tzinfo=UTC)


def statements(count: int) -> list[int]:
    """Return the statements of a look at the schedule, with ``count`` people written to."""
    with transaction():
        edition = an_edition() if not db.session.scalar(select(func.count(Edition.id))) else None
        edition = edition or db.session.scalars(select(Edition)).one()
        people(edition, onsite=count, digital=0)
    queue_due_steps(at(SECOND_DUE))
    seen: list[str] = []
    listener = lambda *given: seen.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    plan_steps(edition, SECOND_DUE)
    count_receivers(edition.id)
    count_outcomes(edition.id)
    event.remove(db.engine, "before_cursor_execute", listener)
    return [len(seen), sum(count_outcomes(edition.id)[Step.SECOND].values())]


def test_the_page_counts_with_as_many_statements_whatever_the_number(app: Flask) -> None:
    few = statements(3)
    with transaction():
        db.session.scalars(select(ScheduledStep)).one().done_at = None
    many = statements(40)
    assert few == [few[0], 3]
    assert many == [few[0], 43]


def test_a_person_takes_their_steps_with_them(app: Flask) -> None:
    with transaction():
        edition = an_edition()
        people(edition, onsite=1, digital=0)
        someone = db.session.scalars(select(Registration.id)).one()
    queue_due_steps(at(SECOND_DUE))
    assert export_person(registration_id=someone)["scheduled_letters"][0]["step"] == "reminder_second"
    with transaction():
        erase_person(registration_id=someone)
    assert db.session.scalar(select(func.count(StepMail.id))) == 0
    assert db.session.scalars(select(ScheduledStep.queued)).one() == 1
