"""Mailings to many, who each was for, and the people who asked to be told of the next edition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.columns import JsonDict, Texts, enum_column
from crosslinks.kernel.db import Base
from crosslinks.mailings.purposes import MailingState, Purpose


class Mailing(Base):
    """One text to a filtered audience. Once started it is never changed; ``audience`` is what ``Audience`` reads.

    ``total`` is how many it was confirmed for, ``queued_at`` when the last of its messages was queued.
    """

    __tablename__ = "mailing"
    __table_args__ = (Index(None, "edition_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose), default=Purpose.ABOUT)
    state: Mapped[MailingState] = mapped_column(enum_column(MailingState), default=MailingState.DRAFT)
    subject: Mapped[Texts] = mapped_column(default=dict)
    body: Mapped[Texts] = mapped_column(default=dict)
    audience: Mapped[JsonDict] = mapped_column(default=dict)
    total: Mapped[int] = mapped_column(default=0)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    created_by: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]


class Follower(Base):
    """Somebody on a conference's interest list; only who has confirmed by mail is written to.

    ``epoch`` is drawn at random, so that a link of somebody who was erased opens nothing of a later row.
    """

    __tablename__ = "follower"
    __table_args__ = (UniqueConstraint("conference_id", "email_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(10), default="en")
    epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class MailingRecipient(Base):
    """One person of one mailing, at most once; what became of it stands in the message's own row."""

    __tablename__ = "mailing_recipient"
    __table_args__ = (UniqueConstraint("mailing_id", "email_key"), Index(None, "email_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"))
    email_key: Mapped[str] = mapped_column(String(320))
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    follower_id: Mapped[int | None] = mapped_column(ForeignKey("follower.id", ondelete="CASCADE"), index=True)
