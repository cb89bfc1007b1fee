"""Tiers and sponsors, and their order. A sponsor is a listing: nothing here gives anybody a right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crosslinks.accounts.audit import snapshot
from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.columns import Texts
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.sponsors.models import Sponsor, Tier
from crosslinks.sponsors.queries import list_all_tiers
from crosslinks.sponsors.rules import LOGO_HEIGHTS

TIER_FIELDS = ("name", "logo_height", "position")
SPONSOR_FIELDS = (
    "tier_id", "name", "role", "statement", "quoted_person", "quoted_role", "url", "funding", "logo", "position",
    "asks_contact", "logo_dark", "portrait", "portrait_credit", "links", "product", "is_published", "thanked_in_mail",
    "thanked_on_badge",
)  # fmt: skip


def create_tier(*, actor: Actor, now: datetime, edition: Edition, name: Texts, logo_height: int = 44) -> Tier:
    """Add a tier after the others; raises ``Invalid`` for a height that we do not draw."""
    _check_height(logo_height)
    touch_public(edition.id)
    place = len(list_all_tiers(edition.id))
    tier = Tier(edition_id=edition.id, name=name, logo_height=logo_height, position=place, sponsors=[])
    db.session.add(tier)
    db.session.flush()
    log_write(actor, now, edition, "tier.created", tier.id, after=snapshot(tier, TIER_FIELDS))
    return tier


def change_tier(*, actor: Actor, now: datetime, edition: Edition, tier: Tier, name: Texts, logo_height: int) -> None:
    """Rename a tier or change the height of its logos."""
    _check_height(logo_height)
    touch_public(edition.id)
    before = snapshot(tier, TIER_FIELDS)
    tier.name, tier.logo_height = name, logo_height
    db.session.flush()
    log_write(actor, now, edition, "tier.changed", tier.id, before, snapshot(tier, TIER_FIELDS))


def delete_tier(*, actor: Actor, now: datetime, edition: Edition, tier: Tier) -> None:
    """Delete an empty tier; raises ``Conflict`` while sponsors are in it."""
    if tier.sponsors:
        raise Conflict("tier.has_sponsors")
    touch_public(edition.id)
    log_write(actor, now, edition, "tier.deleted", tier.id, snapshot(tier, TIER_FIELDS))
    db.session.delete(tier)
    db.session.flush()


def move_tier(*, actor: Actor, now: datetime, edition: Edition, tier: Tier, up: bool) -> None:
    """Let a tier change places with its neighbour; at the end nothing happens."""
    if _exchange(list_all_tiers(edition.id), tier, up):
        touch_public(edition.id)
        db.session.flush()
        log_write(actor, now, edition, "tier.moved", tier.id, after={"position": tier.position})


def create_sponsor(*, actor: Actor, now: datetime, edition: Edition, tier: Tier, name: str, **more: Any) -> Sponsor:
    """Add a sponsor at the end of a tier; ``more`` are fields of ``Sponsor``."""
    touch_public(edition.id)
    sponsor = Sponsor(edition_id=edition.id, tier=tier, name=name, position=len(tier.sponsors), **more)
    db.session.add(sponsor)
    db.session.flush()
    log_write(actor, now, edition, "sponsor.created", sponsor.id, after=snapshot(sponsor, SPONSOR_FIELDS))
    return sponsor


def change_sponsor(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    sponsor: Sponsor,
    changes: Mapping[str, Any],
    tier: Tier | None = None,
) -> None:
    """Change fields of a sponsor; into another ``tier`` it comes last."""
    unknown = changes.keys() - (set(SPONSOR_FIELDS) - {"tier_id", "position"})
    if unknown:
        raise Invalid("sponsor.field_unknown", min(unknown))
    touch_public(edition.id)
    before = snapshot(sponsor, SPONSOR_FIELDS)
    for name, value in changes.items():
        setattr(sponsor, name, value)
    if tier is not None and tier.id != sponsor.tier_id:
        sponsor.position = len(tier.sponsors)
        sponsor.tier = tier
    db.session.flush()
    log_write(actor, now, edition, "sponsor.changed", sponsor.id, before, snapshot(sponsor, SPONSOR_FIELDS))


def move_sponsor(*, actor: Actor, now: datetime, edition: Edition, sponsor: Sponsor, up: bool) -> None:
    """Let a sponsor change places with its neighbour in the tier; at the end nothing happens."""
    if _exchange(sponsor.tier.sponsors, sponsor, up):
        touch_public(edition.id)
        db.session.flush()
        log_write(actor, now, edition, "sponsor.moved", sponsor.id, after={"position": sponsor.position})


def delete_sponsor(*, actor: Actor, now: datetime, edition: Edition, sponsor: Sponsor) -> None:
    """Delete a sponsor's listing."""
    touch_public(edition.id)
    log_write(actor, now, edition, "sponsor.deleted", sponsor.id, snapshot(sponsor, SPONSOR_FIELDS))
    db.session.delete(sponsor)
    db.session.flush()


def _exchange(rows: Sequence[Tier | Sponsor], row: Tier | Sponsor, up: bool) -> bool:
    """Renumber the rows with ``row`` one place up or down; say whether there was a neighbour."""
    place = [other.id for other in rows].index(row.id)
    neighbour = place - 1 if up else place + 1
    if not 0 <= neighbour < len(rows):
        return False
    order = list(range(len(rows)))
    order[place], order[neighbour] = neighbour, place
    for other, number in zip(rows, order, strict=True):
        other.position = number
    return True


def _check_height(logo_height: int) -> None:
    if logo_height not in LOGO_HEIGHTS:
        raise Invalid("tier.logo_height", fields={"logo_height": "tier.logo_height"})
