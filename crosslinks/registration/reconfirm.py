"""Asking those with a place in the room whether they really come, and giving unconfirmed places on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from crosslinks.accounts.audit import record
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.registration.models import Reconfirmation, Registration
from crosslinks.registration.notices import note, tell
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.queries import get_edition_facts
from crosslinks.registration.rules import BadgeRole, Place, Step, noticed_before, steps_due
from crosslinks.registration.steps import open_registration, refuse_cancelled, seen_by_doors, settle, standing

MOST_ASKED = 25
MOST_RELEASED = 12
"""How many in one transaction; for each place given on, somebody else may move up in it."""


def set_reconfirmation(
    *, actor: Actor, now: datetime, edition_id: int, ask_at: datetime, warn_at: datetime, release_at: datetime
) -> None:
    """Ask, warn and give places on at these moments; whoever has been asked since ``ask_at`` is not asked again.

    Raises ``Invalid`` unless they come in that order, the last one ahead of us and before the day starts.
    """
    edition = get_edition_facts(edition_id)
    if not ask_at < warn_at < release_at or not now < release_at < edition.starts_at:
        raise Invalid("reconfirmation.order")
    plan = db.session.get(Reconfirmation, edition_id)
    before = {} if plan is None else _facts(plan)
    if plan is None:
        plan = Reconfirmation(edition_id=edition_id, ask_at=ask_at, warn_at=warn_at, release_at=release_at)
        db.session.add(plan)
    plan.ask_at, plan.warn_at, plan.release_at = ask_at, warn_at, release_at
    _log(edition_id, edition.conference_id, actor=actor, now=now, before=before, after=_facts(plan))


def stop_reconfirmation(*, actor: Actor, now: datetime, edition_id: int) -> None:
    """Ask nobody, and give no place on; what has been asked and answered stays."""
    plan = db.session.get(Reconfirmation, edition_id)
    if plan is None:
        return
    edition = get_edition_facts(edition_id)
    before = _facts(plan)
    db.session.delete(plan)
    _log(edition_id, edition.conference_id, actor=actor, now=now, before=before, after={})


def _facts(plan: Reconfirmation) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in ("ask_at", "warn_at", "release_at")}


def _log(
    edition_id: int, conference_id: int, *, actor: Actor, now: datetime, before: dict[str, Any], after: dict[str, Any]
) -> None:
    record(
        actor=actor,
        action="edition.reconfirmation_changed",
        object_kind="edition",
        object_id=edition_id,
        now=now,
        conference_id=conference_id,
        edition_id=edition_id,
        before=before,
        after=after,
    )
    db.session.flush()


def confirm_coming(*, actor: Actor, now: datetime, registration_id: int) -> Registration:
    """Note that somebody with a place in the room comes; they keep it. Nobody is mailed.

    Raises ``Conflict`` for somebody without such a place.
    """
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    if registration.place is not Place.ONSITE:
        raise Conflict("coming.no_place")
    before = {"coming_at": registration.coming_at}
    registration.coming_at = now
    registration.changed_at = now
    note(book.edition, registration.id, "coming", actor=actor, now=now, before=before, after={"coming_at": now})
    db.session.flush()
    return registration


def unconfirmed(plan: Reconfirmation) -> list[ColumnElement[bool]]:
    """Return the conditions of those who must say that they come, and have not.

    Whoever registered, took their place or said so since ``ask_at`` counts as confirmed. Speakers and others with a
    task are not asked, nor is who gave no address: they could not answer.
    """
    return [
        Registration.edition_id == plan.edition_id,
        Registration.place == Place.ONSITE,
        Registration.role == BadgeRole.PARTICIPANT,
        Registration.email != "",
        func.coalesce(Registration.coming_at, Registration.created_at) < plan.ask_at,
    ]


def due(plan: Reconfirmation, step: Step, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of those whom ``step`` concerns now; each step comes a fair time after the one before."""
    if step is Step.ASK:
        return [*unconfirmed(plan), or_(Registration.asked_at.is_(None), Registration.asked_at < plan.ask_at)]
    if step is Step.WARN:
        return [
            *unconfirmed(plan),
            Registration.asked_at >= plan.ask_at,
            Registration.asked_at <= noticed_before(now, plan.ask_at, plan.warn_at),
            or_(Registration.warned_at.is_(None), Registration.warned_at < plan.ask_at),
        ]
    return [
        *unconfirmed(plan),
        Registration.warned_at >= plan.ask_at,
        Registration.warned_at <= noticed_before(now, plan.warn_at, plan.release_at),
    ]


def take_step(*, now: datetime, edition_id: int, step: Step) -> bool:
    """Ask, warn or release the next few in one transaction; return whether there may be more.

    Nothing happens when the plan has been withdrawn or moved meanwhile, and nobody is concerned twice.
    """
    book = PlaceBook(edition_id)
    plan = db.session.get(Reconfirmation, edition_id, populate_existing=True)
    if plan is None or step not in steps_due(now, plan.ask_at, plan.warn_at, plan.release_at, book.edition.starts_at):
        return False
    most = MOST_RELEASED if step is Step.RELEASE else MOST_ASKED
    people = db.session.scalars(
        select(Registration)
        .where(*due(plan, step, now))
        .order_by(Registration.id)
        .limit(most)
        .execution_options(populate_existing=True)
    ).all()
    for registration in people:
        _act(registration, step, plan, book, now)
    settle(book, now)
    return len(people) == most


def _act(registration: Registration, step: Step, plan: Reconfirmation, book: PlaceBook, now: datetime) -> None:
    actor = Actor.system("reconfirmation")
    if step is Step.RELEASE:
        before = standing(registration)
        book.move(registration, Place.NONE, registration.wants, now)
        if registration.wants is Place.NONE:
            registration.cancelled_at = now
        seen_by_doors(registration, now)
        tell(book.edition, registration, "released", now=now, mode=Place.ONSITE.value)
        after = standing(registration)
        note(book.edition, registration.id, "released", actor=actor, now=now, before=before, after=after)
        return
    deed = "asked" if step is Step.ASK else "warned"
    setattr(registration, f"{deed}_at", now)
    tell(book.edition, registration, deed, now=now, mode=Place.ONSITE.value, until=plan.release_at.isoformat())
    note(book.edition, registration.id, deed, actor=actor, now=now)


def list_steps_due(now: datetime) -> list[tuple[int, Step]]:
    """Return which steps concern somebody now, and in which editions, in order."""
    return [
        (plan.edition_id, step)
        for plan in db.session.scalars(select(Reconfirmation)).all()
        for step in steps_due(
            now, plan.ask_at, plan.warn_at, plan.release_at, get_edition_facts(plan.edition_id).starts_at
        )
        if db.session.scalar(select(Registration.id).where(*due(plan, step, now)).limit(1)) is not None
    ]
