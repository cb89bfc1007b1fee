"""Finding invitations, and people on stage with the registrations that they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, select
from sqlalchemy.orm import joinedload

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.invitations.models import Invitation, StagePlace
from crosslinks.invitations.rules import Answer, InvitationKind, InvitationState, invitation_state
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Invalid, NotFound
from crosslinks.kernel.tokens import LinkKind, link_identity, link_is_valid
from crosslinks.programme.models import Person, Session, SessionModerator, Talk, TalkSpeaker
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.rules import search_key

PER_PAGE = 50
_LARGEST_ID = 2**31 - 1
_LARGEST_PAGE = 100_000
_LONGEST_SEARCH = 200


@dataclass(frozen=True)
class InvitationFilter:
    """Which invitations to list."""

    q: str = ""
    state: InvitationState | None = None
    kind: InvitationKind | None = None
    page: int = 1

    def query(self, **changes: Any) -> str:
        """Return the query of this filter with ``changes``, without what says nothing."""
        other = replace(self, **changes)
        parts = {
            "q": other.q,
            "state": other.state.value if other.state else "",
            "kind": other.kind.value if other.kind else "",
            "page": str(other.page) if other.page > 1 else "",
        }
        filled = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(filled)}" if filled else ""


def read_invitation_filter(args: Mapping[str, str]) -> InvitationFilter:
    """Return the filter that an address asks for; raises ``Invalid`` for one that cannot be."""
    q, page = args.get("q", "").strip(), args.get("page", "1")
    if len(q) > _LONGEST_SEARCH or "\x00" in q or not (page.isascii() and page.isdigit() and len(page) <= 6):
        raise Invalid("list.filter")
    state, kind = args.get("state", ""), args.get("kind", "")
    if state not in {"", *InvitationState} or kind not in {"", *InvitationKind}:
        raise Invalid("list.filter")
    return InvitationFilter(
        q, InvitationState(state) if state else None, InvitationKind(kind) if kind else None,
        max(1, min(int(page), _LARGEST_PAGE)),
    )  # fmt: skip


@dataclass(frozen=True)
class InvitationPage:
    """One page of invitations with their states, and how many there are in each state."""

    rows: list[tuple[Invitation, InvitationState, Reservation | None]]
    counts: dict[InvitationState | None, int]
    page: int
    total: int

    @property
    def first(self) -> int:
        """The number of the first on this page, from 1."""
        return min((self.page - 1) * PER_PAGE + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last on this page."""
        return min(self.page * PER_PAGE, self.total)


def _state_column(now: datetime) -> ColumnElement[str]:
    return case(
        (Invitation.answer != Answer.OPEN, Invitation.answer),
        (Invitation.expires_at <= now, InvitationState.EXPIRED.value),
        else_=InvitationState.SENT.value,
    )


def _matching(edition_id: int, wanted: InvitationFilter) -> list[ColumnElement[bool]]:
    conditions = [Invitation.edition_id == edition_id]
    conditions += [Invitation.search_text.contains(word, autoescape=True) for word in search_key(wanted.q).split()]
    if wanted.kind is not None:
        conditions.append(Invitation.kind == wanted.kind)
    return conditions


def _listed(edition_id: int, wanted: InvitationFilter, now: datetime) -> Select[Any, Any]:
    query = (
        select(Invitation, Reservation)
        .outerjoin(Reservation, Reservation.id == Invitation.reservation_id)
        .where(*_matching(edition_id, wanted))
        .order_by(Invitation.id.desc())
    )
    return query.where(_state_column(now) == wanted.state.value) if wanted.state else query


def list_invitations(edition_id: int, wanted: InvitationFilter, now: datetime) -> InvitationPage:
    """Return one page of the invitations that a filter asks for, the latest first; three statements at any size."""
    state = _state_column(now).label("state")
    tallied = db.session.execute(select(state, func.count()).where(*_matching(edition_id, wanted)).group_by(state))
    counts: dict[InvitationState | None, int] = dict.fromkeys(InvitationState, 0)
    counts |= {InvitationState(str(name)): number for name, number in tallied}
    counts[None] = sum(counts.values())
    query = _listed(edition_id, wanted, now).limit(PER_PAGE).offset((wanted.page - 1) * PER_PAGE)
    rows = [(one, invitation_state(one.answer, one.expires_at, now), kept) for one, kept in db.session.execute(query)]
    return InvitationPage(rows, counts, wanted.page, counts[wanted.state])


def all_invitations(
    edition_id: int, wanted: InvitationFilter, now: datetime
) -> list[tuple[Invitation, InvitationState]]:
    """Return every invitation that a filter asks for."""
    found = db.session.execute(_listed(edition_id, wanted, now))
    return [(one, invitation_state(one.answer, one.expires_at, now)) for one, _kept in found]


def get_invitation(edition_id: int, invitation_id: int) -> Invitation:
    """Return an invitation of this edition; raises ``NotFound``."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.edition_id != edition_id:
        raise NotFound("invitation.unknown")
    return found


def get_invitation_by_token(token: str) -> Invitation:
    """Return the invitation that a link opens, with its edition; raises ``NotFound`` for any other text."""
    identity = link_identity(token)
    found = (
        None
        if identity is None or identity > _LARGEST_ID
        else db.session.scalar(
            select(Invitation)
            .where(Invitation.id == identity)
            .options(joinedload(Invitation.edition).joinedload(Edition.conference))
        )
    )
    if found is None or not link_is_valid(settings().keys, LinkKind.INVITATION, token, found.id, found.epoch):
        raise NotFound("link.unknown")
    return found


def list_stage(edition_id: int) -> list[Row[Any]]:
    """Return who speaks or moderates in an edition, by name: the person, whether they speak, and their registration.

    The registration is the one they were given, else the one that has their address; one statement.
    """
    speaks = exists().where(TalkSpeaker.person_id == Person.id, TalkSpeaker.talk_id == Talk.id).correlate(Person)
    leads = (
        exists().where(SessionModerator.person_id == Person.id, SessionModerator.session_id == Session.id)
    ).correlate(Person)
    given = (
        select(StagePlace.registration_id).where(StagePlace.person_id == Person.id).correlate(Person).scalar_subquery()
    )
    by_address = (
        select(func.min(Registration.id))
        .where(
            Registration.edition_id == edition_id,
            Person.email != "",
            Registration.email_key == func.lower(Person.email),
            Registration.email_key != "",
            Registration.cancelled_at.is_(None),
        )
        .correlate(Person)
        .scalar_subquery()
    )
    return list(
        db.session.execute(
            select(Person, speaks.label("speaks"), Registration)
            .outerjoin(Registration, Registration.id == func.coalesce(given, by_address))
            .where(Person.edition_id == edition_id, speaks | leads)
            .order_by(Person.family_name, Person.given_name, Person.id)
        )
    )
