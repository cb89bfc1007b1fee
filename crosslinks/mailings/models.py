"""Organizers' own words in place of ours, the plan of an edition's scheduled letters, and who has been sent which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.columns import Texts, enum_column
from crosslinks.kernel.db import Base
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
