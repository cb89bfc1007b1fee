"""The state machine can fail: with a fault planted in the place rules, a few of its steps find it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db
from crosslinks.registration import offers, operations, waiting_list
from crosslinks.registration.models import Registration
from crosslinks.registration.offers import leave_line
from crosslinks.registration.operations import cancel, set_capacity, switch_mode
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.queries import IN_LINE
from crosslinks.registration.rules import ModeCount, Place
from tests.factories import TESTER
from tests.registration.test_machine import Places


def _one_place_too_many(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ModeCount, "has_room", property(lambda self: not self.waiting and (self.free or 0) >= 0))


def _nobody_moves_up_when_somebody_leaves(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(operations, "settle", lambda book, _now: book.close())


def _the_last_comes_first(patch: pytest.MonkeyPatch) -> None:
    def last_in_line(book: PlaceBook, mode: Mode, most: int) -> list[Registration]:
        if most <= 0 or not waiting_list._can_move_up(book, mode):
            return []
        db.session.flush()
        line = select(Registration).where(Registration.wants == Place.of(mode), IN_LINE)
        last = (Registration.priority.desc(), Registration.joined_at.desc(), Registration.id.desc())
        return list(db.session.scalars(line.order_by(*last).limit(1)))

    patch.setattr(waiting_list, "_next_in_line", last_in_line)


def _an_offer_holds_no_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ModeCount, "taken", property(lambda self: self.confirmed + self.reserved))


def _leaving_the_line_is_not_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(offers, "tell", lambda *_args, **_facts: None)


def _newcomers_join_by_their_own_clock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PlaceBook, "next_joined_at", lambda _self, _wanted, now: now)


def _some_steps_of_the_machine() -> None:
    """Take the machine through a line of three, a switch, an offer and a farewell, checking as it does."""
    machine = Places()
    for _ in range(5):
        machine.somebody_new(mode=Mode.ONSITE, meanwhile=False)
        machine.check()
    first, second, _third, fourth, _fifth = sorted(machine.people)
    with machine.step(acts=first):
        switch_mode(actor=TESTER, now=machine.now(), registration_id=first, to=Mode.DIGITAL)
    machine.check()
    with machine.step():
        set_capacity(
            actor=TESTER, now=machine.now(), edition_id=machine.edition_id, mode=Mode.ONSITE, capacity=2, offer_hours=5
        )
    with machine.step(acts=second):
        cancel(actor=TESTER, now=machine.now(), registration_id=second)
    machine.check()
    with machine.step(acts=fourth):
        leave_line(actor=TESTER, now=machine.now(), registration_id=fourth)
    machine.check()


@pytest.mark.parametrize(
    "plant",
    [
        _one_place_too_many, _nobody_moves_up_when_somebody_leaves, _the_last_comes_first, _an_offer_holds_no_place,
        _leaving_the_line_is_not_told, _newcomers_join_by_their_own_clock,
    ],
)  # fmt: skip
def test_the_checks_find_a_planted_fault(
    app: Flask, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    _some_steps_of_the_machine()
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        _some_steps_of_the_machine()
