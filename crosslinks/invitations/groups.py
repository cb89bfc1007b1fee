"""A contact person registers colleagues: each gets a registration of their own, and the truth by their own mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import selectinload

from crosslinks.accounts.audit import record
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.invitations.models import Group, GroupMember
from crosslinks.invitations.rules import MOST_IN_GROUP
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Invalid, NotFound
from crosslinks.mail.operations import queue_mail
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.joining import register
from crosslinks.registration.rules import Details


@dataclass(frozen=True)
class Colleague:
    """One of a group, as the contact person wrote it."""

    details: Details
    mode: Mode


@dataclass(frozen=True)
class Contact:
    """Who registers a group."""

    name: str
    email: str
    language: str


def register_group(
    *, actor: Actor, now: datetime, edition: Edition, contact: Contact, colleagues: Sequence[Colleague]
) -> Group:
    """Register up to ``MOST_IN_GROUP`` colleagues in their order, all or nobody, and write to each of them.

    Known addresses get the same writes and are told by mail. The contact person gets one mail of what was asked, which
    tells nothing of what became of anybody. Raises ``Conflict`` when registration is closed.
    """
    if not 0 < len(colleagues) <= MOST_IN_GROUP:
        raise Invalid("group.size")
    address, key = normalise_email(contact.email)
    group = Group(
        edition_id=edition.id, contact_name=contact.name, contact_email=address, contact_key=key,
        language=contact.language, created_at=now,
    )  # fmt: skip
    for position, colleague in enumerate(colleagues):
        receipt = register(
            actor=actor,
            now=now,
            edition_id=edition.id,
            details=colleague.details,
            mode=colleague.mode,
            told={"registered_by": contact.name},
        )
        name = f"{colleague.details.given_name} {colleague.details.family_name}"
        group.members.append(
            GroupMember(registration_id=receipt.registration_id, position=position, name=name, mode=colleague.mode)
        )
    db.session.add(group)
    db.session.flush()
    queue_mail(
        kind="invitations.group", language=contact.language, to_address=address, to_name=contact.name,
        data={"group": group.id}, now=now, edition_id=edition.id,
    )  # fmt: skip
    record(
        actor=actor, action="group.registered", object_kind="group", object_id=group.id, now=now,
        conference_id=edition.conference_id, edition_id=edition.id, after={"people": len(colleagues)},
    )  # fmt: skip
    return group


def get_group(group_id: int) -> Group:
    """Return a group with its members; raises ``NotFound``."""
    found = db.session.get(Group, group_id, options=[selectinload(Group.members)])
    if found is None:
        raise NotFound("group.unknown")
    return found
