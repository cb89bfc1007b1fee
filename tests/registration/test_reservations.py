"""Places kept for somebody who is yet to register."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict, Gone, Invalid, NotFound
from crosslinks.privacy.operations import erase_person
from crosslinks.privacy.rules import ErasureKind
from crosslinks.registration.jobs import lapse
from crosslinks.registration.joining import add_by_hand, register
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.operations import cancel, set_capacity
from crosslinks.registration.queries import count_modes
from crosslinks.registration.reservations import (
    prolong_reservation,
    release_reservation,
    reserve_place,
    use_reservation,
)
from crosslinks.registration.rules import ModeCount, Place, Status
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.registration.factories import make_details, take_place

HOUR = timedelta(hours=1)


def reserve(edition: Edition, mode: Mode = Mode.ONSITE, **more: Any) -> Reservation:
    """Keep a place for two hours."""
    values = {"label": "Speaker’s guest", "expires_at": NOW + 2 * HOUR} | more
    return reserve_place(actor=TESTER, now=NOW, edition_id=edition.id, mode=mode, **values)


def room(edition: Edition) -> ModeCount:
    """Return the figures of the room."""
    return count_modes(edition.id)[Mode.ONSITE]


def test_a_reserved_place_is_taken_until_it_is_released(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        kept = reserve(edition)
        late = take_place(edition)
    assert (late.status, room(edition).free, room(edition).reserved) == (Status.WAITING, 0, 1)
    with transaction():
        assert release_reservation(actor=TESTER, now=NOW, reservation_id=kept.id)
        assert not release_reservation(actor=TESTER, now=NOW, reservation_id=kept.id)
    assert db.session.get_one(Registration, late.registration_id).place is Place.ONSITE
    assert (room(edition).free, room(edition).reserved) == (0, 0)
    deeds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "reservation")).all()
    assert deeds == ["reservation.made", "reservation.revoked"]


def test_it_is_used_by_whom_it_is_for_and_only_once(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        kept = reserve(edition)
        take_place(edition)
    with transaction():
        guest = register(
            actor=TESTER, now=NOW, edition_id=edition.id, details=make_details(), mode=Mode.ONSITE,
            reservation_id=kept.id,
        )  # fmt: skip
    assert (guest.status, guest.place) == (Status.CONFIRMED, Place.ONSITE)
    assert (room(edition).confirmed, room(edition).free, room(edition).waiting) == (1, 0, 1)
    assert db.session.get_one(Reservation, kept.id).used_by == guest.registration_id
    with pytest.raises(Gone, match=r"reservation\.used"), transaction():
        add_by_hand(
            actor=TESTER, now=NOW, edition_id=edition.id, details=make_details(), mode=Mode.ONSITE,
            reservation_id=kept.id,
        )  # fmt: skip
    with transaction():
        erase_person(kind=ErasureKind.REQUEST, actor=TESTER, now=NOW, registration_id=guest.registration_id)
    used = db.session.get_one(Reservation, kept.id, populate_existing=True)
    assert (used.used_by, used.label, used.used_at is not None) == (None, "", True)
    assert (room(edition).confirmed, room(edition).waiting) == (1, 0)


def test_somebody_who_waits_can_be_given_the_reserved_place(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=2)
        first, second = reserve(edition), reserve(edition)
        waiting, other = take_place(edition), take_place(edition)
    with transaction():
        use_reservation(actor=TESTER, now=NOW, reservation_id=first.id, registration_id=other.registration_id)
    assert db.session.get_one(Registration, other.registration_id).place is Place.ONSITE
    with transaction():
        use_reservation(actor=TESTER, now=NOW, reservation_id=second.id, registration_id=other.registration_id)
    assert db.session.get_one(Registration, waiting.registration_id).place is Place.ONSITE


def test_an_expired_one_promotes_the_next(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        kept = reserve(edition)
        next_one = take_place(edition)
    lapse(NOW + HOUR)
    assert room(edition).waiting == 1
    with pytest.raises(Gone, match=r"reservation\.expired"), transaction():
        use_reservation(
            actor=TESTER, now=NOW + 2 * HOUR, reservation_id=kept.id, registration_id=next_one.registration_id
        )
    with transaction():
        prolong_reservation(actor=TESTER, now=NOW + HOUR, reservation_id=kept.id, expires_at=NOW + 3 * HOUR)
    lapse(NOW + 2 * HOUR)
    assert room(edition).waiting == 1
    lapse(NOW + 3 * HOUR)
    lapse(NOW + 3 * HOUR)
    assert (room(edition).waiting, room(edition).confirmed, room(edition).reserved) == (0, 1, 0)


def test_what_cannot_be_reserved(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        elsewhere = make_edition(make_conference("other"), onsite=1)
        kept = reserve(elsewhere)
        person = take_place(edition)
    with pytest.raises(Conflict, match=r"reservation\.full"), transaction():
        reserve(edition)
    with pytest.raises(Invalid, match=r"reservation\.past"), transaction():
        reserve(edition, Mode.DIGITAL, expires_at=NOW)
    with transaction():
        digital = reserve(edition, Mode.DIGITAL, expires_at=NOW + timedelta(days=900))
    assert digital.expires_at == edition.ends_at
    with pytest.raises(NotFound, match=r"reservation\.unknown"), transaction():
        take_with(edition, kept.id)
    with pytest.raises(NotFound, match=r"reservation\.unknown"), transaction():
        take_with(edition, digital.id)
    with pytest.raises(NotFound, match=r"registration\.unknown"), transaction():
        use_reservation(actor=TESTER, now=NOW, reservation_id=kept.id, registration_id=person.registration_id)
    with pytest.raises(NotFound, match=r"reservation\.unknown"), transaction():
        release_reservation(actor=TESTER, now=NOW, reservation_id=2**31 - 1)


def take_with(edition: Edition, reservation_id: int) -> None:
    register(
        actor=TESTER, now=NOW, edition_id=edition.id, details=make_details(), mode=Mode.ONSITE,
        reservation_id=reservation_id,
    )  # fmt: skip


def test_a_paused_queue_lets_the_organizer_reserve_what_is_free(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        first, _second = take_place(edition), take_place(edition)
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=1, queue_paused=True)
        cancel(actor=TESTER, now=NOW, registration_id=first.registration_id)
        reserve(edition)
    assert (room(edition).free, room(edition).waiting) == (0, 1)
