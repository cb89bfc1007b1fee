"""Hundreds of places at once are handed out in steps, and the rules hold at each commit."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from crosslinks.editions.models import Edition, EditionMode
from crosslinks.editions.rules import Mode
from crosslinks.jobs.work import work_one
from crosslinks.kernel.db import db, transaction
from crosslinks.registration import waiting_list
from crosslinks.registration.jobs import lapse
from crosslinks.registration.operations import cancel, set_capacity
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import ModeCount, Status
from crosslinks.registration.waiting_list import go_on_promoting
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import take_place


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_list, "MOST_AT_ONCE", 4)


def room(edition: Edition) -> ModeCount:
    """Return the figures of the room, and check that none is free while somebody waits."""
    count = count_modes(edition.id)[Mode.ONSITE]
    assert not count.waiting or (count.free is not None and count.free <= 0)
    return count


def so_far() -> int | None:
    return db.session.scalars(select(EditionMode.places_so_far).where(EditionMode.mode == Mode.ONSITE)).one()


def crowd(waiting: int) -> Edition:
    with transaction():
        edition = make_edition(onsite=2)
        for _ in range(2 + waiting):
            take_place(edition)
    return edition


def raise_to(edition: Edition, capacity: int | None, **more: bool) -> int:
    with transaction():
        return set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=capacity, **more)


@pytest.mark.parametrize("capacity", [30, None])
def test_a_great_raise_goes_in_steps(app: Flask, capacity: int | None) -> None:
    edition = crowd(waiting=10)
    assert raise_to(edition, capacity) == 4
    assert (room(edition).confirmed, room(edition).waiting, room(edition).places) == (6, 6, 6)
    with transaction():
        newcomer = take_place(edition)
    assert (newcomer.status, newcomer.position) == (Status.WAITING, 7)
    with transaction():
        assert go_on_promoting(now=NOW, edition_id=edition.id)
    assert (room(edition).confirmed, room(edition).waiting) == (10, 3)
    assert work_one(owner="a", quick=True)
    assert (room(edition).confirmed, room(edition).waiting, room(edition).places) == (13, 0, capacity)
    assert so_far() is None
    with transaction():
        assert take_place(edition).status is Status.CONFIRMED


def test_a_lost_job_is_made_good_by_the_round(app: Flask) -> None:
    edition = crowd(waiting=10)
    raise_to(edition, 10)
    lapse(NOW)
    assert (room(edition).confirmed, room(edition).waiting, so_far()) == (10, 2, None)


def test_letting_a_paused_queue_go_on_goes_in_steps_too(app: Flask) -> None:
    edition = crowd(waiting=10)
    raise_to(edition, 9, queue_paused=True)
    assert so_far() is None
    assert raise_to(edition, 9, queue_paused=False) == 4
    assert room(edition).places == 6
    lapse(NOW)
    assert (room(edition).confirmed, room(edition).waiting) == (9, 3)


def test_lowering_it_in_between_throws_nobody_out(app: Flask) -> None:
    edition = crowd(waiting=10)
    raise_to(edition, 30)
    raise_to(edition, 3)
    lapse(NOW)
    assert (room(edition).confirmed, room(edition).waiting, room(edition).free) == (6, 6, -3)


def test_when_nobody_waits_any_more_all_places_count(app: Flask) -> None:
    edition = crowd(waiting=5)
    raise_to(edition, 30)
    with transaction():
        last = take_place(edition)
        for person in (last.registration_id, last.registration_id - 1):
            cancel(actor=TESTER, now=NOW, registration_id=person)
    assert (room(edition).waiting, room(edition).places, so_far()) == (0, 30, None)
