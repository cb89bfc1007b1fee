"""Inviting by name: sending, answering, prolonging and withdrawing an invitation, with a place kept meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from crosslinks.accounts.audit import record
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.rules import Answer, InvitationKind, InvitationState, invitation_state
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Gone, Invalid, NotFound
from crosslinks.mail.operations import queue_mail
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.bulk import find_active
from crosslinks.registration.joining import add_by_hand
from crosslinks.registration.models import Reservation
from crosslinks.registration.operations import change_role
from crosslinks.registration.reservations import (
    prolong_reservation,
    release_reservation,
    reserve_place,
    use_reservation,
)
from crosslinks.registration.rules import BadgeRole, Details, Source, search_key

RESERVED = "invitation"


@dataclass(frozen=True)
class Guest:
    """Whom an invitation is for."""

    given_name: str
    family_name: str
    email: str
    organisation: str = ""

    @property
    def name(self) -> str:
        """The full name, given name first."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class Terms:
    """What several people are invited to, and until when they may answer."""

    kind: InvitationKind
    role: BadgeRole
    mode: Mode
    language: str
    expires_at: datetime
    reserve: bool
    message: str = ""
    sponsor_id: int | None = None


class Sent(StrEnum):
    """What became of inviting one of several."""

    SENT = "sent"
    INVITED = "invited"
    REGISTERED = "registered"
    FULL = "full"


def invite(*, actor: Actor, now: datetime, edition: Edition, guests: Sequence[Guest], terms: Terms) -> list[Sent]:
    """Invite people by mail, in their order, and return what became of each.

    Who is registered, or has an invitation that is open, is left alone; without a free place for a reservation nobody
    more is invited. Raises ``Invalid`` when the last day to answer has passed.
    """
    until = min(terms.expires_at, edition.ends_at)
    if until <= now:
        raise Invalid("invitation.past")
    keys = [normalise_email(guest.email)[1] for guest in guests]
    registered = find_active(edition.id, keys)
    invited = set(
        db.session.scalars(
            select(Invitation.email_key).where(
                Invitation.edition_id == edition.id,
                Invitation.email_key.in_(keys),
                Invitation.answer == Answer.OPEN,
                Invitation.expires_at > now,
            )
        )
    )
    outcomes = []
    for guest, key in zip(guests, keys, strict=True):
        if key in registered:
            outcomes.append(Sent.REGISTERED)
        elif key in invited:
            outcomes.append(Sent.INVITED)
        else:
            outcomes.append(_invite_one(actor, now, edition, guest, terms, until))
            invited.add(key)
    return outcomes


def _invite_one(actor: Actor, now: datetime, edition: Edition, guest: Guest, terms: Terms, until: datetime) -> Sent:
    kept = None
    if terms.reserve:
        try:
            kept = _keep(actor, now, edition.id, terms.mode, guest.name, until)
        except Conflict:
            return Sent.FULL
    email, key = normalise_email(guest.email)
    invitation = Invitation(
        edition_id=edition.id, kind=terms.kind, given_name=guest.given_name, family_name=guest.family_name,
        email=email, email_key=key, organisation=guest.organisation, language=terms.language, role=terms.role,
        mode=terms.mode, message=terms.message, sponsor_id=terms.sponsor_id, invited_by=actor.label,
        reservation_id=kept, created_at=now, sent_at=now, expires_at=until,
        search_text=search_key(guest.given_name, guest.family_name, guest.organisation, email)[:1000],
    )  # fmt: skip
    db.session.add(invitation)
    db.session.flush()
    _write(invitation, now)
    _log(actor, now, edition.conference_id, invitation, "made")
    return Sent.SENT


def _keep(actor: Actor, now: datetime, edition_id: int, mode: Mode, name: str, until: datetime) -> int:
    kept = reserve_place(
        actor=actor, now=now, edition_id=edition_id, mode=mode, label=f"{RESERVED}: {name}", expires_at=until
    )
    return kept.id


def resend_invitation(*, actor: Actor, now: datetime, edition: Edition, invitation_id: int) -> None:
    """Mail an open invitation once more; raises ``Conflict`` when it is answered, withdrawn or has run out."""
    invitation = open_invitation(edition.id, invitation_id)
    _require(invitation, now, InvitationState.SENT)
    invitation.sent_at = now
    _write(invitation, now)
    _log(actor, now, edition.conference_id, invitation, "resent")
    db.session.flush()


def extend_invitation(
    *, actor: Actor, now: datetime, edition: Edition, invitation_id: int, expires_at: datetime
) -> None:
    """Let somebody answer until another moment, and keep their place until then, or one again if it was given back.

    Raises ``Conflict`` for an answered or withdrawn one and when no place is free, ``Invalid`` for a past moment.
    """
    invitation = open_invitation(edition.id, invitation_id)
    _require(invitation, now, InvitationState.SENT, InvitationState.EXPIRED)
    until = min(expires_at, edition.ends_at)
    if until <= now:
        raise Invalid("invitation.past")
    if invitation.reservation_id is not None:
        try:
            prolong_reservation(actor=actor, now=now, reservation_id=invitation.reservation_id, expires_at=until)
        except Gone:
            release_reservation(actor=actor, now=now, reservation_id=invitation.reservation_id)
            invitation.reservation_id = _keep(actor, now, edition.id, invitation.mode, invitation.name, until)
    before = {"expires_at": invitation.expires_at}
    invitation.expires_at = until
    _log(actor, now, edition.conference_id, invitation, "changed", before=before, after={"expires_at": until})
    db.session.flush()


def withdraw_invitation(*, actor: Actor, now: datetime, edition: Edition, invitation_id: int) -> None:
    """Take an unanswered invitation back, and give its place to the next; nobody is mailed."""
    invitation = open_invitation(edition.id, invitation_id)
    _require(invitation, now, InvitationState.SENT, InvitationState.EXPIRED)
    _end(actor, now, edition.conference_id, invitation, Answer.WITHDRAWN, "revoked")


def decline_invitation(*, actor: Actor, now: datetime, invitation_id: int) -> None:
    """Say no thank you: the place goes to the next, and nobody else is told. Twice is the same as once."""
    invitation = open_invitation(None, invitation_id)
    if invitation.answer is Answer.DECLINED:
        return
    _require(invitation, now, InvitationState.SENT)
    _end(actor, now, invitation.edition.conference_id, invitation, Answer.DECLINED, "refused")


def _end(actor: Actor, now: datetime, conference_id: int, invitation: Invitation, answer: Answer, deed: str) -> None:
    invitation.answer = answer
    invitation.answered_at = now
    _log(actor, now, conference_id, invitation, deed)
    db.session.flush()
    if invitation.reservation_id is not None:
        release_reservation(actor=actor, now=now, reservation_id=invitation.reservation_id)


def accept_invitation(*, actor: Actor, now: datetime, invitation_id: int, details: Details, mode: Mode) -> int:
    """Register who is invited, at their address, with the role that they were invited in; return the registration's id.

    The window of registration does not matter, nor a full room when a place is kept; another mode than the invited one
    gives the kept place back. Who is registered already gets the role and the kept place. Raises ``Conflict`` unless it
    is open, and when the edition is over.
    """
    invitation = open_invitation(None, invitation_id)
    _require(invitation, now, InvitationState.SENT)
    edition = invitation.edition
    if edition.state is EditionState.ARCHIVED or now >= edition.ends_at:
        raise Conflict("edition.over")
    kept = _usable(invitation, now) if mode is invitation.mode else None
    if kept is None and invitation.reservation_id is not None:
        release_reservation(actor=actor, now=now, reservation_id=invitation.reservation_id)
    known = find_active(edition.id, [invitation.email_key]).get(invitation.email_key)
    if known is None:
        known = add_by_hand(
            actor=actor,
            now=now,
            edition_id=edition.id,
            details=details,
            mode=mode,
            source=Source.FORM,
            reservation_id=kept,
            role=invitation.role,
        ).registration_id
    else:
        if kept is not None:
            use_reservation(actor=actor, now=now, reservation_id=kept, registration_id=known)
        if invitation.role is not BadgeRole.PARTICIPANT:
            change_role(actor=actor, now=now, registration_id=known, role=invitation.role)
    invitation.answer = Answer.ACCEPTED
    invitation.answered_at = now
    invitation.registration_id = known
    _log(actor, now, edition.conference_id, invitation, "agreed")
    db.session.flush()
    return known


def _usable(invitation: Invitation, now: datetime) -> int | None:
    if invitation.reservation_id is None:
        return None
    kept = db.session.get(Reservation, invitation.reservation_id, populate_existing=True)
    good = kept is not None and kept.used_at is None and kept.released_at is None and kept.expires_at > now
    return invitation.reservation_id if good else None


def open_invitation(edition_id: int | None, invitation_id: int) -> Invitation:
    """Lock an invitation and read it afresh; raises ``NotFound``, also for one of another edition."""
    found = db.session.scalar(
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or edition_id not in {None, found.edition_id}:
        raise NotFound("invitation.unknown")
    return found


def state_of(invitation: Invitation, now: datetime) -> InvitationState:
    """Return where an invitation stands."""
    return invitation_state(invitation.answer, invitation.expires_at, now)


def _require(invitation: Invitation, now: datetime, *states: InvitationState) -> None:
    state = state_of(invitation, now)
    if state not in states:
        raise Conflict(f"invitation.{state.value}")


def _write(invitation: Invitation, now: datetime) -> None:
    queue_mail(
        kind="invitations.invitation", language=invitation.language, to_address=invitation.email,
        to_name=invitation.name, data={"invitation": invitation.id}, now=now, edition_id=invitation.edition_id,
    )  # fmt: skip


def _log(
    actor: Actor, now: datetime, conference_id: int, invitation: Invitation, deed: str, **changes: dict[str, datetime]
) -> None:
    record(
        actor=actor,
        action=f"invitation.{deed}",
        object_kind="invitation",
        object_id=invitation.id,
        now=now,
        conference_id=conference_id,
        edition_id=invitation.edition_id,
        before=changes.get("before"),
        after=changes.get("after"),
    )
