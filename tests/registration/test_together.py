"""Many at once: threads with connections of their own, on whichever database the run is about."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select

from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.registration import joining, places
from crosslinks.registration.joining import register
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.operations import cancel, switch_mode
from crosslinks.registration.queries import Tally, count_modes, tally, waiting_position
from crosslinks.registration.rules import Place, Receipt, Status
from tests.factories import TESTER, make_conference, make_edition
from tests.registration.factories import make_details, take_place

THREADS = 16


def together(app: Flask, deeds: list[Callable[[], None]]) -> None:
    """Run each deed in a thread and transaction of its own, all let go at once; the first exception is raised here."""
    gate = threading.Barrier(len(deeds))
    failures: list[BaseException] = []

    def run(deed: Callable[[], None]) -> None:
        try:
            with app.app_context():
                gate.wait()
                with transaction():
                    deed()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_sixteen_want_five_places(app: Flask) -> None:
    with transaction():
        edition_id = make_edition(onsite=5).id
    receipts: list[Receipt] = []

    def take() -> None:
        receipts.append(
            register(actor=TESTER, now=now(), edition_id=edition_id, details=make_details(), mode=Mode.ONSITE)
        )

    together(app, [take] * THREADS)
    assert Counter(receipt.status for receipt in receipts) == {Status.CONFIRMED: 5, Status.WAITING: 11}
    assert sorted(receipt.position for receipt in receipts if receipt.position) == list(range(1, 12))
    db.session.rollback()
    for receipt in receipts:
        person = db.session.get_one(Registration, receipt.registration_id)
        assert waiting_position(person) == receipt.position
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == THREADS


def test_one_address_sixteen_times(app: Flask) -> None:
    with transaction():
        edition_id = make_edition(onsite=5).id
    receipts: list[Receipt] = []

    def take() -> None:
        details = make_details(email="same@example.org")
        receipts.append(register(actor=TESTER, now=now(), edition_id=edition_id, details=details, mode=Mode.ONSITE))

    together(app, [take] * THREADS)
    assert len({receipt.reference for receipt in receipts}) == THREADS
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    kinds = Counter(db.session.scalars(select(OutboxMail.kind)))
    assert kinds == {"registration.confirmed": 1, "registration.already": THREADS - 1}


def test_places_move_while_everybody_moves(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=5, digital=5)
        people = [take_place(edition, mode) for mode in (Mode.ONSITE, Mode.DIGITAL) for _ in range(8)]

    def to(receipt: Receipt, mode: Mode) -> Callable[[], None]:
        return lambda: void(switch_mode(actor=TESTER, now=now(), registration_id=receipt.registration_id, to=mode))

    def gone(receipt: Receipt) -> Callable[[], None]:
        return lambda: void(cancel(actor=TESTER, now=now(), registration_id=receipt.registration_id))

    def void(done: object) -> None:
        assert done

    together(
        app,
        [to(person, Mode.DIGITAL) for person in people[:6]]
        + [to(person, Mode.ONSITE) for person in people[8:12]]
        + [gone(person) for person in (*people[6:8], *people[12:16])],
    )
    db.session.rollback()
    for count in count_modes(edition.id).values():
        assert count.free is not None
        assert count.free >= 0
        assert count.free == 0 or count.waiting == 0
    active = db.session.scalar(
        select(func.count()).select_from(Registration).where(Registration.cancelled_at.is_(None))
    )
    assert active == 10


def test_an_address_that_slips_past_the_look_is_answered_the_same(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        edition = make_edition()
        first = take_place(edition, email="ida@example.org")
    look_up = joining._look_up
    blind = iter([True])

    def look(edition_id: int, key: str) -> tuple[object, str]:
        known, reference = look_up(edition_id, key)
        return (None if next(blind, False) else known), reference

    monkeypatch.setattr(joining, "_look_up", look)
    with transaction():
        again = take_place(edition, email="IDA@example.org")
    assert again.is_known
    assert again.registration_id == first.registration_id
    assert again.status is Status.CONFIRMED
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_a_used_reference_is_not_given_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        edition = make_edition()
        first = take_place(edition)
    offered = iter([first.reference, first.reference, "K7QF2M"])
    monkeypatch.setattr(joining, "new_reference", lambda: next(offered))
    with transaction():
        assert take_place(edition).reference == "K7QF2M"
    person = db.session.get_one(Registration, first.registration_id)
    assert person.place is Place.ONSITE


def test_counting_before_the_transaction_that_inserts_oversells_every_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same operation, counting in an earlier transaction, sells the one place twice."""
    counted = threading.Barrier(2)
    earlier = threading.local()

    def tally_of_before(edition_id: int, places: Sequence[Place]) -> Tally:
        found: Tally = earlier.tally
        return found

    def take(edition_id: int, statuses: list[Status]) -> None:
        with app.app_context():
            with transaction():
                earlier.tally = tally(edition_id, [Place.ONSITE])
            counted.wait()
            with transaction():
                receipt = register(
                    actor=TESTER, now=now(), edition_id=edition_id, details=make_details(), mode=Mode.ONSITE
                )
            statuses.append(receipt.status)

    monkeypatch.setattr(places, "tally", tally_of_before)
    for number in range(5):
        with transaction():
            edition_id = make_edition(make_conference(f"control-{number}"), onsite=1).id
        statuses: list[Status] = []
        threads = [threading.Thread(target=take, args=(edition_id, statuses)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [Status.CONFIRMED, Status.CONFIRMED]
        db.session.rollback()
        assert count_modes(edition_id)[Mode.ONSITE].free == -1
