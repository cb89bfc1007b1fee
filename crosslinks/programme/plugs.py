"""What features above the programme know of its people; their ``feature.py`` names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from crosslinks.programme.models import Person

PLACES = "crosslinks.speaker_places"
MERGERS = "crosslinks.person_mergers"


@dataclass(frozen=True)
class SpeakerPlace:
    """Whether a person of the programme is registered, in words."""

    text: str


PlaceFinder = Callable[[Person], SpeakerPlace | None]
Merger = Callable[[int, int], None]
"""Hands what belongs to the second person's id over to the first, within the open transaction."""


def find_place(person: Person) -> SpeakerPlace | None:
    """Return what is known of a person's place at the conference, or None."""
    finders: tuple[PlaceFinder, ...] = current_app.extensions.get(PLACES, ())
    return next((found for finder in finders if (found := finder(person)) is not None), None)


def hand_over(keep: int, drop: int) -> None:
    """Let other features move what they keep of one person to another."""
    mergers: tuple[Merger, ...] = current_app.extensions.get(MERGERS, ())
    for merger in mergers:
        merger(keep, drop)
