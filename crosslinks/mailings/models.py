"""Organizers' own words in place of ours, scheduled letters, mailings and whom each was for, the interest list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.columns import JsonDict, Texts, enum_column
from crosslinks.kernel.db import Base
from crosslinks.mailings.purposes import MailingState, Purpose
from crosslinks.mailings.rules import Step


class LetterTemplate(Base):
    """The words of one kind of letter in one edition; a text that is missing in a language is ours.

    ``variant`` tells apart letters of one kind that say different things, such as in the room and on the stream.
    """

    __tablename__ = "letter_template"
    __table_args__ = (UniqueConstraint("edition_id", "kind", "variant"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(60))
    variant: Mapped[str] = mapped_column(String(20), default="")
    subject: Mapped[Texts] = mapped_column(default=dict)
    heading: Mapped[Texts] = mapped_column(default=dict)
    opening: Mapped[Texts] = mapped_column(default=dict)
    closing: Mapped[Texts] = mapped_column(default=dict)
    changed_at: Mapped[datetime]


class ScheduledStep(Base):
    """What an organizer decided about one step, and how far it has come; without a row the step is as it comes.

    ``at`` is a time of the edition's clock, as in "09:00". ``queued`` counts the people who were written to, and stays
    when they are erased. ``known_since`` is when this plan was made: what was due before it is never sent.
    """

    __tablename__ = "scheduled_step"
    __table_args__ = (UniqueConstraint("edition_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    step: Mapped[Step] = mapped_column(enum_column(Step))
    is_on: Mapped[bool] = mapped_column(default=True)
    days: Mapped[int]
    at: Mapped[str] = mapped_column(String(5))
    known_since: Mapped[datetime]
    queued: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]


class StepMail(Base):
    """One person has been written to in one step; the key makes that happen once, whoever tries."""

    __tablename__ = "step_mail"
    __table_args__ = (UniqueConstraint("registration_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    step: Mapped[Step] = mapped_column(enum_column(Step))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)
    queued_at: Mapped[datetime]


class Mailing(Base):
    """One text to a filtered audience. Once started it is never changed; ``audience`` is what ``Audience`` reads.

    ``total`` is how many it was confirmed for, ``queued_at`` when the last of its messages was queued. ``erased``
    counts its people who were erased since, ``erased_sent`` those of them who had been sent it.
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
    erased: Mapped[int] = mapped_column(default=0, server_default="0")
    erased_sent: Mapped[int] = mapped_column(default=0, server_default="0")
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
