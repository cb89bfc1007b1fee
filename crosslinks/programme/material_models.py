"""What speakers hand in, what they allow, and what they have changed by themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.columns import JsonDict, enum_column
from crosslinks.kernel.db import Base
from crosslinks.programme.rules import SlideKind


class SlideFile(Base):
    """A file of slides for one talk. ``stored`` is its name below the uploads, ``file_name`` what the sender calls it.

    It becomes public only with ``publish``, without ``keep_back`` ("do not distribute"), once the edition shows slides.
    """

    __tablename__ = "slide_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    stored: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[SlideKind] = mapped_column(enum_column(SlideKind))
    file_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    publish: Mapped[bool] = mapped_column(default=False)
    keep_back: Mapped[bool] = mapped_column(default=False)
    uploaded_at: Mapped[datetime]


class RecordingConsent(Base):
    """Whether a speaker allows the recording of one talk to be shown; no row: not answered."""

    __tablename__ = "recording_consent"

    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    given: Mapped[bool]
    at: Mapped[datetime]


class Recording(Base):
    """Where the recording of a talk can be seen."""

    __tablename__ = "recording"

    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(String(500))


class MaterialShown(Base):
    """That an edition's slides and recordings are public, as far as their speakers allow it; no row: they are not."""

    __tablename__ = "material_shown"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]


class PersonEdit(Base):
    """What a speaker changed by their link, field by field, so that an organizer sees it and can take it back."""

    __tablename__ = "person_edit"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    before: Mapped[JsonDict]
    after: Mapped[JsonDict]
    seen_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
