"""Who a phone is: its token, its gate and its edition, in one read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from crosslinks.checkin.models import Device, Gate
from crosslinks.checkin.rules import GateKind
from crosslinks.editions.models import Conference, Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, execute
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import hash_secret


@dataclass(frozen=True)
class DoorPhone:
    """An enrolled phone with what its scans need of its gate and edition."""

    id: int
    kind: GateKind
    label: str
    gate_id: int
    gate_slug: str
    gate_name: str
    edition_id: int
    edition_uuid: UUID
    public_key: bytes
    conference_id: int
    edition_name: str
    time_zone: str
    is_demo: bool
    enrolled_at: datetime
    approved_at: datetime | None
    expires_at: datetime
    revoked_at: datetime | None
    last_seen_at: datetime | None
    opens_at: datetime
    clock_offset_ms: int

    @property
    def clock_offset(self) -> timedelta:
        """What to add to this phone's clock, as last measured."""
        return timedelta(milliseconds=self.clock_offset_ms)

    @property
    def actor(self) -> Actor:
        """This phone for the audit log."""
        return Actor.device(self.id, f"{self.gate_name}, {self.kind} {self.label}")

    def expired(self, now: datetime) -> bool:
        """Say whether its time is over."""
        return now >= self.expires_at


_PHONE = (
    select(
        Device.id,
        Device.kind,
        Device.label,
        Device.gate_id,
        Gate.slug,
        Gate.name,
        Device.edition_id,
        Edition.uuid,
        Edition.ticket_public_key,
        Edition.conference_id,
        Conference.name + " " + Edition.slug,
        Edition.time_zone,
        Edition.is_demo,
        Device.enrolled_at,
        Device.approved_at,
        Device.expires_at,
        Device.revoked_at,
        Device.last_seen_at,
        Device.valid_from,
        Device.clock_offset_ms,
    )
    .join(Gate, Gate.id == Device.gate_id)
    .join(Edition, Edition.id == Device.edition_id)
    .join(Conference, Conference.id == Edition.conference_id)
)


_BY_TOKEN = _PHONE.where(Device.token_hash == bindparam("token_hash"))


def find_phone(token: str) -> DoorPhone | None:
    """Return the phone that holds this token, revoked and expired ones too, or None."""
    row = execute(_BY_TOKEN, {"token_hash": hash_secret(token)}).first()
    return None if row is None else DoorPhone(*tuple(row))


def get_phone(device_id: int) -> DoorPhone:
    """Return a phone by its id; raises ``NotFound``."""
    row = db.session.execute(_PHONE.where(Device.id == device_id)).first()
    if row is None:
        raise NotFound("device.unknown")
    return DoorPhone(*tuple(row))
