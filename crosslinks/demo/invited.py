"""Invented invitations in every state, for the demonstration."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from crosslinks.demo.edition import ACTOR
from crosslinks.demo.people import invent
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.invitations.inviting import (
    Guest,
    Terms,
    accept_invitation,
    decline_invitation,
    invite,
    withdraw_invitation,
)
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.rules import InvitationKind
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.bulk import find_active
from crosslinks.registration.rules import BadgeRole, Details
from crosslinks.sponsors.models import Sponsor

_MESSAGE = "Vi vil gjerne høre hva du tenker om dagen, og håper du blir til kaffen etterpå."


def add_invitations(edition_id: int, count: int, *, now: datetime) -> None:
    """Invite a few invented people, one of them among the ``count`` who register; one does not answer in time."""
    reporter = next((person for person in invent(count) if not person.onsite), None)
    press = [Guest("Jonas", "Bladfiks", "jonas.bladfiks@example.org", "Demoavisen")]
    if reporter is not None:
        press.append(Guest(reporter.given_name, reporter.family_name, reporter.email, "Oppdiktet Ukeblad"))
    guests = [
        Guest("Sigurd", "Gjestad", "sigurd.gjestad@example.org", "Fjordbyen Universitet"),
        Guest("Elin", "Travelund", "elin.travelund@example.org", "Fjordbyen Hospital"),
    ]
    of_sponsor = [Guest("Tuva", "Oppdiktet", "tuva.oppdiktet@example.org", "Nordlys Demoselskap")]
    day = timedelta(days=1)
    with transaction():
        sponsor_id = db.session.scalar(select(Sponsor.id).where(Sponsor.edition_id == edition_id).order_by(Sponsor.id))
        for kind, role, people, sent, days in (
            (InvitationKind.SPONSOR_GUEST, BadgeRole.PARTICIPANT, of_sponsor, now - 12 * day, 11),
            (InvitationKind.PRESS, BadgeRole.PRESS, press, now - 2 * day, 5),
            (InvitationKind.GUEST, BadgeRole.PARTICIPANT, guests, now - day, 5),
        ):
            terms = Terms(
                kind, role, Mode.DIGITAL, "nb", sent + days * day, reserve=False, message=_MESSAGE,
                sponsor_id=sponsor_id if kind is InvitationKind.SPONSOR_GUEST else None,
            )  # fmt: skip
            edition = db.session.get_one(Edition, edition_id)
            invite(actor=ACTOR, now=sent, edition=edition, guests=people, terms=terms)


def answer_invitations(edition_id: int, *, now: datetime) -> None:
    """Let who is registered by now accept, one decline, and one be withdrawn; nobody new is registered by it."""
    asked = select(Invitation).where(Invitation.edition_id == edition_id, Invitation.expires_at > now)
    invitations = {one.family_name: one for one in db.session.scalars(asked)}
    known = find_active(edition_id, [one.email_key for one in invitations.values()])
    with transaction():
        edition = db.session.get_one(Edition, edition_id)
        for name, one in invitations.items():
            if one.email_key in known:
                details = Details(one.given_name, one.family_name, one.email)
                accept_invitation(actor=ACTOR, now=now, invitation_id=one.id, details=details, mode=one.mode)
            elif name == "Travelund":
                decline_invitation(actor=ACTOR, now=now, invitation_id=one.id)
            elif name == "Gjestad":
                withdraw_invitation(actor=ACTOR, now=now, edition=edition, invitation_id=one.id)
