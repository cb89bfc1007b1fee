"""The proof of erasure: what was erased when, and nothing of whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.columns import JsonDict, enum_column
from crosslinks.kernel.db import Base
from crosslinks.privacy.rules import ErasureKind, ErasureReason


class ErasureProof(Base):
    """One erasure: of one person, or of everybody of an edition, for which one row a day grows chunk by chunk.

    Everybody goes on the erase date, or earlier because an organizer asked: those are rows of their own.
    ``counts`` says how many rows of each kind went; ``actor_label`` is an organizer, never the erased.
    """

    __tablename__ = "erasure_proof"
    __table_args__ = (Index(None, "edition_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    kind: Mapped[ErasureKind] = mapped_column(enum_column(ErasureKind))
    reason: Mapped[ErasureReason] = mapped_column(enum_column(ErasureReason), default=ErasureReason.NONE)
    at: Mapped[datetime]
    people: Mapped[int] = mapped_column(default=0)
    counts: Mapped[JsonDict] = mapped_column(default=dict)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_label: Mapped[str] = mapped_column(String(200), default="")

    @property
    def by_somebody(self) -> bool:
        """Whether an account asked for it, rather than the date or the person."""
        return self.actor_kind == "account"
