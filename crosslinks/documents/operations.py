"""Ordering a print run, and noting what was printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, literal, select

from crosslinks.accounts.audit import record
from crosslinks.documents.models import BadgePrint
from crosslinks.documents.queries import BADGES_JOB, BadgeFilter, Selection, count_wanted
from crosslinks.documents.rules import DEFAULT_FORMAT, Calibration
from crosslinks.editions.models import Edition
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import queue_job
from crosslinks.kernel.actors import Actor, Permission
from crosslinks.kernel.columns import UtcDateTime
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import BadgeRole

ROWS_AT_ONCE = 200


@dataclass(frozen=True)
class BadgeOrder:
    """A print run as it is ordered: whose badges, on what stock, in which language."""

    chosen: BadgeFilter
    format_id: str = DEFAULT_FORMAT
    language: str = "en"
    calibration: Calibration = field(default_factory=Calibration)

    def payload(self) -> dict[str, Any]:
        """Return the order as a job can keep it."""
        return {
            "selection": self.chosen.selection.value,
            "role": self.chosen.role.value if self.chosen.role else "",
            "registrations": list(self.chosen.registration_ids),
            "format": self.format_id,
            "language": self.language,
            "dx": self.calibration.dx,
            "dy": self.calibration.dy,
            "skip": self.calibration.skip,
        }

    @classmethod
    def of(cls, payload: dict[str, Any]) -> BadgeOrder:
        """Return the order that a job kept."""
        chosen = BadgeFilter(
            Selection(payload["selection"]),
            BadgeRole(payload["role"]) if payload["role"] else None,
            tuple(payload["registrations"]),
        )
        calibration = Calibration(payload["dx"], payload["dy"], payload["skip"])
        return cls(chosen, payload["format"], payload["language"], calibration)


def order_badges(*, actor: Actor, now: datetime, edition: Edition, order: BadgeOrder) -> Job:
    """Queue a print run; raises ``Conflict`` when nobody would be on it."""
    badges = count_wanted(edition.id, order.chosen)
    if badges == 0:
        raise Conflict("badges.nobody", _("Nobody with a place in the room is in that choice."))
    payload = order.payload()
    job = queue_job(
        kind=BADGES_JOB,
        payload=payload | {"by": actor.label},
        actor=actor,
        now=now,
        conference_id=edition.conference_id,
        edition_id=edition.id,
        permission=Permission.BADGES,
        total=badges,
    )
    record(
        actor=actor,
        action="badges.print",
        object_kind="job",
        object_id=job.id,
        now=now,
        conference_id=edition.conference_id,
        edition_id=edition.id,
        after={"badges": badges, "format": order.format_id, "selection": payload["selection"], "role": payload["role"]},
    )
    return job


def log_prints(
    *, now: datetime, registration_ids: Sequence[int], format_id: str, printed_by: str, job_id: int | None = None
) -> None:
    """Note at most ``ROWS_AT_ONCE`` badges of one run as printed at ``now``; who was erased meanwhile is left out.

    A run that is tried again notes each badge once.
    """
    if job_id is not None:
        noted = set(db.session.scalars(select(BadgePrint.registration_id).where(BadgePrint.job_id == job_id)))
        registration_ids = [number for number in registration_ids if number not in noted]
    rows = select(
        Registration.id, literal(job_id, BadgePrint.job_id.type), literal(format_id), literal(printed_by),
        literal(now, UtcDateTime),
    ).where(Registration.id.in_(registration_ids))  # fmt: skip
    db.session.execute(
        insert(BadgePrint).from_select(["registration_id", "job_id", "format", "printed_by", "printed_at"], rows)
    )
    db.session.flush()
