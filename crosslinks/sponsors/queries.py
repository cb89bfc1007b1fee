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
from crosslinks.sponsors.rules import SponsorLink


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
    logo_dark: str = ""
    portrait: str = ""
    portrait_credit: str = ""
    links: tuple[SponsorLink, ...] = ()
    has_product: bool = False
    """Whether there is something for health professionals. What it is stands in no page that everybody sees."""


@dataclass(frozen=True)
class ProductPage:
    """What a sponsor tells health professionals."""

    name: str
    product: Texts


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
        sponsor.url, sponsor.funding, sponsor.logo, sponsor.logo_dark, sponsor.portrait, sponsor.portrait_credit,
        links_of(sponsor), bool(sponsor.product),
    )  # fmt: skip


def links_of(sponsor: Sponsor) -> tuple[SponsorLink, ...]:
    """Return the links beside a sponsor."""
    return tuple(SponsorLink(one["words"], one["url"]) for one in sponsor.links)


def list_tiers(edition: Edition) -> list[TierView]:
    """Return the tiers that have published sponsors, in order: two statements, however many there are."""
    tiers = [
        TierView(
            tier.id, tier.name, tier.logo_height,
            tuple(_view(sponsor) for sponsor in tier.sponsors if sponsor.is_published),
        )
        for tier in list_all_tiers(edition.id)
    ]  # fmt: skip
    return [tier for tier in tiers if tier.sponsors]


def get_product_page(edition: Edition, sponsor_id: int) -> ProductPage:
    """Return what a published sponsor tells health professionals; raises ``NotFound`` when there is none."""
    row = db.session.execute(
        select(Sponsor.name, Sponsor.product).where(
            Sponsor.id == sponsor_id, Sponsor.edition_id == edition.id, Sponsor.is_published
        )
    ).one_or_none()
    if row is None or not row.product:
        raise NotFound("sponsor.unknown")
    return ProductPage(row.name, row.product)


def list_thanked(edition_id: int, *, on_badge: bool = False) -> list[str]:
    """Return the names of the published sponsors that are thanked in letters, or on badges; one statement."""
    wanted = Sponsor.thanked_on_badge if on_badge else Sponsor.thanked_in_mail
    return list(
        db.session.scalars(
            select(Sponsor.name)
            .join(Tier, Tier.id == Sponsor.tier_id)
            .where(Sponsor.edition_id == edition_id, Sponsor.is_published, wanted)
            .order_by(Tier.position, Tier.id, Sponsor.position, Sponsor.id)
        )
    )


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
    shown = (Sponsor.logo == name) | (Sponsor.logo_dark == name) | (Sponsor.portrait == name)
    return bool(db.session.scalar(select(exists().where(shown))))
