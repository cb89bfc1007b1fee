"""Objects for tests, made by the same operations that people use. Call them inside ``transaction()``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from crosslinks.config import settings
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.operations import create_conference, create_edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.actors import Actor

NOW = datetime(2024, 1, 18, 9, 0, tzinfo=UTC)
TESTER = Actor.system("test")


def make_conference(slug: str = "crosslinks", **more: Any) -> Conference:
    """Make a conference, "Cancer Crosslinks" unless told otherwise."""
    values: dict[str, Any] = {"name": "Cancer Crosslinks", "organiser": "Oslo Cancer Cluster", "first_held": 2009}
    return create_conference(actor=TESTER, now=NOW, slug=slug, **(values | more))


def make_edition(
    conference: Conference | None = None,
    *,
    onsite: int | None = 300,
    digital: int | None = None,
    state: EditionState = EditionState.PUBLISHED,
    **more: Any,
) -> Edition:
    """Make the edition of 25 January 2024 with registration open, in ``conference`` or a new one."""
    values: dict[str, Any] = {
        "slug": "2024",
        "number": 16,
        "starts_at": datetime(2024, 1, 25, 9, 30, tzinfo=UTC),
        "ends_at": datetime(2024, 1, 25, 14, 35, tzinfo=UTC),
        "doors_at": datetime(2024, 1, 25, 8, 45, tzinfo=UTC),
        "erase_on": date(2024, 4, 25),
        "theme": {"en": "Bridging innovations", "nb": "Innovasjoner som bygger bro"},
        "venue_name": "Kaare Norum auditorium",
        "venue_city": "Oslo",
    }
    return create_edition(
        actor=TESTER,
        now=NOW,
        conference=conference or make_conference(),
        wrapping_key=settings().keys.tickets,
        capacities={Mode.ONSITE: onsite, Mode.DIGITAL: digital},
        state=state,
        **(values | more),
    )
