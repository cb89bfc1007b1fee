"""Numbered releases of a programme, and the letters drafted about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.kernel.columns import JsonDict, Texts, enum_column
from crosslinks.kernel.db import Base
from crosslinks.programme.models import Person
from crosslinks.programme.rules import DraftState


class ProgrammeRelease(Base):
    """What the public was shown from ``published_at`` to the next release, and what it changed.

    ``content`` and ``changes`` are never changed, except that a deleted person goes from them; that raises ``rev``.
    """

    __tablename__ = "programme_release"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    number: Mapped[int]
    rev: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[Texts] = mapped_column(default=dict)
    content: Mapped[JsonDict] = mapped_column(default=dict)
    changes: Mapped[JsonDict] = mapped_column(default=dict)


class ReleaseLetter(Base):
    """A letter to one person about what changed in their part, kept until an organizer sends or discards it.

    It tells what changed from release ``since`` (0: before the first) to release ``until``; ``opening`` are the
    organizer's words above that. A person has at most one that is still a draft.
    """

    __tablename__ = "release_letter"
    __table_args__ = (Index(None, "edition_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    since: Mapped[int]
    until: Mapped[int]
    language: Mapped[str] = mapped_column(String(10))
    opening: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[JsonDict] = mapped_column(default=dict)
    state: Mapped[DraftState] = mapped_column(enum_column(DraftState), default=DraftState.DRAFT)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
