"""Queueing the scheduled letters: once to each person and step, in small transactions, by whichever worker comes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from crosslinks.accounts.audit import record, snapshot
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.jobs.work import Round
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now as conference_now
from crosslinks.kernel.db import db, insert_row, transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.mail.operations import queue_mail
from crosslinks.mailings.models import ScheduledStep, StepMail
from crosslinks.mailings.rules import (
    DEFAULTS,
    LATE_THANKS,
    MOST_DAYS,
    QUIET,
    Day,
    Plan,
    Step,
    StepState,
    due_at,
    fits,
    step_state,
    too_late_at,
)
from crosslinks.mailings.schedule_people import Receiver, list_receivers

CHUNK = 200
ACTOR = Actor.system("schedule")
LONGEST_AFTER = LATE_THANKS + timedelta(days=MOST_DAYS + 2)
_SENT = StepMail.metadata.tables[StepMail.__tablename__].insert()


@dataclass(frozen=True)
class PlannedStep:
    """One step of one edition: its plan, when it is due, and where it is."""

    step: Step
    plan: Plan
    due: datetime
    state: StepState
    row: ScheduledStep | None

    @property
    def is_changed(self) -> bool:
        """Whether an organizer has decided otherwise than it comes."""
        return self.plan != DEFAULTS[self.step]


def day_of(edition: Edition) -> Day:
    """Return the span from which an edition's steps are reckoned."""
    return Day(edition.starts_at, edition.ends_at, edition.zone)


def plan_of(step: Step, row: ScheduledStep | None) -> Plan:
    """Return what was decided about a step, or how it comes."""
    if row is None:
        return DEFAULTS[step]
    return Plan(row.days, time.fromisoformat(row.at), row.is_on, QUIET[step])


def plan_steps(edition: Edition, now: datetime) -> list[PlannedStep]:
    """Return an edition's steps as they stand at ``now``, in the order of their coming."""
    rows = {row.step: row for row in db.session.scalars(_rows(edition.id))}
    return [plan_step(edition, step, rows.get(step), now) for step in Step]


def _rows(edition_id: int) -> Select[ScheduledStep]:
    return select(ScheduledStep).where(ScheduledStep.edition_id == edition_id)


def plan_step(edition: Edition, step: Step, row: ScheduledStep | None, now: datetime) -> PlannedStep:
    """Return one step as it stands at ``now``."""
    plan, day = plan_of(step, row), day_of(edition)
    due = due_at(step, plan, day)
    state = step_state(
        plan=plan,
        due=due,
        too_late=too_late_at(step, due, day),
        known_since=row.known_since if row else edition.created_at,
        published_at=edition.published_at,
        done_at=row.done_at if row else None,
        now=now,
    )
    return PlannedStep(step, plan, due, state, row)


def change_plan(
    *, actor: Actor, now: datetime, edition: Edition, step: Step, days: int, at: time, is_on: bool
) -> PlannedStep:
    """Decide when a step goes, or that it does not; raises ``Invalid`` for a moment that makes no sense.

    ``days`` counts from the day, ``at`` is a time of the edition's clock. What has gone, or is going, is ``Conflict``.
    """
    row = _locked_row(edition, step, now)
    before = plan_step(edition, step, row, now)
    if before.state in {StepState.DONE, StepState.GOING}:
        raise Conflict("schedule.gone")
    plan = Plan(days, at, is_on, QUIET[step])
    if abs(days) > MOST_DAYS:
        raise Invalid("schedule.days", fields={"days": "far"})
    if not fits(step, due_at(step, plan, day_of(edition)), day_of(edition)):
        raise Invalid("schedule.moment", fields={"days": "senseless"})
    old = snapshot(row, ("is_on", "days", "at"))
    row.is_on, row.days, row.at = is_on, days, at.strftime("%H:%M")
    if plan != before.plan:
        row.known_since = now
    db.session.flush()
    record(actor=actor, action="schedule.changed", object_kind="schedule", object_id=row.id, now=now,
           conference_id=edition.conference_id, edition_id=edition.id,
           before=old, after={"step": step, **snapshot(row, ("is_on", "days", "at"))})  # fmt: skip
    return plan_step(edition, step, row, now)


def _locked_row(edition: Edition, step: Step, now: datetime) -> ScheduledStep:
    """Return the step's row, locked; made as the step comes when there is none yet."""
    chosen = (
        _rows(edition.id).where(ScheduledStep.step == step).with_for_update().execution_options(populate_existing=True)
    )
    found = db.session.scalar(chosen)
    if found is not None:
        return found
    plan = DEFAULTS[step]
    row = ScheduledStep(
        edition_id=edition.id, step=step, is_on=plan.is_on, days=plan.days, at=plan.at.strftime("%H:%M"),
        known_since=edition.created_at,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return db.session.scalars(chosen).one()
    return row


def queue_chunk(*, actor: Actor, now: datetime, edition: Edition, step: Step) -> bool:
    """Queue the letters of a due step to at most 200 people, once to each; return whether there may be more.

    The step's row is locked meanwhile: a second worker waits, and then finds who is left. Without a person left the
    step is done, and the log says how many were written to.
    """
    row = _locked_row(edition, step, now)
    planned = plan_step(edition, step, row, now)
    if planned.state is not StepState.GOING:
        return False
    people = list_receivers(edition.id, step, known_before=planned.due - planned.plan.quiet, limit=CHUNK)
    for person in people:
        _write_to(edition, planned, person, now)
    row.queued += len(people)
    if len(people) == CHUNK:
        db.session.flush()
        return True
    row.done_at = now
    db.session.flush()
    record(actor=actor, action="schedule.sent", object_kind="schedule", object_id=row.id, now=now,
           conference_id=edition.conference_id, edition_id=edition.id,
           after={"step": step, "people": row.queued})  # fmt: skip
    return False


def _write_to(edition: Edition, planned: PlannedStep, person: Receiver, now: datetime) -> None:
    first_day = edition.starts_at.astimezone(edition.zone).date()
    mail_id = queue_mail(
        kind=planned.step.kind,
        language=person.language,
        to_address=person.email,
        to_name=person.name,
        data={
            "name": person.name,
            "edition": edition.title,
            "starts_at": edition.starts_at.isoformat(),
            "ends_at": edition.ends_at.isoformat(),
            "zone": edition.time_zone,
            "mode": person.place.value,
            "variant": person.variant,
            "days_left": (first_day - now.astimezone(edition.zone).date()).days,
        },
        now=now,
        edition_id=edition.id,
        registration_id=person.registration_id,
        bulk=True,
    )
    insert_row(
        _SENT,
        {
            "edition_id": edition.id,
            "registration_id": person.registration_id,
            "step": planned.step,
            "mail_id": mail_id,
            "queued_at": now,
        },
    )


def queue_due_steps(now: datetime) -> None:
    """Queue what is due in every published edition."""
    for edition_id in _editions_near(now):
        for step in _due_steps(edition_id, now):
            queue_step(edition_id, step)


def queue_step(edition_id: int, step: Step, *, now: datetime | None = None) -> None:
    """Queue a due step to its end, chunk by chunk, each in its own transaction."""
    more = True
    while more:
        with transaction():
            edition = db.session.get_one(Edition, edition_id)
            more = queue_chunk(actor=ACTOR, now=now or conference_now(), edition=edition, step=step)


def _editions_near(now: datetime) -> list[int]:
    return list(
        db.session.scalars(
            select(Edition.id).where(
                Edition.state == EditionState.PUBLISHED,
                Edition.starts_at < now + timedelta(days=MOST_DAYS + 2),
                Edition.ends_at > now - LONGEST_AFTER,
            )
        )
    )


def _due_steps(edition_id: int, now: datetime) -> list[Step]:
    edition = db.session.get(Edition, edition_id)
    if edition is None:
        return []
    return [planned.step for planned in plan_steps(edition, now) if planned.state is StepState.GOING]


SCHEDULE = Round("mailings.schedule", timedelta(seconds=30), queue_due_steps)
