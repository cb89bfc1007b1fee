"""Who gets a badge, what was printed, and the day that the badges tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, select

from crosslinks.documents.models import BadgePrint
from crosslinks.documents.run_sheet import CrewFacts
from crosslinks.jobs.models import Job
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.programme.material import list_handed_in
from crosslinks.programme.models import Person
from crosslinks.registration.consent_lists import not_to_be_photographed
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.rules import BadgeRole, Place

BADGES_JOB = "documents.badges"


class Selection(StrEnum):
    """Which of the confirmed on-site people."""

    ALL = "all"
    NEW = "new"
    """Nobody has printed a badge for them yet."""


@dataclass(frozen=True)
class BadgeFilter:
    """Whose badges: of a selection, of one role, or of these people alone."""

    selection: Selection = Selection.ALL
    role: BadgeRole | None = None
    registration_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class BadgePerson:
    """What the database knows of one badge."""

    registration_id: int
    reference: str
    given_name: str
    family_name: str
    organisation: str
    role: BadgeRole
    ticket_id: bytes
    no_photo: bool = False


@dataclass(frozen=True)
class BadgeCounts:
    """How many badges there are to print, all and per role, and how many were not printed yet."""

    all: int
    new: int
    by_role: dict[BadgeRole, int]


@dataclass(frozen=True)
class PrintRun:
    """One print run as the log shows it: all its rows have the same moment. ``job`` made it, unless a command did."""

    printed_at: datetime
    printed_by: str
    format: str
    badges: int
    job: Job | None


def _wanted(edition_id: int, chosen: BadgeFilter) -> list[ColumnElement[bool]]:
    conditions = [
        Registration.edition_id == edition_id,
        Registration.place == Place.ONSITE,
        Registration.cancelled_at.is_(None),
    ]
    if chosen.registration_ids:
        conditions.append(Registration.id.in_(chosen.registration_ids))
    if chosen.role is not None:
        conditions.append(Registration.role == chosen.role)
    if chosen.selection is Selection.NEW:
        conditions.append(~exists().where(BadgePrint.registration_id == Registration.id))
    return conditions


def list_badge_people(edition_id: int, chosen: BadgeFilter) -> list[BadgePerson]:
    """Return the confirmed on-site people of a filter with their present tickets, by family name."""
    rows = db.session.execute(
        select(
            Registration.id, Registration.reference, Registration.given_name, Registration.family_name,
            Registration.organisation, Registration.role, Ticket.ticket_id,
            not_to_be_photographed(edition_id),
        )
        .join(Ticket, Ticket.registration_id == Registration.id)
        .where(*_wanted(edition_id, chosen), Ticket.replaced_at.is_(None))
    )  # fmt: skip
    people = [BadgePerson(*row[:-1], no_photo=bool(row[-1])) for row in rows]
    return sorted(people, key=lambda one: (one.family_name.casefold(), one.given_name.casefold(), one.registration_id))


def count_badges(edition_id: int) -> BadgeCounts:
    """Count the badges of an edition: three figures that the organizer chooses by."""
    by_role = db.session.execute(
        select(Registration.role, func.count()).where(*_wanted(edition_id, BadgeFilter())).group_by(Registration.role)
    ).all()
    roles = dict(by_role)
    return BadgeCounts(sum(roles.values()), count_wanted(edition_id, BadgeFilter(Selection.NEW)), roles)


def count_wanted(edition_id: int, chosen: BadgeFilter) -> int:
    """Return how many badges a filter would print."""
    return db.session.scalar(select(func.count()).select_from(Registration).where(*_wanted(edition_id, chosen))) or 0


def list_print_runs(edition_id: int, limit: int = 10) -> list[PrintRun]:
    """Return the last print runs of an edition, the latest first."""
    run = (BadgePrint.printed_at, BadgePrint.printed_by, BadgePrint.format, BadgePrint.job_id)
    rows = db.session.execute(
        select(*run, func.count())
        .join(Registration, Registration.id == BadgePrint.registration_id)
        .where(Registration.edition_id == edition_id)
        .group_by(*run)
        .order_by(BadgePrint.printed_at.desc())
        .limit(limit)
    ).all()
    numbers = [row[3] for row in rows if row[3] is not None]
    jobs = {job.id: job for job in db.session.scalars(select(Job).where(Job.id.in_(numbers)))} if numbers else {}
    return [PrintRun(at, by, stock, badges, jobs.get(number or 0)) for at, by, stock, number, badges in rows]


def find_latest_badge_job(edition_id: int) -> Job | None:
    """Return the last print job of an edition, running or ended."""
    return db.session.scalar(
        select(Job).where(Job.edition_id == edition_id, Job.kind == BADGES_JOB).order_by(Job.id.desc()).limit(1)
    )


def get_badge_job(edition_id: int, job_id: int) -> Job:
    """Return a print job of this edition; raises ``NotFound``."""
    job = db.session.scalar(select(Job).where(Job.id == job_id, Job.edition_id == edition_id, Job.kind == BADGES_JOB))
    if job is None:
        raise NotFound("job.unknown")
    return job


def list_chosen(edition_id: int, registration_ids: Sequence[int]) -> list[Registration]:
    """Return these people of this edition; raises ``NotFound`` when one of them is not of it."""
    found = db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(registration_ids), Registration.edition_id == edition_id)
        .order_by(Registration.id)
    ).all()
    if len(found) != len(set(registration_ids)):
        raise NotFound("registration.unknown")
    return list(found)


def last_printed(registration_id: int) -> datetime | None:
    """Return when a badge of this person was last printed."""
    return db.session.scalar(
        select(func.max(BadgePrint.printed_at)).where(BadgePrint.registration_id == registration_id)
    )


def read_crew_facts(edition_id: int) -> CrewFacts:
    """Return what the crew needs to know beside the programme: two statements."""
    said = select(Person.id, Person.pronunciation).where(Person.edition_id == edition_id, Person.pronunciation != "")
    hints = {row.id: row.pronunciation for row in db.session.execute(said)}
    return CrewFacts(hints, list_handed_in(edition_id))
