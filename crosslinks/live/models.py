"""Where an edition's stream is, and who was there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.columns import Texts, enum_column
from crosslinks.kernel.db import Base
from crosslinks.live.rules import USUAL_LEAD, Interval, StreamKind


class Stream(Base):
    """An edition's stream. Its address is shown on the personal live page alone, never in public or in a mail.

    ``opens_before`` is in minutes before the programme. ``captions`` is what the page says about them.
    """

    __tablename__ = "stream"
    __table_args__ = (CheckConstraint("opens_before >= 0", name="opens_before"),)

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[StreamKind] = mapped_column(enum_column(StreamKind), default=StreamKind.EMBED)
    address: Mapped[str] = mapped_column(String(500), default="")
    captions: Mapped[Texts] = mapped_column(default=dict)
    opens_before: Mapped[int] = mapped_column(default=USUAL_LEAD)


class Presence(Base):
    """One stay of one person at the stream: from the first sign of life to a minute after the last.

    Stays of a person never overlap, so ``minutes`` (whole ones of this stay) can be added up.
    """

    __tablename__ = "presence"
    __table_args__ = (Index(None, "registration_id", "ends_at"), Index(None, "edition_id", "ends_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(default=1)

    @property
    def stay(self) -> Interval:
        """The stay as an interval."""
        return Interval(self.starts_at, self.ends_at)
