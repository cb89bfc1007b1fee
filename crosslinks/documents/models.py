"""Which badges were printed, when and on what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.db import Base


class BadgePrint(Base):
    """One badge in one print run; a registration without one is not yet printed."""

    __tablename__ = "badge_print"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    format: Mapped[str] = mapped_column(String(30))
    printed_by: Mapped[str] = mapped_column(String(200), default="")
    printed_at: Mapped[datetime]
