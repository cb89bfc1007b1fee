"""Tiers of sponsors, in order, and the sponsors in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import Base


class Tier(Base):
    """A rank of sponsors with the height of their logos: 64, 44 or 32 pixels."""

    __tablename__ = "sponsor_tier"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    name: Mapped[Texts] = mapped_column(default=dict)
    logo_height: Mapped[int] = mapped_column(default=44)
    position: Mapped[int] = mapped_column(default=0)
    sponsors: Mapped[list[Sponsor]] = relationship(back_populates="tier", order_by="(Sponsor.position, Sponsor.id)")


class Sponsor(Base):
    """Who supports an edition, and what they say; never a right over the programme or people's data.

    ``asks_contact``: people are asked whether this sponsor may write to them. ``logo_dark`` takes the place of
    ``logo`` in the dark. ``product`` is for health professionals alone. Who is not published is on no public page.
    """

    __tablename__ = "sponsor"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("sponsor_tier.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Texts] = mapped_column(default=dict)
    statement: Mapped[Texts] = mapped_column(default=dict)
    quoted_person: Mapped[str] = mapped_column(String(200), default="")
    quoted_role: Mapped[str] = mapped_column(String(300), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    funding: Mapped[Texts] = mapped_column(default=dict)
    logo: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_demo: Mapped[bool] = mapped_column(default=False)
    asks_contact: Mapped[bool] = mapped_column(default=False, server_default=false())
    logo_dark: Mapped[str] = mapped_column(String(80), default="", server_default="")
    portrait: Mapped[str] = mapped_column(String(80), default="", server_default="")
    portrait_credit: Mapped[str] = mapped_column(String(200), default="", server_default="")
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    product: Mapped[Texts] = mapped_column(default=dict, server_default="{}")
    is_published: Mapped[bool] = mapped_column(default=True, server_default=true())
    thanked_in_mail: Mapped[bool] = mapped_column(default=False, server_default=false())
    thanked_on_badge: Mapped[bool] = mapped_column(default=False, server_default=false())
    tier: Mapped[Tier] = relationship(back_populates="sponsors")


class HealthDeclaration(Base):
    """How many visitors said on one day that they are health professionals; nothing about them."""

    __tablename__ = "health_declaration"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
