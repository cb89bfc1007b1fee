"""Questions of an edition's form, answers to them, and the counts that outlive the answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.columns import Texts, enum_column
from crosslinks.kernel.db import Base
from crosslinks.questions.rules import Asked, AskedOf, Condition, Kind, Option


class Question(Base):
    """One question. ``shown_if`` is empty, ``mode``, ``profession``, ``assistance`` or ``q<id>`` of an earlier one.

    A retired question is no longer asked; its answers stay. ``consent_version`` counts the changes of ``consent_text``.
    """

    __tablename__ = "question"
    __table_args__ = (Index(None, "edition_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    label: Mapped[Texts] = mapped_column(default=dict)
    help: Mapped[Texts] = mapped_column(default=dict)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)
    asked_of: Mapped[AskedOf] = mapped_column(enum_column(AskedOf), default=AskedOf.BOTH)
    shown_if: Mapped[str] = mapped_column(String(20), default="")
    shown_values: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)
    erase_after: Mapped[date | None]
    explicit_consent: Mapped[bool] = mapped_column(default=False)
    consent_text: Mapped[Texts] = mapped_column(default=dict)
    consent_version: Mapped[int] = mapped_column(default=0)
    preset: Mapped[str] = mapped_column(String(40), default="")
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    def as_asked(self) -> Asked:
        """Return it as forms and rules see it."""
        return Asked(
            id=self.id,
            kind=self.kind,
            label=self.label,
            help=self.help,
            options=tuple(Option(one["id"], one["label"], one.get("retired", False)) for one in self.options),
            required=self.required,
            asked_of=self.asked_of,
            condition=Condition(self.shown_if, tuple(self.shown_values)) if self.shown_if else None,
            explicit_consent=self.explicit_consent,
            consent_text=self.consent_text,
            consent_version=self.consent_version,
        )


class Answer(Base):
    """What one registration answered; ``picked`` is ``|o1|o3|`` where answers can be counted, to be searched."""

    __tablename__ = "question_answer"
    __table_args__ = (UniqueConstraint("registration_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    value: Mapped[Any] = mapped_column(JSON)
    picked: Mapped[str] = mapped_column(String(500), default="")
    consented_at: Mapped[datetime | None]
    consent_version: Mapped[int | None]
    answered_at: Mapped[datetime]


class AnswerTally(Base):
    """How many erased answers there were: to a question as a whole (``option`` empty) and to each of its choices."""

    __tablename__ = "question_tally"
    __table_args__ = (UniqueConstraint("question_id", "option"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    option: Mapped[str] = mapped_column(String(20), default="")
    count: Mapped[int] = mapped_column(default=0)
