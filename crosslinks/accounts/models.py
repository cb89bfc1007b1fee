"""Accounts of organizers, what they may do, their single-use links, and the log of every write."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.accounts.rules import LinkPurpose
from crosslinks.kernel.actors import Role
from crosslinks.kernel.columns import JsonDict, enum_column
from crosslinks.kernel.db import Base


class Account(Base):
    """Somebody who signs in. ``session_epoch`` raised signs every browser out."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10), default="en")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    grants: Mapped[list[Grant]] = relationship(back_populates="account", cascade="all, delete-orphan")


class Grant(Base):
    """One role of one account in one conference."""

    __tablename__ = "account_grant"
    __table_args__ = (UniqueConstraint("account_id", "conference_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role))
    account: Mapped[Account] = relationship(back_populates="grants")


class AccountSession(Base):
    """One browser that is signed in; its cookie holds the secret. Gone when it signs out."""

    __tablename__ = "account_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    epoch: Mapped[int]
    by_link: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    account: Mapped[Account] = relationship()


class AccountLink(Base):
    """A single-use link, hashed at rest, minted when its mail is sent or its command is run."""

    __tablename__ = "account_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class AuditEntry(Base):
    """One write: who did what to which object, with the fields that changed, before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "object_kind", "object_id"),
        Index(None, "conference_id", "at"),
        Index(None, "edition_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(40), default="")
    actor_label: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int]
    conference_id: Mapped[int | None] = mapped_column(ForeignKey("conference.id", ondelete="CASCADE"))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    before: Mapped[JsonDict] = mapped_column(default=dict)
    after: Mapped[JsonDict] = mapped_column(default=dict)
