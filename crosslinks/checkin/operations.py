"""Gates, the links that enrol phones at them, and the phones."""

from __future__ import annotations

from datetime import datetime, timedelta
from string import ascii_uppercase

from sqlalchemy import func, select

from crosslinks.accounts.audit import record, snapshot
from crosslinks.checkin.models import Device, DoorLink, Gate
from crosslinks.checkin.rules import LINK_SHOWN_FOR, PHONES_PER_LINK, GateKind, slug_of
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Gone, Invalid, NotFound
from crosslinks.kernel.tokens import hash_secret, new_secret

AFTERWARDS = timedelta(hours=6)
GATE_FIELDS = ("slug", "name")
LINK_FIELDS = ("gate_id", "kind", "approved", "valid_from", "valid_until")
DEVICE_FIELDS = ("gate_id", "kind", "label", "approved_at", "expires_at", "revoked_at")


def create_gate(*, actor: Actor, now: datetime, edition: Edition, name: str) -> Gate:
    """Make a gate, whose slug follows from its name; raises ``Conflict`` when the edition has one like it."""
    slug = slug_of(name)
    if not slug:
        raise Invalid("gate.name_empty", fields={"name": "gate.name_empty"})
    taken = select(Gate.id).where(Gate.edition_id == edition.id, (Gate.slug == slug) | (Gate.name == name))
    if db.session.scalar(taken) is not None:
        raise Conflict("gate.taken", fields={"name": "gate.taken"})
    position = db.session.scalar(select(func.count(Gate.id)).where(Gate.edition_id == edition.id)) or 0
    gate = Gate(edition_id=edition.id, slug=slug, name=name, position=position)
    db.session.add(gate)
    db.session.flush()
    record(actor=actor, action="gate.created", object_kind="gate", object_id=gate.id, now=now,
           conference_id=edition.conference_id, edition_id=edition.id, after=snapshot(gate, GATE_FIELDS))  # fmt: skip
    return gate


def rename_gate(*, actor: Actor, now: datetime, edition: Edition, gate: Gate, name: str) -> None:
    """Change what a gate is called; its slug stays, as commands and phones know it."""
    same = select(Gate.id).where(Gate.edition_id == edition.id, Gate.name == name, Gate.id != gate.id)
    if db.session.scalar(same) is not None:
        raise Conflict("gate.taken", fields={"name": "gate.taken"})
    before = snapshot(gate, GATE_FIELDS)
    gate.name = name
    db.session.flush()
    record(actor=actor, action="gate.renamed", object_kind="gate", object_id=gate.id, now=now,
           conference_id=edition.conference_id, edition_id=edition.id, before=before,
           after=snapshot(gate, GATE_FIELDS))  # fmt: skip


def usual_window(edition: Edition, now: datetime) -> tuple[datetime, datetime]:
    """Return from when until when phones usually work: from now until some hours after the end of the day."""
    return now, max(edition.ends_at, now) + AFTERWARDS


def make_door_link(
    *,
    actor: Actor,
    now: datetime,
    real: datetime,
    edition: Edition,
    gate: Gate,
    kind: GateKind,
    valid_from: datetime,
    valid_until: datetime,
    approved: bool,
) -> str:
    """Return the token of a new door link, which is shown once: it enrols one desk or five lanes within 30 minutes.

    Its phones admit between ``valid_from`` and ``valid_until``. Lanes need no approval; desks do unless ``approved``.
    ``real`` is real time, by which the 30 minutes run. Raises ``Invalid`` for a window that is empty or over.
    """
    if valid_until <= max(valid_from, now):
        raise Invalid("door.window", fields={"valid_until": "door.window"})
    token, token_hash = new_secret()
    link = DoorLink(
        gate_id=gate.id, kind=kind, token_hash=token_hash, approved=approved or kind is GateKind.LANE,
        shown_at=real, valid_from=valid_from, valid_until=valid_until, created_at=now,
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    record(actor=actor, action="door_link.made", object_kind="door_link", object_id=link.id, now=now,
           conference_id=edition.conference_id, edition_id=edition.id, after=snapshot(link, LINK_FIELDS))  # fmt: skip
    return token


def check_door_link(link: DoorLink | None, *, now: datetime, real: datetime) -> DoorLink:
    """Return a link that can enrol now.

    Raises ``NotFound``, ``Gone`` (30 minutes or its window are over) or ``Conflict`` (all its phones are enrolled).
    """
    if link is None:
        raise NotFound("link.unknown")
    if link.revoked_at is not None or real >= link.shown_at + LINK_SHOWN_FOR or now >= link.valid_until:
        raise Gone("link.expired")
    if link.enrolled >= PHONES_PER_LINK[link.kind]:
        raise Conflict("link.used")
    return link


def enrol_device(*, now: datetime, real: datetime, token: str) -> tuple[Device, str]:
    """Exchange a door link's token for a phone and its own token, which is told only now.

    Raises as ``check_door_link``. A desk whose link was not approved waits for the organizer.
    """
    found = db.session.scalar(select(DoorLink).where(DoorLink.token_hash == hash_secret(token)).with_for_update())
    link = check_door_link(found, now=now, real=real)
    gate = db.session.scalars(select(Gate).where(Gate.id == link.gate_id).with_for_update()).one()
    device_token, token_hash = new_secret()
    device = Device(
        edition_id=gate.edition_id, gate_id=gate.id, door_link_id=link.id, kind=link.kind,
        label=_next_label(gate.id, link.kind), token_hash=token_hash, enrolled_at=now,
        approved_at=now if link.approved else None, valid_from=link.valid_from, expires_at=link.valid_until,
    )  # fmt: skip
    link.enrolled += 1
    db.session.add(device)
    db.session.flush()
    conference_id = db.session.scalar(select(Edition.conference_id).where(Edition.id == gate.edition_id))
    record(actor=Actor.visitor(), action="device.enrolled", object_kind="device", object_id=device.id, now=now,
           conference_id=conference_id, edition_id=gate.edition_id, after=snapshot(device, DEVICE_FIELDS))  # fmt: skip
    return device, device_token


def _next_label(gate_id: int, kind: GateKind) -> str:
    """Return the next number of a lane, or letter of a desk, at this gate."""
    before = select(func.count(Device.id)).where(Device.gate_id == gate_id, Device.kind == kind)
    index = db.session.scalar(before) or 0
    return ascii_uppercase[index] if kind is GateKind.DESK and index < len(ascii_uppercase) else str(index + 1)


def approve_device(*, actor: Actor, now: datetime, edition: Edition, device: Device) -> None:
    """Let a waiting desk search and admit; approving twice changes nothing. Raises ``Conflict`` when it was revoked."""
    if device.revoked_at is not None:
        raise Conflict("device.revoked")
    if device.approved_at is None:
        before = snapshot(device, DEVICE_FIELDS)
        device.approved_at = now
        _log_device(actor, now, edition, device, "device.approved", before)


def revoke_device(*, actor: Actor, now: datetime, edition: Edition, device: Device) -> None:
    """End a phone's access for good; it wipes itself at its next contact."""
    if device.revoked_at is None:
        before = snapshot(device, DEVICE_FIELDS)
        device.revoked_at = now
        _log_device(actor, now, edition, device, "device.revoked", before)


def _log_device(
    actor: Actor, now: datetime, edition: Edition, device: Device, action: str, before: dict[str, object]
) -> None:
    db.session.flush()
    record(actor=actor, action=action, object_kind="device", object_id=device.id, now=now,
           conference_id=edition.conference_id, edition_id=edition.id, before=before,
           after=snapshot(device, DEVICE_FIELDS))  # fmt: skip
