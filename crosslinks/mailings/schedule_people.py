"""Whom a scheduled step writes to, and how its letters went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, literal, select

from crosslinks.kernel.db import db
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.mailings.attendance import came
from crosslinks.mailings.models import StepMail
from crosslinks.mailings.rules import Step
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place

PLACES = {
    Step.LAST: (Place.ONSITE,),
    Step.JOIN: (Place.DIGITAL,),
}
BOTH = (Place.ONSITE, Place.DIGITAL)


@dataclass(frozen=True)
class Receiver:
    """Somebody whom a step writes to; ``variant`` is which of the step's letters they get."""

    registration_id: int
    email: str
    name: str
    language: str
    place: Place
    variant: str


def _receivers(edition_id: int, step: Step) -> Select[int]:
    written = select(StepMail.id).where(StepMail.registration_id == Registration.id, StepMail.step == step).exists()
    return select(Registration.id).where(
        Registration.edition_id == edition_id,
        Registration.place.in_(PLACES.get(step, BOTH)),
        Registration.email != "",
        ~written,
    )


def list_receivers(edition_id: int, step: Step, *, known_before: datetime, limit: int) -> list[Receiver]:
    """Return people who hold a place that the step is for and have not been written to in it, at most ``limit``.

    Who registered after ``known_before`` is left out: they have just had a confirmation.
    """
    variant = case((came(), "attended"), else_="missed") if step is Step.THANKS else literal("")
    rows = db.session.execute(
        _receivers(edition_id, step)
        .where(Registration.created_at <= known_before)
        .add_columns(Registration.email, Registration.given_name, Registration.family_name, Registration.language,
                     Registration.place, variant)
        .order_by(Registration.id)
        .limit(limit)
    )  # fmt: skip
    return [
        Receiver(row[0], row[1], f"{row[2]} {row[3]}".strip(), row[4], row[5], row[6] or row[5].value) for row in rows
    ]


def count_receivers(edition_id: int) -> dict[Step, int]:
    """Return how many each step would write to if it were now, in one statement."""
    counts = {
        Place(place): number
        for place, number in db.session.execute(
            select(Registration.place, func.count())
            .where(Registration.edition_id == edition_id, Registration.email != "", Registration.place != Place.NONE)
            .group_by(Registration.place)
        )
    }
    return {step: sum(counts.get(place, 0) for place in PLACES.get(step, BOTH)) for step in Step}


def count_outcomes(edition_id: int) -> dict[Step, dict[MailState, int]]:
    """Return how many letters of each step are in which state, in one statement."""
    rows = db.session.execute(
        select(StepMail.step, OutboxMail.state, func.count())
        .join(OutboxMail, OutboxMail.id == StepMail.mail_id)
        .where(StepMail.edition_id == edition_id)
        .group_by(StepMail.step, OutboxMail.state)
    )
    found: dict[Step, dict[MailState, int]] = {step: {} for step in Step}
    for step, state, number in rows:
        found[step][state] = number
    return found
