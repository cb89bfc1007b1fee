"""Speakers and moderators get a place and the words on their badge without filling a form."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.invitations.models import StagePlace
from crosslinks.invitations.queries import list_stage
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Invalid
from crosslinks.programme.models import Person
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.bulk import Arrival, WhenFull, add_many, find_active
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import change_role
from crosslinks.registration.rules import BadgeRole, Details

STAGE_AT_ONCE = 25
"""So many people are given a place in one transaction: other writers wait for it."""
_REASON = "on stage"


class Given(StrEnum):
    """What became of one person of the programme."""

    PLACE = "place"
    ROLE = "role"
    HAD = "had"
    CANCELLED = "cancelled"
    UNUSABLE_ADDRESS = "unusable_address"
    SHARED_ADDRESS = "shared_address"


@dataclass(frozen=True)
class OnStage:
    """Somebody of the programme, what the badge should say, and what they have."""

    person: Person
    role: BadgeRole
    registration: Registration | None

    @property
    def lacks(self) -> bool:
        """Whether there is something to give: a place, or the role on the badge."""
        if self.registration is None:
            return True
        return self.registration.cancelled_at is None and self.registration.role is not self.role


def people_on_stage(edition_id: int) -> list[OnStage]:
    """Return who speaks or moderates, by name; who does both is a speaker."""
    return [
        OnStage(row.Person, BadgeRole.SPEAKER if row.speaks else BadgeRole.MODERATOR, row.Registration)
        for row in list_stage(edition_id)
    ]


def give_stage_places(
    *, actor: Actor, now: datetime, edition: Edition, person_ids: Collection[int], language: str
) -> list[tuple[str, Given]]:
    """Give up to ``STAGE_AT_ONCE`` people of the programme a place, in the room if there is one, and their role.

    A full room does not matter, and those without an address are added without one. Who is registered gets the role;
    who has cancelled is left alone. Returns name and outcome of each.
    """
    if len(person_ids) > STAGE_AT_ONCE:
        raise Invalid("stage.too_many")
    wanted = [one for one in people_on_stage(edition.id) if one.person.id in set(person_ids)]
    known = find_active(edition.id, [key for one in wanted if (key := _key(one.person))])
    report, new = [], []
    for one in wanted:
        found = one.registration.id if one.registration else known.get(_key(one.person) or "")
        if found is not None:
            report.append((one.person.name, _give_role(actor, now, one, found)))
        elif one.person.email and _key(one.person) is None:
            report.append((one.person.name, Given.UNUSABLE_ADDRESS))
        else:
            new.append(one)
    return sorted([*report, *_give_places(actor, now, edition, new, language)])


def _key(person: Person) -> str | None:
    """Return the key of a person's address, ``""`` without one, None when no mail can be sent to it."""
    if not person.email:
        return ""
    try:
        return normalise_email(person.email)[1]
    except Invalid:
        return None


def _give_role(actor: Actor, now: datetime, one: OnStage, registration_id: int) -> Given:
    registration = db.session.get_one(Registration, registration_id, populate_existing=True)
    if registration.cancelled_at is not None:
        return Given.CANCELLED
    if registration.role is one.role:
        return Given.HAD
    change_role(actor=actor, now=now, registration_id=registration_id, role=one.role)
    return Given.ROLE


def _give_places(
    actor: Actor, now: datetime, edition: Edition, new: list[OnStage], language: str
) -> list[tuple[str, Given]]:
    if not new:
        return []
    offered = [row.mode for row in edition.modes]
    mode = Mode.ONSITE if Mode.ONSITE in offered else Mode.DIGITAL
    arrivals = [
        Arrival(
            Details(
                one.person.given_name, one.person.family_name, one.person.email, one.person.affiliation,
                language=language,
            ),
            mode,
            one.role,
        )
        for one in new
    ]  # fmt: skip
    seats = add_many(
        actor=actor, now=now, edition_id=edition.id, arrivals=arrivals, when_full=WhenFull.OVERRIDE, reason=_REASON
    )
    rows = [
        {"person_id": one.person.id, "registration_id": seat.registration_id, "created_at": now}
        for one, seat in zip(new, seats, strict=True)
        if seat.registration_id is not None
    ]
    if rows:
        db.session.execute(insert(StagePlace), rows)
    db.session.flush()
    return [
        (one.person.name, Given.PLACE if seat.is_added else Given.SHARED_ADDRESS)
        for one, seat in zip(new, seats, strict=True)
    ]
