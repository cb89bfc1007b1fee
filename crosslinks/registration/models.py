"""Registrations, the tickets issued for them, and places kept for somebody who is yet to come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Connection, ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.columns import enum_column
from crosslinks.kernel.db import Base
from crosslinks.registration.rules import BadgeRole, Place, Profession, Source, Status, search_columns

_ACTIVE_WITH_EMAIL = text("cancelled_at IS NULL AND email_key <> ''")
_WAITING = text("wants <> 'none' AND offer_until IS NULL")
_OFFERED = text("offer_until IS NOT NULL")
_KEPT = text("used_at IS NULL AND released_at IS NULL")


class Registration(Base):
    """One person in one edition. ``place`` is held, ``wants`` is waited for since ``joined_at``.

    Until ``offer_until`` a place of what they want is kept for them: they are out of the line, and decide.
    ``asked_at`` and ``warned_at`` are of the question whether they really come, ``coming_at`` is when they last said
    so, or took their place.
    ``rev`` counts changes that a door must see; ``epoch`` raised revokes every personal link. ``name_key``,
    ``sort_key`` (family name first) and ``search_text`` follow the names by themselves.
    """

    __tablename__ = "registration"
    __table_args__ = (
        Index(
            "uq_registration_active_email",
            "edition_id",
            "email_key",
            unique=True,
            sqlite_where=_ACTIVE_WITH_EMAIL,
            postgresql_where=_ACTIVE_WITH_EMAIL,
        ),
        Index("uq_registration_edition_id_reference", "edition_id", "reference", unique=True),
        Index("ix_registration_standing", "edition_id", "place", "wants", "cancelled_at"),
        Index(
            "ix_registration_waiting",
            "edition_id",
            "wants",
            "priority",
            "joined_at",
            "id",
            "offer_until",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_registration_offered",
            "edition_id",
            "wants",
            "offer_until",
            sqlite_where=_OFFERED,
            postgresql_where=_OFFERED,
        ),
        Index(None, "edition_id", "created_at"),
        Index("ix_registration_by_name", "edition_id", "sort_key", "id"),
        Index("ix_registration_roster", "edition_id", "roster_seq"),
        CheckConstraint("place <> wants OR place = 'none'", name="wants_another"),
        CheckConstraint("(wants = 'none') = (joined_at IS NULL)", name="joined"),
        CheckConstraint("cancelled_at IS NULL OR (place = 'none' AND wants = 'none')", name="cancelled_has_none"),
        {"sqlite_autoincrement": True},  # else the next person would get an erased one's number, and with it the link
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    reference: Mapped[str] = mapped_column(String(6))
    epoch: Mapped[int] = mapped_column(default=0)
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(300), default="")
    sort_key: Mapped[str] = mapped_column(String(300), default="")
    search_text: Mapped[str] = mapped_column(String(1000), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    email_key: Mapped[str] = mapped_column(String(320), default="")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    profession: Mapped[Profession] = mapped_column(enum_column(Profession), default=Profession.OTHER)
    language: Mapped[str] = mapped_column(String(10), default="en")
    role: Mapped[BadgeRole] = mapped_column(enum_column(BadgeRole), default=BadgeRole.PARTICIPANT)
    place: Mapped[Place] = mapped_column(enum_column(Place), default=Place.NONE)
    wants: Mapped[Place] = mapped_column(enum_column(Place, "wants"), default=Place.NONE)
    joined_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(default=0)
    offer_until: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    coming_at: Mapped[datetime | None]
    needs_assistance: Mapped[bool] = mapped_column(default=False)
    privacy_version: Mapped[str] = mapped_column(String(40), default="")
    privacy_seen_at: Mapped[datetime | None]
    source: Mapped[Source] = mapped_column(enum_column(Source), default=Source.FORM)
    is_demo: Mapped[bool] = mapped_column(default=False)
    rev: Mapped[int] = mapped_column(default=0)
    roster_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    edition: Mapped[Edition] = relationship()
    tickets: Mapped[list[Ticket]] = relationship(back_populates="registration", cascade="all, delete-orphan")

    @property
    def name(self) -> str:
        """The full name, given name first."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def status(self) -> Status:
        """What to tell the person about all of it: a place held counts more than one waited for."""
        if self.cancelled_at is not None:
            return Status.CANCELLED
        return Status.WAITING if self.place is Place.NONE else Status.CONFIRMED


@event.listens_for(Registration, "before_insert")
@event.listens_for(Registration, "before_update")
def _keep_keys(mapper: Mapper[Registration], connection: Connection, registration: Registration) -> None:
    keys = search_columns(
        registration.given_name,
        registration.family_name,
        registration.organisation or "",
        registration.email or "",
        registration.reference,
    )
    for name, value in keys.items():
        setattr(registration, name, value)


class Ticket(Base):
    """What a QR code carries; a replaced ticket stays, to be told apart from an unknown one."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[bytes] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    registration: Mapped[Registration] = relationship(back_populates="tickets")


class Reservation(Base):
    """One place kept until ``expires_at`` for somebody who is yet to register, such as an invited guest.

    It counts as taken until it is used or released; one that has expired is released by the next round.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        Index("ix_reservation_kept", "edition_id", "mode", sqlite_where=_KEPT, postgresql_where=_KEPT),
        CheckConstraint("used_at IS NULL OR released_at IS NULL", name="ended_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    mode: Mapped[Mode] = mapped_column(enum_column(Mode))
    label: Mapped[str] = mapped_column(String(200), default="")
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    released_at: Mapped[datetime | None]


class Reconfirmation(Base):
    """When an edition asks those with a place in the room whether they really come, warns, and gives places on."""

    __tablename__ = "reconfirmation"
    __table_args__ = (CheckConstraint("ask_at < warn_at AND warn_at < release_at", name="order"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    ask_at: Mapped[datetime]
    warn_at: Mapped[datetime]
    release_at: Mapped[datetime]


class PersonDetails(Base):
    """What only organizers keep about somebody; a row only where there is something."""

    __tablename__ = "person_details"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    mobile: Mapped[str] = mapped_column(String(40), default="")
    travel: Mapped[str] = mapped_column(String(500), default="")
    hotel: Mapped[str] = mapped_column(String(300), default="")
    dinner: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")


class AddressChange(Base):
    """The last wish of somebody for another address. ``seed`` is new with each wish, so that earlier links end."""

    __tablename__ = "address_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320))
    seed: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    registration: Mapped[Registration] = relationship()
