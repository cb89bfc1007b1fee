"""The outbox: every message is a row before it is a mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.columns import JsonDict, enum_column
from crosslinks.kernel.db import Base
from crosslinks.mail.rules import MailState


class OutboxMail(Base):
    """One message: frozen plain data, never a rendered text, a ticket or a link."""

    __tablename__ = "mail"
    __table_args__ = (
        Index(None, "state", "bulk", "next_attempt_at"),
        Index(None, "edition_id", "created_at"),
        Index(None, "edition_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(10))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    to_address: Mapped[str] = mapped_column(String(320))
    to_name: Mapped[str] = mapped_column(String(240), default="")
    data: Mapped[JsonDict] = mapped_column(default=dict)
    bulk: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MailState] = mapped_column(enum_column(MailState), default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    lease_owner: Mapped[str] = mapped_column(String(80), default="")
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
