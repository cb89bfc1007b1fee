"""The sponsors of 25 January 2024. Call inside ``transaction()``."""

from __future__ import annotations

from typing import Any

from crosslinks.editions.models import Edition
from crosslinks.sponsors.models import Sponsor, Tier
from crosslinks.sponsors.operations import create_sponsor, create_tier
from tests.factories import NOW, TESTER


def make_tier(edition: Edition, en: str = "Co-founder", nb: str = "Medgrunnlegger", height: int = 64) -> Tier:
    """Make a tier."""
    return create_tier(actor=TESTER, now=NOW, edition=edition, name={"en": en, "nb": nb}, logo_height=height)


def make_sponsor(edition: Edition, tier: Tier, name: str = "Demo Pharma", **more: Any) -> Sponsor:
    """Make a sponsor."""
    return create_sponsor(actor=TESTER, now=NOW, edition=edition, tier=tier, name=name, **more)


def make_sponsors(edition: Edition) -> list[Sponsor]:
    """Make the two tiers and their sponsors."""
    founders = make_tier(edition)
    sponsors = make_tier(edition, "Co-sponsor", "Medsponsor", 44)
    return [
        make_sponsor(
            edition, founders, "Bristol Myers Squibb", role={"en": "Co-founder", "nb": "Medgrunnlegger"},
            statement={
                "en": "With Cancer Crosslinks since the first edition in 2009.",
                "nb": "Med på Cancer Crosslinks siden den første konferansen i 2009.",
            },
            quoted_person="Ali Areffard",
            quoted_role="Disease Area Head Oncology & Hematology, Bristol Myers Squibb Norway",
        ),
        make_sponsor(
            edition, sponsors, "Daiichi-Sankyo", role={"en": "Co-sponsor", "nb": "Medsponsor"},
            quoted_person="Georg Lindefjeld", quoted_role="Medical Advisor Oncology",
        ),
    ]  # fmt: skip
