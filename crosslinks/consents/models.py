"""The ledger of consents, the exact texts that were agreed to, and what an edition asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.consents.rules import Purpose
from crosslinks.kernel.columns import Texts, enum_column
from crosslinks.kernel.db import Base


class ConsentAsk(Base):
    """Whether an edition asks for a purpose, and in words of its own; a language without is asked in ours."""

    __tablename__ = "consent_ask"
    __table_args__ = (UniqueConstraint("edition_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    asked: Mapped[bool] = mapped_column(default=False)
    texts: Mapped[Texts] = mapped_column(default=dict)


class ConsentText(Base):
    """One version of the words that people agree to, in every language; it never changes.

    ``erased_given`` and ``erased_withdrawn`` count the people who were erased since and had last said so: proof
    without identity.
    """

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("edition_id", "topic", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("sponsor.id", ondelete="SET NULL"), index=True)
    sponsor_name: Mapped[str] = mapped_column(String(200), default="")
    texts: Mapped[Texts] = mapped_column(default=dict)
    fingerprint: Mapped[str] = mapped_column(String(64))
    first_used_at: Mapped[datetime]
    erased_given: Mapped[int] = mapped_column(default=0)
    erased_withdrawn: Mapped[int] = mapped_column(default=0)


class ConsentEntry(Base):
    """One line of the ledger: somebody gave or withdrew a consent. Lines are added, never changed.

    What holds now is the last line of a person and topic. A deleted sponsor leaves its lines without ``sponsor_id``;
    the text still says who it was. ``reason`` is why an organizer wrote the line.
    """

    __tablename__ = "consent_entry"
    __table_args__ = (
        Index("ix_consent_entry_topic", "edition_id", "purpose", "sponsor_id", "registration_id", "id"),
        Index(None, "registration_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("sponsor.id", ondelete="SET NULL"), index=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("consent_text.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(10), default="en")
    given: Mapped[bool]
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(40), default="")
    actor_label: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[ConsentText] = relationship()


@event.listens_for(ConsentEntry, "before_update")
def _refuse_change(mapper: Any, connection: Any, entry: ConsentEntry) -> None:
    raise RuntimeError("the ledger only grows")
