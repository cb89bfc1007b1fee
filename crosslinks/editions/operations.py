"""Making and changing conferences and editions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from crosslinks.accounts.audit import record, snapshot
from crosslinks.editions.keys import new_key_pair
from crosslinks.editions.models import Conference, Edition, EditionMode
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid

EDITION_FIELDS = (
    "number", "slug", "state", "languages", "time_zone", "starts_at", "ends_at", "doors_at", "registration_opens_at",
    "registration_closes_at", "answers_until", "erase_on", "theme", "lead", "about", "audience", "practical",
    "venue_name", "venue_address", "venue_city", "travel", "access", "accessibility", "contact", "conduct",
)  # fmt: skip
CONFERENCE_FIELDS = (
    "slug", "name", "organiser", "contact_email", "hue", "about", "first_held", "logo", "logo_dark", "cover",
    "cover_width", "cover_height", "cover_alt", "cover_credit",
)  # fmt: skip


def create_conference(*, actor: Actor, now: datetime, slug: str, name: str, organiser: str, **more: Any) -> Conference:
    """Make a conference; raises ``Conflict`` when its address is taken."""
    if db.session.query(Conference.id).filter_by(slug=slug).first():
        raise Conflict("conference.slug_taken")
    conference = Conference(slug=slug, name=name, organiser=organiser, created_at=now, **more)
    db.session.add(conference)
    db.session.flush()
    record(
        actor=actor,
        action="conference.created",
        object_kind="conference",
        object_id=conference.id,
        now=now,
        conference_id=conference.id,
        after=snapshot(conference, CONFERENCE_FIELDS),
    )
    return conference


def create_edition(
    *,
    actor: Actor,
    now: datetime,
    conference: Conference,
    wrapping_key: bytes,
    capacities: Mapping[Mode, int | None],
    slug: str,
    number: int,
    starts_at: datetime,
    ends_at: datetime,
    erase_on: date,
    identity: UUID | None = None,
    **more: Any,
) -> Edition:
    """Make an edition with its key pair and one row per mode in ``capacities`` (None: no limit).

    ``identity`` is a UUID that it has elsewhere already, when it is none of ours.

    Raises ``Conflict`` when its address is taken, ``Invalid`` when it ends before it starts.
    """
    if ends_at <= starts_at:
        raise Invalid("edition.ends_before_start")
    if db.session.query(Edition.id).filter_by(conference_id=conference.id, slug=slug).first():
        raise Conflict("edition.slug_taken")
    identity = identity or uuid4()
    public_key, private_key = new_key_pair(wrapping_key, identity)
    edition = Edition(
        uuid=identity, conference=conference, slug=slug, number=number, starts_at=starts_at, ends_at=ends_at,
        erase_on=erase_on, ticket_public_key=public_key, ticket_private_key=private_key, created_at=now, **more,
    )  # fmt: skip
    _note_publication(edition, now)
    edition.modes = [EditionMode(mode=mode, capacity=capacities[mode]) for mode in Mode if mode in capacities]
    db.session.add(edition)
    db.session.flush()
    record(
        actor=actor,
        action="edition.created",
        object_kind="edition",
        object_id=edition.id,
        now=now,
        conference_id=conference.id,
        edition_id=edition.id,
        after=snapshot(edition, EDITION_FIELDS),
    )
    return edition


def change_edition(*, actor: Actor, now: datetime, edition: Edition, changes: Mapping[str, Any]) -> None:
    """Change fields of an edition (not capacities: ``registration`` does that, as it promotes people)."""
    unknown = changes.keys() - set(EDITION_FIELDS)
    if unknown:
        raise Invalid("edition.field_unknown", min(unknown))
    before = snapshot(edition, EDITION_FIELDS)
    for name, value in changes.items():
        setattr(edition, name, value)
    _note_publication(edition, now)
    if edition.ends_at <= edition.starts_at:
        raise Invalid("edition.ends_before_start", fields={"ends_at": "edition.ends_before_start"})
    db.session.flush()
    touch_conference(edition.conference_id)
    record(
        actor=actor,
        action="edition.changed",
        object_kind="edition",
        object_id=edition.id,
        now=now,
        conference_id=edition.conference_id,
        edition_id=edition.id,
        before=before,
        after=snapshot(edition, EDITION_FIELDS),
    )


def _note_publication(edition: Edition, now: datetime) -> None:
    if edition.published_at is None and edition.state in {EditionState.PUBLISHED, EditionState.ARCHIVED}:
        edition.published_at = now


def set_state(*, actor: Actor, now: datetime, edition: Edition, state: EditionState) -> None:
    """Publish, archive or take back an edition."""
    change_edition(actor=actor, now=now, edition=edition, changes={"state": state})


def change_conference(*, actor: Actor, now: datetime, conference: Conference, changes: Mapping[str, Any]) -> None:
    """Change fields of a conference; every edition's public pages follow."""
    before = snapshot(conference, CONFERENCE_FIELDS)
    for name in changes.keys() & set(CONFERENCE_FIELDS):
        setattr(conference, name, changes[name])
    db.session.flush()
    touch_conference(conference.id)
    record(
        actor=actor,
        action="conference.changed",
        object_kind="conference",
        object_id=conference.id,
        now=now,
        conference_id=conference.id,
        before=before,
        after=snapshot(conference, CONFERENCE_FIELDS),
    )


def touch_public(edition_id: int) -> None:
    """Raise ``public_rev``, so that every process renders this edition's public pages anew."""
    db.session.execute(text("UPDATE edition SET public_rev = public_rev + 1 WHERE id = :id"), {"id": edition_id})


def touch_conference(conference_id: int) -> None:
    """Raise ``public_rev`` of every edition of a conference: their home pages name each other."""
    raised = text("UPDATE edition SET public_rev = public_rev + 1 WHERE conference_id = :id")
    db.session.execute(raised, {"id": conference_id})


def touch_form(edition_id: int) -> None:
    """Raise ``form_rev`` and ``public_rev``, so that every process reads this edition's questions anew."""
    raised = text("UPDATE edition SET form_rev = form_rev + 1, public_rev = public_rev + 1 WHERE id = :id")
    db.session.execute(raised, {"id": edition_id})
