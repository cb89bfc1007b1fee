"""A conference is a series of editions; an edition has one row per way to take part."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.editions.rules import DEFAULT_HUE, EditionState, Mode, Phase, phase, places
from crosslinks.kernel.columns import JsonDict, Texts, enum_column
from crosslinks.kernel.db import Base


class Conference(Base):
    """A series with its organiser, address and accent hue (degrees in OKLCH)."""

    __tablename__ = "conference"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    organiser: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(320), default="")
    hue: Mapped[int] = mapped_column(default=DEFAULT_HUE)
    about: Mapped[Texts] = mapped_column(default=dict)
    first_held: Mapped[int | None]
    created_at: Mapped[datetime]
    logo: Mapped[str] = mapped_column(String(80), default="", server_default="")
    logo_dark: Mapped[str] = mapped_column(String(80), default="", server_default="")
    cover: Mapped[str] = mapped_column(String(80), default="", server_default="")
    cover_width: Mapped[int] = mapped_column(default=0, server_default="0")
    cover_height: Mapped[int] = mapped_column(default=0, server_default="0")
    cover_alt: Mapped[Texts] = mapped_column(default=dict, server_default="{}")
    cover_credit: Mapped[str] = mapped_column(String(200), default="", server_default="")
    editions: Mapped[list[Edition]] = relationship(back_populates="conference", order_by="Edition.starts_at.desc()")


class Edition(Base):
    """One day (or more) of a conference. Moments are UTC and shown in ``time_zone``.

    ``public_rev`` is raised by every write to public content, ``form_rev`` by every change of its
    questions, ``roster_seq`` by every change that a door must see. ``published_at`` is when it first was no draft.
    """

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("conference_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id", ondelete="CASCADE"))
    number: Mapped[int]
    slug: Mapped[str] = mapped_column(String(60))
    state: Mapped[EditionState] = mapped_column(enum_column(EditionState), default=EditionState.DRAFT)
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en", "nb"])
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/Oslo")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    doors_at: Mapped[datetime | None]
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    answers_until: Mapped[datetime | None]
    erase_on: Mapped[date]
    theme: Mapped[Texts] = mapped_column(default=dict)
    lead: Mapped[Texts] = mapped_column(default=dict)
    about: Mapped[Texts] = mapped_column(default=dict)
    audience: Mapped[Texts] = mapped_column(default=dict)
    practical: Mapped[Texts] = mapped_column(default=dict)
    travel: Mapped[Texts] = mapped_column(default=dict, server_default="{}")
    access: Mapped[Texts] = mapped_column(default=dict, server_default="{}")
    accessibility: Mapped[Texts] = mapped_column(default=dict, server_default="{}")
    contact: Mapped[Texts] = mapped_column(default=dict, server_default="{}")
    conduct: Mapped[Texts] = mapped_column(default=dict, server_default="{}")
    venue_name: Mapped[str] = mapped_column(String(200), default="")
    venue_address: Mapped[str] = mapped_column(String(300), default="")
    venue_city: Mapped[str] = mapped_column(String(100), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    demo_note: Mapped[Texts] = mapped_column(default=dict)
    figures: Mapped[JsonDict] = mapped_column(default=dict)
    public_rev: Mapped[int] = mapped_column(default=1)
    form_rev: Mapped[int] = mapped_column(default=1)
    roster_seq: Mapped[int] = mapped_column(default=0)
    preview_epoch: Mapped[int] = mapped_column(default=0)
    ticket_public_key: Mapped[bytes]
    ticket_private_key: Mapped[bytes]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    conference: Mapped[Conference] = relationship(back_populates="editions")
    modes: Mapped[list[EditionMode]] = relationship(
        back_populates="edition", order_by="EditionMode.mode.desc()", cascade="all, delete-orphan"
    )

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this edition's times are shown."""
        return ZoneInfo(self.time_zone)

    @property
    def title(self) -> str:
        """The edition's short name, such as "Cancer Crosslinks 2024"."""
        return f"{self.conference.name} {self.slug}"

    @property
    def answers_deadline(self) -> datetime:
        """Until when participants change their answers: as set, else when registration closes, else the start."""
        return self.answers_until or self.registration_closes_at or self.starts_at

    def mode(self, mode: Mode) -> EditionMode | None:
        """Return the row of ``mode``, or None when this edition does not offer it."""
        return next((row for row in self.modes if row.mode is mode), None)

    def phase(self, now: datetime) -> Phase:
        """Return where the day is at ``now``."""
        return phase(now, self.starts_at, self.ends_at)


class EditionMode(Base):
    """One way to take part in one edition: its capacity, and the row that place-changing writes lock.

    A freed place is offered for ``offer_hours``, or given at once when there are none. ``places_so_far`` limits the
    places while many are handed out in steps.
    """

    __tablename__ = "edition_mode"
    __table_args__ = (
        UniqueConstraint("edition_id", "mode"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),
        CheckConstraint("overbooking BETWEEN 0 AND 100", name="overbooking"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    mode: Mapped[Mode] = mapped_column(enum_column(Mode))
    capacity: Mapped[int | None]
    overbooking: Mapped[int] = mapped_column(default=0)
    queue_paused: Mapped[bool] = mapped_column(default=False)
    offer_hours: Mapped[int | None]
    places_so_far: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    edition: Mapped[Edition] = relationship(back_populates="modes")

    @property
    def places(self) -> int | None:
        """How many may hold a place; None where there is no limit."""
        return places(self.capacity, self.overbooking, self.places_so_far)


class KeptFigure(Base):
    """How many there were of something, counted when people were erased; ``step`` is a day or a moment, or empty."""

    __tablename__ = "kept_figure"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    step: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    count: Mapped[int]
