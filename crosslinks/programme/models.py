"""Rooms, sessions with their moderators, talks with their speakers, and the people themselves."""

from __future__ import annotations

from datetime import datetime
from secrets import randbelow
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.kernel.columns import JsonDict, Texts, enum_column
from crosslinks.kernel.db import Base
from crosslinks.programme.rules import Coming, SessionKind, TalkKind, stage_name

FIRST_EPOCHS = 1 << 30
"""A person's epoch begins at random: a number that is used again after deleting opens nothing with the old link."""


class Room(Base):
    """A place within the venue."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("edition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    seats: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)


class Person(Base):
    """A speaker or moderator of one edition; who speaks and moderates is one person.

    ``portrait`` is what pages show, cut by ``portrait_box`` from ``portrait_source``. ``links`` are pairs of label
    and https address. ``language`` is what we write to them in; empty: the edition's first.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(40), default="")
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320), default="")
    affiliation: Mapped[str] = mapped_column(String(200), default="")
    biography: Mapped[str] = mapped_column(Text, default="")
    biography_language: Mapped[str] = mapped_column(String(10), default="en")
    disclosure: Mapped[str] = mapped_column(Text, default="")
    portrait: Mapped[str] = mapped_column(String(80), default="")
    photo_credit: Mapped[str] = mapped_column(String(200), default="")
    portrait_source: Mapped[str] = mapped_column(String(80), default="")
    portrait_box: Mapped[JsonDict] = mapped_column(default=dict)
    nothing_to_disclose: Mapped[bool] = mapped_column(default=False)
    links: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    pronunciation: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    coming: Mapped[Coming] = mapped_column(enum_column(Coming), default=Coming.INVITED)
    answered_at: Mapped[datetime | None]
    link_sent_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    highlighted: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    is_demo: Mapped[bool] = mapped_column(default=False)
    epoch: Mapped[int] = mapped_column(default=lambda: randbelow(FIRST_EPOCHS))

    @property
    def name(self) -> str:
        """The name as introduced on stage, with a hard space after the title."""
        return stage_name(self.title, self.given_name, self.family_name)


class Session(Base):
    """A part of the day, with talks inside, or a break."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "edition_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="SET NULL"))
    kind: Mapped[SessionKind] = mapped_column(enum_column(SessionKind), default=SessionKind.SESSION)
    title: Mapped[Texts] = mapped_column(default=dict)
    summary: Mapped[Texts] = mapped_column(default=dict)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    streamed: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    room: Mapped[Room | None] = relationship()
    talks: Mapped[list[Talk]] = relationship(
        back_populates="session", order_by="(Talk.starts_at, Talk.position)", cascade="all, delete-orphan"
    )
    moderators: Mapped[list[SessionModerator]] = relationship(
        order_by="SessionModerator.position", cascade="all, delete-orphan"
    )


class SessionModerator(Base):
    """Who moderates which session."""

    __tablename__ = "session_moderator"

    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    person: Mapped[Person] = relationship()


class Talk(Base):
    """One talk, with a title per language and an abstract in one language."""

    __tablename__ = "talk"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(120))
    kind: Mapped[TalkKind] = mapped_column(enum_column(TalkKind), default=TalkKind.TALK)
    title: Mapped[Texts] = mapped_column(default=dict)
    abstract: Mapped[str] = mapped_column(Text, default="")
    abstract_language: Mapped[str] = mapped_column(String(10), default="en")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(default=0)
    is_demo: Mapped[bool] = mapped_column(default=False)
    session: Mapped[Session] = relationship(back_populates="talks")
    speakers: Mapped[list[TalkSpeaker]] = relationship(order_by="TalkSpeaker.position", cascade="all, delete-orphan")


class TalkSpeaker(Base):
    """Who gives which talk."""

    __tablename__ = "talk_speaker"

    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    person: Mapped[Person] = relationship()
