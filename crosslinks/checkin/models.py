"""Gates, the links that open them, the phones that scan, and every scan for ever."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.checkin.rules import GateKind
from crosslinks.kernel.columns import JsonDict, enum_column
from crosslinks.kernel.db import Base

_CONFLICT = text("conflict <> ''")


class Gate(Base):
    """A place where people are scanned."""

    __tablename__ = "gate"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class DoorLink(Base):
    """An address that enrols one desk or five lanes at a gate, within 30 minutes of being shown."""

    __tablename__ = "door_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id", ondelete="CASCADE"), index=True)
    kind: Mapped[GateKind] = mapped_column(enum_column(GateKind))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    approved: Mapped[bool] = mapped_column(default=False)
    shown_at: Mapped[datetime]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    enrolled: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    gate: Mapped[Gate] = relationship()


class Device(Base):
    """A phone at a gate; its token is hashed at rest."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id", ondelete="CASCADE"))
    door_link_id: Mapped[int | None] = mapped_column(ForeignKey("door_link.id", ondelete="SET NULL"))
    kind: Mapped[GateKind] = mapped_column(enum_column(GateKind))
    label: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    enrolled_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    valid_from: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    clock_offset_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    gate: Mapped[Gate] = relationship()


class Scan(Base):
    """One scan as it came and the answer that it got; never changed, and replayed by its uuid."""

    __tablename__ = "scan"
    __table_args__ = (
        Index(None, "edition_id", "received_at"),
        Index(None, "registration_id", "at"),
        Index("ix_scan_conflict", "edition_id", "received_at", sqlite_where=_CONFLICT, postgresql_where=_CONFLICT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id", ondelete="SET NULL"))
    gate_id: Mapped[int | None] = mapped_column(ForeignKey("gate.id", ondelete="SET NULL"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    device_at: Mapped[datetime]
    received_at: Mapped[datetime]
    offline: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str] = mapped_column(String(30))
    answer: Mapped[JsonDict] = mapped_column(default=dict)
    undoes: Mapped[UUID | None]
    override: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    decided: Mapped[str] = mapped_column(String(30), default="")
    conflict: Mapped[str] = mapped_column(String(60), default="")
    raw: Mapped[JsonDict] = mapped_column(default=dict)


class Attendance(Base):
    """Where one person is by ``rules.merge_scans``, kept beside the scans for counting; written with each of them.

    ``entered_at`` and ``gate_id`` belong to the stay that lasts, ``first_at`` to the first one.
    """

    __tablename__ = "attendance"
    __table_args__ = (Index(None, "edition_id", "inside"), Index(None, "edition_id", "first_at"))

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    inside: Mapped[bool] = mapped_column(default=False)
    entered_at: Mapped[datetime | None]
    gate_id: Mapped[int | None] = mapped_column(ForeignKey("gate.id", ondelete="SET NULL"))
    first_at: Mapped[datetime | None]


class ErasedTicket(Base):
    """What phones must hear of somebody who was erased: drop the row with this index. It says nothing else.

    ``lane_index`` is derived from the ticket one way, as a sealed roster does; ``number`` is what a desk knew them by.
    """

    __tablename__ = "erased_ticket"
    __table_args__ = (Index(None, "edition_id", "roster_seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    number: Mapped[int]
    lane_index: Mapped[bytes]
    rev: Mapped[int]
    roster_seq: Mapped[int]
