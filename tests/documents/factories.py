"""People in the room, and the job that prints their badges."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from crosslinks.documents.operations import BadgeOrder, order_badges
from crosslinks.documents.printing import print_badges
from crosslinks.documents.queries import BadgeFilter
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import claim_job, finish_job
from crosslinks.jobs.runs import JobRun
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.models import Session, Talk
from crosslinks.programme.publishing import publish_release
from crosslinks.programme.rules import SessionKind
from crosslinks.registration.joining import add_by_hand
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import BadgeRole, Details
from tests.factories import NOW, TESTER

WORKER = "test-worker"


def make_person(
    edition: Edition, given: str, family: str, mode: Mode = Mode.ONSITE, role: BadgeRole = BadgeRole.PARTICIPANT
) -> Registration:
    """Register somebody by hand. Call it inside ``transaction()``."""
    details = Details(
        given_name=given, family_name=family, email=f"{given}.{family}@example.org".lower().replace(" ", "-")
    )
    receipt = add_by_hand(actor=TESTER, now=NOW, edition_id=edition.id, details=details, mode=mode, role=role)
    return db.session.scalars(select(Registration).where(Registration.reference == receipt.reference)).one()


def make_day(edition: Edition) -> None:
    """Give the edition a session and a break."""
    start = edition.starts_at
    talk = Talk(
        edition_id=edition.id,
        slug="hello",
        title={"en": "Hello"},
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
    )
    db.session.add_all(
        [
            Session(
                edition_id=edition.id,
                title={"en": "Precision oncology", "nb": "Presisjonsonkologi"},
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                talks=[talk],
            ),
            Session(
                edition_id=edition.id,
                kind=SessionKind.BREAK,
                title={"en": "Lunch", "nb": "Lunsj"},
                starts_at=start + timedelta(hours=2),
                ends_at=start + timedelta(hours=3),
            ),
        ]
    )
    db.session.flush()
    publish_release(actor=TESTER, now=NOW, edition=edition)


def order_run(edition: Edition, chosen: BadgeFilter | None = None, **more: object) -> int:
    """Order badges as an organizer would; return the job's id. Opens its own transaction."""
    with transaction():
        order = BadgeOrder(chosen or BadgeFilter(), **more)
        actor = Actor.account(1, "Ola Nordmann")
        return order_badges(actor=actor, now=NOW, edition=edition, order=order).id


def work() -> Job:
    """Do the next job as a worker would; return it, ended."""
    with transaction():
        job = claim_job(owner=WORKER, kinds=["documents.badges"], quick=False)
        assert job is not None
        run = JobRun(job)
    print_badges(run)
    with transaction():
        finish_job(
            job_id=run.job_id, owner=WORKER, now=NOW, outcome=run.outcome, file_name=run.file_name,
            file_type=run.file_type,
        )  # fmt: skip
    return db.session.get_one(Job, run.job_id)
