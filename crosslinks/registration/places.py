"""The book of places of one edition, opened under its lock: who counts it, decides.

Counting happens after the mode rows are locked and inside the transaction that writes, from any number of processes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update

from crosslinks.editions.models import EditionMode
from crosslinks.editions.operations import touch_public
from crosslinks.editions.queries import lock_modes
from crosslinks.editions.rules import LockedMode, Mode
from crosslinks.kernel.db import db
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
        limited = [Place.of(mode) for mode, row in self.rows.items() if row.places is not None]
        self._tally: Tally = tally(self.edition_id, limited)
        self.counts = {mode: self._tally.count(row) for mode, row in self.rows.items()}

    def _said(self) -> dict[Mode, Availability]:
        return {mode: availability(count) for mode, count in self.counts.items()}

    def count(self, mode: Mode) -> ModeCount:
        """Return the present figures of ``mode``; raises ``NotFound`` when the edition does not offer it."""
        if mode not in self.counts:
            raise NotFound("mode.unknown")
        return self.counts[mode]

    def count_waiting(self, wanted: Place) -> int:
        """Return how many are in the line for that place."""
        mode = wanted.mode
        return 0 if mode is None else self.count(mode).waiting

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
        """Give ``registration`` the place and the wish, and keep the figures in step.

        An offer ends with the wish that it was for; who comes to a place in the room has just said that they come.
        """
        self._count_in(registration, -1)
        if wants is not registration.wants:
            registration.joined_at = None if wants is Place.NONE else self.next_joined_at(wants, now)
            registration.priority, registration.offer_until = 0, None
        if place is Place.ONSITE and registration.place is not place:
            registration.coming_at = now
        registration.place, registration.wants = place, wants
        self._count_in(registration, 1)

    def offer(self, registration: Registration, until: datetime) -> None:
        """Keep a place of what ``registration`` wants for them until then; they leave the line to decide."""
        self._count_in(registration, -1)
        registration.offer_until = until
        self._count_in(registration, 1)

    def _count_in(self, registration: Registration, by: int) -> None:
        self.shift(registration.place, confirmed=by)
        if registration.offer_until is None:
            self.shift(registration.wants, waiting=by)
        else:
            self.shift(registration.wants, offered=by)

    def shift(self, place: Place, *, confirmed: int = 0, waiting: int = 0, offered: int = 0, reserved: int = 0) -> None:
        """Note that so many more people hold ``place``, wait for it, are offered it, or have it reserved."""
        mode = place.mode
        if mode is not None and mode in self.counts:
            known = self.counts[mode]
            self.counts[mode] = replace(
                known,
                confirmed=known.confirmed + confirmed,
                waiting=known.waiting + waiting,
                offered=known.offered + offered,
                reserved=known.reserved + reserved,
            )

    def hold_back(self, mode: Mode) -> None:
        """Let no more places of ``mode`` count for now than are taken; the others are handed out in steps."""
        count = self.counts[mode]
        if count.places is None:
            count = tally(self.edition_id).count(self.rows[mode])
        self._limit(mode, count.taken)
        self.counts[mode] = replace(count, places=self.rows[mode].places)

    def let_go(self, mode: Mode) -> None:
        """Let all places of ``mode`` count again."""
        self._limit(mode, None)

    def _limit(self, mode: Mode, so_far: int | None) -> None:
        row = replace(self.rows[mode], places_so_far=so_far)
        if row == self.rows[mode]:
            return
        db.session.execute(
            update(EditionMode)
            .where(EditionMode.edition_id == self.edition_id, EditionMode.mode == mode)
            .values(places_so_far=so_far)
        )
        self.rows[mode] = row
        self.counts[mode] = replace(self.counts[mode], places=row.places)

    def close(self) -> None:
        """Let public pages be rendered anew if what they say of places left has changed."""
        if self._said() != self._words:
            touch_public(self.edition_id)
