"""Stories of an edition, and its pictures: those of a story, and those of the gallery."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.kernel.columns import Texts, enum_column
from crosslinks.kernel.db import Base
from crosslinks.stories.rules import StoryKind, StoryState


class Story(Base):
    """An article: Markdown in which a line ``[picture 2]`` places a picture; the first stands above it."""

    __tablename__ = "story"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    kind: Mapped[StoryKind] = mapped_column(enum_column(StoryKind))
    state: Mapped[StoryState] = mapped_column(enum_column(StoryState), default=StoryState.DRAFT)
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[Texts] = mapped_column(default=dict)
    lead: Mapped[Texts] = mapped_column(default=dict)
    body: Mapped[Texts] = mapped_column(default=dict)
    author: Mapped[str] = mapped_column(String(200), default="")
    written_on: Mapped[date]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    pictures: Mapped[list[Picture]] = relationship(
        back_populates="story", order_by="(Picture.position, Picture.id)", cascade="save-update, merge, delete"
    )


class Picture(Base):
    """A photograph in several sizes, of a story or, without one, of the gallery, where ``is_shown`` decides.

    ``width`` and ``height`` are the pixels of its largest size.
    """

    __tablename__ = "edition_picture"
    __table_args__ = (Index(None, "edition_id", "story_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    story_id: Mapped[int | None] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), index=True)
    file: Mapped[str] = mapped_column(String(80), index=True)
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[Texts] = mapped_column(default=dict)
    credit: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_shown: Mapped[bool] = mapped_column(default=False, server_default=false())
    story: Mapped[Story | None] = relationship(back_populates="pictures")
