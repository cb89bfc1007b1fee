"""Reading tiers and sponsors."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload

from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.sponsors.models import Sponsor, Tier


@dataclass(frozen=True)
class SponsorView:
    """A sponsor as public pages show it; ``logo`` is the name of a stored picture, or empty."""

    id: int
    name: str
    role: Texts
    statement: Texts
    quoted_person: str
    quoted_role: str
    url: str
    funding: Texts
    logo: str


@dataclass(frozen=True)
class TierView:
    """A rank with its sponsors; ``logo_height`` is 64, 44 or 32 pixels."""

    id: int
    name: Texts
    logo_height: int
    sponsors: tuple[SponsorView, ...]


def _view(sponsor: Sponsor) -> SponsorView:
    return SponsorView(
        sponsor.id, sponsor.name, sponsor.role, sponsor.statement, sponsor.quoted_person, sponsor.quoted_role,
        sponsor.url, sponsor.funding, sponsor.logo,
    )  # fmt: skip


def list_tiers(edition: Edition) -> list[TierView]:
    """Return the tiers that have sponsors, in order: two statements, however many there are."""
    return [
        TierView(tier.id, tier.name, tier.logo_height, tuple(_view(sponsor) for sponsor in tier.sponsors))
        for tier in list_all_tiers(edition.id)
        if tier.sponsors
    ]


def list_all_tiers(edition_id: int) -> list[Tier]:
    """Return every tier with its sponsors, for the organizer."""
    return list(
        db.session.scalars(
            select(Tier)
            .where(Tier.edition_id == edition_id)
            .order_by(Tier.position, Tier.id)
            .options(selectinload(Tier.sponsors))
        )
    )


def get_tier(edition_id: int, tier_id: int) -> Tier:
    """Return a tier of this edition with its sponsors; raises ``NotFound``."""
    found = db.session.scalar(
        select(Tier).where(Tier.id == tier_id, Tier.edition_id == edition_id).options(selectinload(Tier.sponsors))
    )
    if found is None:
        raise NotFound("tier.unknown")
    return found


def get_sponsor(edition_id: int, sponsor_id: int) -> Sponsor:
    """Return a sponsor of this edition with its tier; raises ``NotFound``."""
    found = db.session.scalar(
        select(Sponsor)
        .where(Sponsor.id == sponsor_id, Sponsor.edition_id == edition_id)
        .options(joinedload(Sponsor.tier))
    )
    if found is None:
        raise NotFound("sponsor.unknown")
    return found


def picture_in_use(name: str) -> bool:
    """Say whether any sponsor shows the stored picture ``name``."""
    return bool(db.session.scalar(select(exists().where(Sponsor.logo == name))))
