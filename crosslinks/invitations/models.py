"""Imports with what they refused, groups with their members, invitations, and the places of people on stage."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.invitations.rules import Answer, ImportStage, InvitationKind
from crosslinks.kernel.columns import JsonDict, enum_column
from crosslinks.kernel.db import Base
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import BadgeRole


class ImportRun(Base):
    """One file of participants on its way in. The file lies in the instance's files; nothing of a person is here.

    ``handled`` is the number of the last row that is done with: a worker that takes over goes on after it.
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    stage: Mapped[ImportStage] = mapped_column(enum_column(ImportStage), default=ImportStage.UPLOADED)
    columns: Mapped[JsonDict] = mapped_column(default=dict)
    options: Mapped[JsonDict] = mapped_column(default=dict)
    rows: Mapped[int] = mapped_column(default=0)
    handled: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    uploaded_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    file_gone_at: Mapped[datetime | None]


class ImportRefusal(Base):
    """Why one row of a file was not taken: its number, the field and column, never what stood there."""

    __tablename__ = "import_refusal"
    __table_args__ = (Index(None, "run_id", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    row: Mapped[int]
    field: Mapped[str] = mapped_column(String(20), default="")
    column: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(40))
    fact: Mapped[str] = mapped_column(String(100), default="")


class Group(Base):
    """A contact person who registered colleagues."""

    __tablename__ = "registration_group"
    __table_args__ = (Index(None, "edition_id", "contact_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    contact_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(320))
    contact_key: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(10), default="en")
    created_at: Mapped[datetime]
    members: Mapped[list[GroupMember]] = relationship(
        back_populates="group", cascade="all, delete-orphan", order_by="GroupMember.position"
    )


class GroupMember(Base):
    """Who came with which group, and what the contact person typed: who was known already is not to be seen."""

    __tablename__ = "registration_group_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("registration_group.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(250), default="")
    mode: Mapped[Mode] = mapped_column(enum_column(Mode), default=Mode.ONSITE)
    group: Mapped[Group] = relationship(back_populates="members")


class Invitation(Base):
    """One person invited by name. Its link is derived; raising ``epoch`` revokes it."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index(None, "edition_id", "answer", "expires_at"),
        Index(None, "edition_id", "email_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    epoch: Mapped[int] = mapped_column(default=0)
    kind: Mapped[InvitationKind] = mapped_column(enum_column(InvitationKind), default=InvitationKind.GUEST)
    answer: Mapped[Answer] = mapped_column(enum_column(Answer), default=Answer.OPEN)
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    search_text: Mapped[str] = mapped_column(String(1000), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    role: Mapped[BadgeRole] = mapped_column(enum_column(BadgeRole), default=BadgeRole.PARTICIPANT)
    mode: Mapped[Mode] = mapped_column(enum_column(Mode), default=Mode.ONSITE)
    message: Mapped[str] = mapped_column(Text, default="")
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id", ondelete="SET NULL"), index=True)
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("sponsor.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    invited_by: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    edition: Mapped[Edition] = relationship()

    @property
    def answer_by(self) -> datetime:
        """The last moment to answer, which is on the last day that counts."""
        return self.expires_at - timedelta(seconds=1)

    @property
    def name(self) -> str:
        """The full name, given name first."""
        return f"{self.given_name} {self.family_name}".strip()


class StagePlace(Base):
    """The registration that a person of the programme got without filling a form."""

    __tablename__ = "stage_place"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    registration: Mapped[Registration] = relationship()
