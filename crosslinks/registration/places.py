"""The book of places of one edition, opened under its lock: who counts it, decides.

Counting happens after the mode rows are locked and inside the transaction that writes, from any number of processes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from crosslinks.editions.operations import touch_public
from crosslinks.editions.queries import lock_modes
from crosslinks.editions.rules import LockedMode, Mode
from crosslinks.kernel.errors import NotFound
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import Tally, get_edition_facts, tally
from crosslinks.registration.rules import Availability, ModeCount, Place, availability

_TICK = timedelta(microseconds=1)


class PlaceBook:
    """The figures of an edition's modes, kept in step with the changes of one transaction.

    Who holds a place is counted only where a capacity limits it: elsewhere nothing depends on it.
    """

    def __init__(self, edition_id: int) -> None:
        self.edition_id = edition_id
        self.recount()
        self.edition = get_edition_facts(edition_id)
        self._words = self._said()

    def recount(self) -> None:
        """Lock the modes and count; again after capacities have changed."""
        self.rows: dict[Mode, LockedMode] = lock_modes(self.edition_id)
        limited = [Place.of(mode) for mode, row in self.rows.items() if row.capacity is not None]
        self._tally: Tally = tally(self.edition_id, limited)
        self.counts = {mode: self._count(mode) for mode in self.rows}

    def _count(self, mode: Mode) -> ModeCount:
        row = self.rows[mode]
        place = Place.of(mode)
        return ModeCount(
            mode, row.capacity, row.places, self._tally.held.get(place, 0), self._tally.wanted.get(place, 0)
        )

    def _said(self) -> dict[Mode, Availability]:
        return {mode: availability(count) for mode, count in self.counts.items()}

    def count(self, mode: Mode) -> ModeCount:
        """Return the present figures of ``mode``; raises ``NotFound`` when the edition does not offer it."""
        if mode not in self.counts:
            raise NotFound("mode.unknown")
        return self.counts[mode]

    def next_joined_at(self, wanted: Place, now: datetime) -> datetime:
        """Return when somebody joins that queue now: strictly after everybody in it, whatever the clocks say."""
        last = self._tally.last_joined.get(wanted)
        joined = now if last is None else max(now, last + _TICK)
        self._tally.last_joined[wanted] = joined
        return joined

    def position_of_newcomer(self, wanted: Place) -> int:
        """Return where somebody who joins that queue now would stand, from 1."""
        mode = wanted.mode
        return 1 if mode is None else self._tally.ahead.get(wanted, 0) + 1

    def move(self, registration: Registration, place: Place, wants: Place, now: datetime) -> None:
        """Give ``registration`` the place and the wish, and keep the figures in step."""
        self.shift(registration.place, -1, 0)
        self.shift(registration.wants, 0, -1)
        if wants is Place.NONE:
            registration.joined_at = None
        elif wants is not registration.wants:
            registration.joined_at = self.next_joined_at(wants, now)
        registration.place, registration.wants = place, wants
        self.shift(place, 1, 0)
        self.shift(wants, 0, 1)

    def shift(self, place: Place, confirmed: int, waiting: int) -> None:
        """Note that so many more people hold, or wait for, ``place``."""
        mode = place.mode
        if mode is not None and mode in self.counts:
            known = self.counts[mode]
            self.counts[mode] = replace(known, confirmed=known.confirmed + confirmed, waiting=known.waiting + waiting)

    def close(self) -> None:
        """Let public pages be rendered anew if what they say of places left has changed."""
        if self._said() != self._words:
            touch_public(self.edition_id)
