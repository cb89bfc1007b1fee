"""What happens to the stream: it is set up, and people are there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from crosslinks.accounts.audit import record, snapshot
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Forbidden
from crosslinks.live.models import Presence, Stream
from crosslinks.live.players import check_address
from crosslinks.live.queries import find_last_stay, find_stream, window_of
from crosslinks.live.rules import StreamKind, StreamState, beat, minutes_in, stream_state
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place

FIELDS = ("kind", "address", "captions", "opens_before")


def change_stream(
    *, actor: Actor, now: datetime, edition: Edition, kind: StreamKind, address: str, captions: Texts, opens_before: int
) -> Stream:
    """Set where the stream is and what is said about it; an empty ``address`` takes it away.

    ``opens_before`` is in minutes. Raises ``Invalid`` for an address that cannot be used.
    """
    stream = find_stream(edition.id)
    before: dict[str, Any] = {}
    if stream is None:
        stream = Stream(edition_id=edition.id)
        db.session.add(stream)
    else:
        before = snapshot(stream, FIELDS)
    stream.kind = kind
    stream.address = check_address(address) if address else ""
    stream.captions = captions
    stream.opens_before = opens_before
    db.session.flush()
    touch_public(edition.id)
    record(
        actor=actor, action="stream.changed", object_kind="stream", object_id=edition.id, now=now,
        conference_id=edition.conference_id, edition_id=edition.id, before=before, after=snapshot(stream, FIELDS),
    )  # fmt: skip
    return stream


def refuse_absent(registration: Registration, now: datetime) -> None:
    """Raise ``Forbidden`` for somebody without a place on the stream, ``Conflict`` when it is not open."""
    if registration.place is not Place.DIGITAL:
        raise Forbidden("stream.no_place")
    edition = registration.edition
    if stream_state(now, window_of(edition, find_stream(edition.id))) is not StreamState.OPEN:
        raise Conflict("stream.closed")


def is_news(registration: Registration, now: datetime) -> bool:
    """Say whether a sign of life at ``now`` would be written: at most one a minute and person is."""
    last = find_last_stay(registration.id)
    window = window_of(registration.edition, find_stream(registration.edition_id))
    return beat(last.stay if last else None, now, window) is not None


def note_presence(*, now: datetime, registration_id: int) -> bool:
    """Note that somebody is at the stream: their stay grows, or after a gap another begins. Return whether it did.

    Repeating it within a minute changes nothing. It leaves no audit row: it is a row in itself, each minute.
    Raises ``Forbidden`` for somebody without a place on the stream, ``Conflict`` when it is not open.
    """
    of_person = select(Registration).where(Registration.id == registration_id)
    registration = db.session.scalars(of_person.with_for_update(key_share=True)).one()
    refuse_absent(registration, now)
    last = find_last_stay(registration_id)
    window = window_of(registration.edition, find_stream(registration.edition_id))
    found = beat(last.stay if last else None, now, window)
    if found is None:
        return False
    if last is None or not found.extends:
        last = Presence(edition_id=registration.edition_id, registration_id=registration_id)
        db.session.add(last)
    last.starts_at, last.ends_at = found.stay.starts_at, found.stay.ends_at
    last.minutes = minutes_in([found.stay])
    db.session.flush()
    return True
