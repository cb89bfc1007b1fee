"""The steps of an edition's scheduled letters: what they are, when they go unless told otherwise, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Step(StrEnum):
    """A letter that goes by itself, once to each person."""

    FIRST = "reminder_first"
    SECOND = "reminder_second"
    THIRD = "reminder_third"
    LAST = "reminder_last"
    JOIN = "join"
    THANKS = "thanks"

    @property
    def kind(self) -> str:
        """The kind of its letters."""
        return f"mailings.{self.value}"

    @property
    def is_reminder(self) -> bool:
        """Whether it reminds somebody of the day to come."""
        return self.value.startswith("reminder")

    @property
    def variants(self) -> tuple[str, ...]:
        """Whom its letters tell apart: the place held, or after the day whether somebody came."""
        if self is Step.THANKS:
            return ("attended", "missed")
        return {Step.LAST: ("onsite",), Step.JOIN: ("digital",)}.get(self, ("onsite", "digital"))


@dataclass(frozen=True)
class Plan:
    """When a step goes: ``days`` from the day (before it when negative), at ``at`` by the edition's clock.

    People who registered less than ``quiet`` before get nothing: they have just had a confirmation.
    """

    days: int
    at: time
    is_on: bool = True
    quiet: timedelta = timedelta(0)


QUIET = {
    Step.FIRST: timedelta(hours=48),
    Step.SECOND: timedelta(hours=24),
    Step.THIRD: timedelta(hours=12),
    Step.LAST: timedelta(hours=2),
    Step.JOIN: timedelta(0),
    Step.THANKS: timedelta(0),
}
DEFAULTS = {
    Step.FIRST: Plan(-14, time(9), quiet=QUIET[Step.FIRST]),
    Step.SECOND: Plan(-3, time(9), quiet=QUIET[Step.SECOND]),
    Step.THIRD: Plan(-1, time(9), quiet=QUIET[Step.THIRD]),
    Step.LAST: Plan(0, time(7), quiet=QUIET[Step.LAST]),
    Step.JOIN: Plan(0, time(8), quiet=QUIET[Step.JOIN]),
    Step.THANKS: Plan(1, time(10), quiet=QUIET[Step.THANKS]),
}
LATE_REMINDER = timedelta(hours=24)
LATE_THANKS = timedelta(days=7)
MOST_DAYS = 90


@dataclass(frozen=True)
class Day:
    """The edition's span and zone, as a plan is reckoned from them."""

    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo


class StepState(StrEnum):
    """Where a step is."""

    OFF = "off"
    COMING = "coming"
    GOING = "going"
    DONE = "done"
    MISSED = "missed"
    """Its moment passed before anybody could be written to: nothing is sent late."""
    SKIPPED = "skipped"
    """Its moment lay before the edition was published."""


def due_at(step: Step, plan: Plan, day: Day) -> datetime:
    """Return when a step is due, in UTC; an hour that the clock skips is taken as the one after it."""
    counted_from = day.ends_at if step is Step.THANKS else day.starts_at
    local: date = counted_from.astimezone(day.zone).date() + timedelta(days=plan.days)
    return datetime.combine(local, plan.at, day.zone).astimezone(UTC)


def too_late_at(step: Step, due: datetime, day: Day) -> datetime:
    """Return from when on a step is no longer begun: a day late, and never when it makes no sense any more."""
    if step is Step.THANKS:
        return due + LATE_THANKS
    return min(due + LATE_REMINDER, day.ends_at if step is Step.JOIN else day.starts_at)


def fits(step: Step, due: datetime, day: Day) -> bool:
    """Say whether a step is due while it makes sense: reminders before the start, thanks after the end."""
    if step is Step.THANKS:
        return due >= day.ends_at
    return due < (day.ends_at if step is Step.JOIN else day.starts_at)


def step_state(
    *,
    plan: Plan,
    due: datetime,
    too_late: datetime,
    known_since: datetime,
    published_at: datetime | None,
    done_at: datetime | None,
    now: datetime,
) -> StepState:
    """Return where a step is at ``now``; one that became due before it was ``known_since`` is missed.

    One that became due before the edition was published is skipped; a draft's are as if it were published ``now``.
    """
    if done_at is not None:
        return StepState.DONE
    if not plan.is_on:
        return StepState.OFF
    if due < (published_at or now):
        return StepState.SKIPPED
    if due < known_since or now >= too_late or due >= too_late:
        return StepState.MISSED
    return StepState.COMING if now < due else StepState.GOING
