"""Places, the waiting list and what each change leaves behind."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel, set_capacity, switch_mode
from crosslinks.registration.queries import count_modes, waiting_position
from crosslinks.registration.rules import Place, Status
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import take_place


def _person(registration_id: int) -> Registration:
    return db.session.get_one(Registration, registration_id)


def _mails(registration_id: int) -> list[str]:
    rows = db.session.scalars(
        select(OutboxMail.kind).where(OutboxMail.registration_id == registration_id).order_by(OutboxMail.id)
    )
    return [kind.removeprefix("registration.") for kind in rows]


def _log(registration_id: int) -> list[str]:
    rows = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.object_kind == "registration", AuditEntry.object_id == registration_id)
        .order_by(AuditEntry.id)
    )
    return [action.removeprefix("registration.") for action in rows]


def test_a_place_then_a_position(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        first, second, third = (take_place(edition) for _ in range(3))
    assert (first.status, first.position, first.place) == (Status.CONFIRMED, None, Place.ONSITE)
    assert (second.status, second.position, second.place) == (Status.WAITING, 1, Place.NONE)
    assert third.position == waiting_position(_person(third.registration_id)) == 2
    assert _mails(first.registration_id) == ["confirmed"]
    assert _mails(second.registration_id) == ["waiting"]
    assert _log(second.registration_id) == ["created"]
    count = count_modes(edition.id)[Mode.ONSITE]
    assert (count.confirmed, count.waiting, count.free) == (1, 2, 0)
    assert len(_person(first.registration_id).tickets) == 1


def test_cancelling_promotes_the_next(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        first, second, third = (take_place(edition) for _ in range(3))
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=first.registration_id)
        cancel(actor=TESTER, now=NOW, registration_id=first.registration_id)
    assert _mails(first.registration_id) == ["confirmed", "cancelled"]
    assert _mails(second.registration_id) == ["waiting", "promoted"]
    assert _log(second.registration_id) == ["created", "promoted"]
    assert _person(second.registration_id).place is Place.ONSITE
    assert waiting_position(_person(third.registration_id)) == 1


def test_a_switch_is_atomic_on_both_modes(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1, digital=1)
        room, stream = take_place(edition), take_place(edition, Mode.DIGITAL)
        waits = take_place(edition, meanwhile_digital=True)
    assert waits.place is Place.NONE
    with transaction():
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.DIGITAL, capacity=2)
        switch_mode(actor=TESTER, now=NOW, registration_id=room.registration_id, to=Mode.DIGITAL)
    assert _person(room.registration_id).place is Place.DIGITAL
    assert _person(waits.registration_id).place is Place.ONSITE
    assert _mails(room.registration_id) == ["confirmed", "switched"]
    with transaction():
        switch_mode(actor=TESTER, now=NOW, registration_id=stream.registration_id, to=Mode.ONSITE)
    person = _person(stream.registration_id)
    assert (person.place, person.wants) == (Place.DIGITAL, Place.ONSITE)
    assert _mails(stream.registration_id) == ["confirmed", "waiting"]


def test_a_digital_place_meanwhile_is_freed_by_promotion(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1, digital=1)
        room = take_place(edition)
        meanwhile = take_place(edition, meanwhile_digital=True)
        stream = take_place(edition, Mode.DIGITAL)
    assert meanwhile.place is Place.DIGITAL
    assert stream.status is Status.WAITING
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=room.registration_id)
    assert _person(meanwhile.registration_id).place is Place.ONSITE
    assert _person(stream.registration_id).place is Place.DIGITAL


def test_a_known_address_gets_what_a_newcomer_would(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=2)
        first = take_place(edition, email="Ida@Bücher.example.org")
        again = take_place(edition, email="ida@xn--bcher-kva.example.org")
        take_place(edition)
        full = take_place(edition, email="IDA@bücher.example.org")
    assert (again.status, again.position) == (Status.CONFIRMED, None)
    assert (full.status, full.position) == (Status.WAITING, 1)
    assert len({first.reference, again.reference, full.reference}) == 3
    assert again.is_known
    assert _mails(first.registration_id) == ["confirmed", "already", "already"]
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 2
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=first.registration_id)
        back = take_place(edition, email="ida@bücher.example.org")
    assert back.registration_id != first.registration_id


def test_capacity_up_promotes_and_down_throws_nobody_out(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=2)
        people = [take_place(edition) for _ in range(6)]
    with transaction():
        promoted = set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=4)
    assert promoted == 2
    with transaction():
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=1)
    count = count_modes(edition.id)[Mode.ONSITE]
    assert (count.confirmed, count.waiting, count.free) == (4, 2, -3)
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=people[0].registration_id)
    assert count_modes(edition.id)[Mode.ONSITE].waiting == 2
    with transaction():
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=None)
    assert count_modes(edition.id)[Mode.ONSITE].waiting == 0


def test_a_paused_queue_holds_its_places_back(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        first, _second = take_place(edition), take_place(edition)
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=2, queue_paused=True)
        cancel(actor=TESTER, now=NOW, registration_id=first.registration_id)
        late = take_place(edition)
    assert late.position == 2
    assert count_modes(edition.id)[Mode.ONSITE].free == 2
    with transaction():
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=2, queue_paused=False)
    assert count_modes(edition.id)[Mode.ONSITE].free == 0


def test_public_pages_change_only_with_their_word(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=20)

    def rev() -> int:
        return db.session.scalars(select(Edition.public_rev)).one()

    seen = []
    for _ in range(21):
        with transaction():
            take_place(edition)
        seen.append(rev())
    assert len(set(seen)) == 3
