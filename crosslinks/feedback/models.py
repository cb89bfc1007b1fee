"""What people are asked afterwards, and what they answer: answers that lead to nobody."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.feedback.rules import Opening, QuestionKind
from crosslinks.kernel.columns import JsonDict, Texts, enum_column
from crosslinks.kernel.db import Base


class FeedbackForm(Base):
    """An edition's form once its organizer, or the first answer, has touched it; before, the usual one counts."""

    __tablename__ = "feedback_form"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    is_on: Mapped[bool] = mapped_column(default=True)
    opening: Mapped[Opening] = mapped_column(enum_column(Opening), default=Opening.ENDED)
    last_day: Mapped[date]


class FeedbackQuestion(Base):
    """One question of a form. ``key`` names its answers, and is never used again within the edition."""

    __tablename__ = "feedback_question"
    __table_args__ = (UniqueConstraint("edition_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[QuestionKind] = mapped_column(enum_column(QuestionKind))
    label: Mapped[Texts] = mapped_column(default=dict)
    options: Mapped[list[Texts]] = mapped_column(JSON, default=list)
    mode: Mapped[str] = mapped_column(String(10), default="")


class FeedbackMark(Base):
    """That somebody has answered, as a keyed hash of their registration and without a time: nobody answers twice."""

    __tablename__ = "feedback_mark"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    mark: Mapped[bytes] = mapped_column(primary_key=True)


class FeedbackAnswer(Base):
    """One sheet of answers. Its id is random and it knows only the day, so it cannot be matched with a mark."""

    __tablename__ = "feedback_answer"
    __table_args__ = (Index(None, "edition_id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(10))
    day: Mapped[date]
    answers: Mapped[JsonDict] = mapped_column(default=dict)
