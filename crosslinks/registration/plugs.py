"""What features above registration add to its pages; their ``feature.py`` names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from crosslinks.editions.models import Edition
from crosslinks.registration.models import Registration

DEEDS = "crosslinks.place_deeds"
FACTS = "crosslinks.person_facts"


@dataclass(frozen=True)
class Deed:
    """One thing that the person can do, and where; ``grave`` when it gives something up, ``first`` when it is now."""

    title: str
    text: str
    label: str
    url: str
    icon: str = ""
    grave: bool = False
    first: bool = False


DeedMaker = Callable[[Registration, Edition, str, datetime], Deed | None]
"""Takes the registration, its edition, the address of the personal page and the moment."""
FactMaker = Callable[[Registration], tuple[str, str] | None]
"""Returns what is known of a person and its value, in words."""


def plugged_deeds(registration: Registration, edition: Edition, base: str, now: datetime) -> list[Deed]:
    """Return what other features offer on the personal page of a registration that is not cancelled."""
    makers: tuple[DeedMaker, ...] = current_app.extensions.get(DEEDS, ())
    return [deed for maker in makers if (deed := maker(registration, edition, base, now)) is not None]


def plugged_facts(registration: Registration) -> list[tuple[str, str]]:
    """Return what other features know of a person, for the organizer."""
    makers: tuple[FactMaker, ...] = current_app.extensions.get(FACTS, ())
    return [fact for maker in makers if (fact := maker(registration)) is not None]
