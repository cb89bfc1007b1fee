"""What invitations, groups and imports know of a person: given out, and erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update

from crosslinks.editions.models import Edition
from crosslinks.invitations.imports import upload_path
from crosslinks.invitations.models import Group, GroupMember, ImportRun, Invitation, StagePlace
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.models import Registration, Reservation

_MAILS = ("invitations.invitation", "invitations.group")


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return what is kept here of the person of a registration, as plain data."""
    registration = db.session.get(Registration, registration_id)
    if registration is None:
        return {}
    invitations = db.session.scalars(select(Invitation).where(_invited(registration)).order_by(Invitation.id))
    contacts = db.session.scalars(select(Group).where(_contact(registration)).order_by(Group.id))
    came_with = db.session.execute(
        select(Group.contact_name, GroupMember.name)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.registration_id == registration_id)
    )
    return {
        "invitations": [
            {
                "name": one.name, "email": one.email, "organisation": one.organisation, "kind": one.kind.value,
                "role": one.role.value, "mode": one.mode.value, "message": one.message,
                "answer": one.answer.value, "sent_at": one.sent_at.isoformat(),
                "answered_at": one.answered_at.isoformat() if one.answered_at else None,
            }
            for one in invitations
        ],
        "groups_registered": [
            {"name": one.contact_name, "email": one.contact_email, "at": one.created_at.isoformat()}
            for one in contacts
        ],
        "registered_by": [{"contact": row.contact_name, "as": row.name} for row in came_with],
    }  # fmt: skip


def erase_person(*, registration_id: int) -> None:
    """Erase what is kept here of the person of a registration, before the registration itself is anonymised.

    Invitations go, groups that they registered lose the contact's name and address, and they leave the groups that
    they came with; letters about these go too. Figures of imports hold nothing of a person and stay.
    """
    registration = db.session.get(Registration, registration_id)
    if registration is None:
        return
    ids = list(db.session.scalars(select(Invitation.id).where(_invited(registration))))
    _forget_labels(Invitation.id.in_(ids))
    if registration.email_key:
        db.session.execute(
            delete(OutboxMail).where(
                OutboxMail.kind.in_(_MAILS),
                OutboxMail.edition_id == registration.edition_id,
                OutboxMail.to_address == registration.email,
            )
        )
    addresses = list(db.session.scalars(select(Invitation.email).where(Invitation.id.in_(ids))))
    db.session.execute(
        delete(OutboxMail).where(
            OutboxMail.kind.in_(_MAILS),
            OutboxMail.edition_id == registration.edition_id,
            OutboxMail.to_address.in_(addresses),
        )
    )
    db.session.execute(delete(Invitation).where(Invitation.id.in_(ids)))
    _forget_in_letters(registration)
    db.session.execute(
        update(Group).where(_contact(registration)).values(contact_name="", contact_email="", contact_key="")
    )
    db.session.execute(delete(GroupMember).where(GroupMember.registration_id == registration_id))
    db.session.execute(delete(StagePlace).where(StagePlace.registration_id == registration_id))
    db.session.flush()
    db.session.expire_all()


def _forget_in_letters(registration: Registration) -> None:
    """Take a contact person's name out of the letters to those whom they registered."""
    members = select(GroupMember.registration_id).join(Group).where(_contact(registration))
    for mail in db.session.scalars(select(OutboxMail).where(OutboxMail.registration_id.in_(members))):
        if mail.data.get("registered_by"):
            mail.data = {**mail.data, "registered_by": ""}
    db.session.flush()


def _invited(registration: Registration) -> ColumnElement[bool]:
    mine = Invitation.registration_id == registration.id
    if not registration.email_key:
        return mine
    same = (Invitation.edition_id == registration.edition_id) & (Invitation.email_key == registration.email_key)
    return or_(mine, same)


def _contact(registration: Registration) -> ColumnElement[bool]:
    return (
        (Group.edition_id == registration.edition_id)
        & (Group.contact_key == registration.email_key)
        & (Group.contact_key != "")
    )


def _forget_labels(which: ColumnElement[bool]) -> None:
    """Take the names off the places that were kept for these invitations; the places themselves stay counted."""
    kept = select(Invitation.reservation_id).where(which, Invitation.reservation_id.is_not(None))
    db.session.execute(
        update(Reservation)
        .where(Reservation.id.in_(kept))
        .values(label="")
        .execution_options(synchronize_session=False)
    )


def erase_expired(*, now: datetime) -> int:
    """Erase invitations, groups and imports of editions whose erase date has come; return how many rows went.

    Opens its own transactions, one for each edition.
    """
    due = [
        edition.id
        for edition in db.session.scalars(select(Edition))
        if edition.erase_on <= now.astimezone(edition.zone).date()
    ]
    erased = 0
    for edition_id in due:
        with transaction():
            erased += _erase_edition(edition_id)
    return erased


def _erase_edition(edition_id: int) -> int:
    _forget_labels(Invitation.edition_id == edition_id)
    for run_id in db.session.scalars(select(ImportRun.id).where(ImportRun.edition_id == edition_id)):
        upload_path(run_id).unlink(missing_ok=True)
    erased = 0
    for model in (Invitation, Group, ImportRun):
        erased += len(db.session.execute(delete(model).where(model.edition_id == edition_id).returning(model.id)).all())
    mails = delete(OutboxMail).where(OutboxMail.kind.in_(_MAILS), OutboxMail.edition_id == edition_id)
    erased += len(db.session.execute(mails.returning(OutboxMail.id)).all())
    db.session.flush()
    return erased
