"""The organizer's hand on the waiting list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.line import move_in_line, promote_one
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.operations import cancel, set_capacity, switch_mode
from crosslinks.registration.queries import count_modes, waiting_position
from crosslinks.registration.reservations import reserve_place
from crosslinks.registration.rules import Move, Place
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.registration.factories import take_place
from tests.registration.test_list import counting

PLACES = "/manage/crosslinks/2024/places"


@pytest.fixture
def edition(app: Flask) -> Edition:
    """One place, and six in line: registrations 2 to 7."""
    with transaction():
        made = make_edition(onsite=1)
        for number in range(7):
            take_place(made, given_name=f"P{number}")
    return made


def line() -> list[int]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Registration.id)
            .where(Registration.wants == Place.ONSITE)
            .order_by(Registration.priority, Registration.joined_at, Registration.id)
        )
    )


def move(person: int, to: Move | int) -> int:
    with transaction():
        return move_in_line(actor=TESTER, now=NOW, registration_id=person, to=to)


def test_moves(edition: Edition) -> None:
    assert line() == [2, 3, 4, 5, 6, 7]
    assert move(5, Move.FRONT) == 1
    assert line() == [5, 2, 3, 4, 6, 7]
    assert move(2, Move.DOWN) == 3
    assert line() == [5, 3, 2, 4, 6, 7]
    assert move(7, Move.UP) == 5
    assert line() == [5, 3, 2, 4, 7, 6]
    assert move(5, 6) == 6
    assert line() == [3, 2, 4, 7, 6, 5]
    assert (move(3, Move.UP), move(5, Move.DOWN), move(4, 900), move(4, -3)) == (1, 6, 6, 1)
    assert line() == [4, 3, 2, 7, 6, 5]
    with transaction():
        newcomer = take_place(edition)
    assert newcomer.position == 7
    assert line()[-1] == newcomer.registration_id
    for position, person in enumerate(line(), start=1):
        assert waiting_position(db.session.get_one(Registration, person)) == position


def test_the_moved_one_is_next_and_nobody_is_mailed_for_a_move(edition: Edition) -> None:
    mails = db.session.scalar(select(func.count()).select_from(OutboxMail))
    move(7, Move.FRONT)
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == mails
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=1)
    assert db.session.get_one(Registration, 7).place is Place.ONSITE


def test_who_leaves_the_front_and_comes_back_is_last(edition: Edition) -> None:
    move(7, Move.FRONT)
    with transaction():
        switch_mode(actor=TESTER, now=NOW, registration_id=7, to=Mode.DIGITAL)
        switch_mode(actor=TESTER, now=NOW, registration_id=7, to=Mode.ONSITE)
    assert line() == [2, 3, 4, 5, 6, 7]


def test_a_place_by_hand_while_the_line_is_paused(edition: Edition) -> None:
    with pytest.raises(Conflict, match=r"mode\.full"), transaction():
        promote_one(actor=TESTER, now=NOW, registration_id=4)
    with pytest.raises(Conflict, match=r"line\.not_in_it"), transaction():
        promote_one(actor=TESTER, now=NOW, registration_id=1)
    with transaction():
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=3, queue_paused=True)
        promote_one(actor=TESTER, now=NOW, registration_id=4)
    assert line() == [2, 3, 5, 6, 7]
    assert count_modes(edition.id)[Mode.ONSITE].free == 1


def test_the_page_moves_and_gives(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    answer = client.post(f"{PLACES}/line/6/front")
    assert answer.location == f"{PLACES}#line-6"
    assert line()[0] == 6
    assert "P5 Nordlie" in client.get(PLACES).text
    client.post(f"{PLACES}/line/6/down")
    client.post(f"{PLACES}/line/7/up")
    assert line() == [2, 6, 3, 4, 7, 5]
    assert client.post(f"{PLACES}/line/7/promote").status_code == 409
    assert client.post(f"{PLACES}/line/1/up").status_code == 409
    assert client.post(f"{PLACES}/line/7/sideways").status_code == 404
    client.post(f"{PLACES}/onsite/line", data={"onsite-move-number": 6, "onsite-move-to": 1})
    assert line()[0] == 5
    for number, to in ((7, 1), (0, 1), ("x", 1), (1, ""), ("9" * 5000, 1), (1, -5)):
        sent = {"onsite-move-number": number, "onsite-move-to": to}
        assert client.post(f"{PLACES}/onsite/line", data=sent).status_code == 422
    assert client.post(f"{PLACES}/moon/line", data={}).status_code == 404


def test_another_editions_people_and_places_are_not_found(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        other = make_edition(make_conference("other"), onsite=1)
        take_place(other)
        kept = reserve_place(
            actor=TESTER, now=NOW, edition_id=other.id, mode=Mode.DIGITAL, label="X", expires_at=NOW + timedelta(1)
        )
        theirs = take_place(other).registration_id
    sign_in(client)
    assert client.post(f"{PLACES}/line/{theirs}/front").status_code == 404
    assert client.post(f"{PLACES}/reservations/{kept.id}/release").status_code == 404


def test_offers_and_kept_places_are_listed(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    sent = {"onsite-capacity": 2, "onsite-overbooking": 0, "onsite-offer_hours": 36}
    client.post(f"{PLACES}/onsite", data=sent)
    page = client.get(PLACES).text
    assert "1 person is offered a place" in page
    assert "35 h 59 min left" in page or "36 h 0 min left" in page
    for path in ("registrations?show=waiting", "registrations/2"):
        assert "Is offered a place" in client.get(f"/manage/crosslinks/2024/{path}").text
    client.post(f"{PLACES}/onsite", data=sent | {"onsite-capacity": 9, "onsite-offer_hours": ""})
    keep = {"keep-label": "The minister’s driver", "keep-mode": "onsite", "keep-expires_at": "2024-01-20T12:00"}
    assert client.post(f"{PLACES}/reservations", data=keep).status_code == 303
    page = client.get(PLACES).text
    assert "The minister’s driver" in page
    assert "20 Jan, 12:00" in page
    number = db.session.scalars(select(Reservation.id)).one()
    client.post(f"{PLACES}/reservations/{number}/release")
    assert "The place is free again." in client.get(PLACES).text
    assert "The minister’s driver" not in client.get(PLACES).text
    for wrong, status in (
        ({"keep-label": ""}, 422), ({"keep-label": "\x00"}, 422), ({"keep-label": "x" * 201}, 422),
        ({"keep-mode": "moon"}, 422), ({"keep-expires_at": "soon"}, 422),
        ({"keep-expires_at": "0001-01-01T00:00"}, 422),
        ({"keep-expires_at": "9999-12-31T23:59"}, 303), ({"keep-expires_at": "2024-01-18T09:00"}, 422),
        ({"keep-expires_at": "2024-03-31T02:30"}, 422),
    ):  # fmt: skip
        assert client.post(f"{PLACES}/reservations", data=keep | wrong).status_code == status, wrong
    client.post(f"{PLACES}/onsite", data=sent | {"onsite-capacity": 1, "onsite-offer_hours": ""})
    assert client.post(f"{PLACES}/reservations", data=keep).status_code == 409


def test_hours_that_cannot_be(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    for hours in (0, -1, 721, "many", "1e3", "9" * 5000):
        sent = {"onsite-capacity": 2, "onsite-overbooking": 0, "onsite-offer_hours": hours}
        assert client.post(f"{PLACES}/onsite", data=sent).status_code == 422, hours
    assert count_modes(edition.id)[Mode.ONSITE].capacity == 1


def test_attendance_of_an_earlier_edition_beside_the_overbooking(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    assert "not counted for any earlier edition" in client.get(PLACES).text
    with transaction():
        make_edition(
            db.session.merge(edition).conference, slug="2023", number=15, starts_at=NOW - timedelta(days=357),
            ends_at=NOW - timedelta(days=356), figures={"onsite_places": 200, "onsite_came": 156},
        )  # fmt: skip
        set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=300, overbooking=10)
    page = client.get(PLACES).text
    assert "In 2023, 78 of 100 with a place came: with 10% overbooking expect about 257 of 300 seats" in page
    assert "About 28% would just fill it." in page


def test_statements_do_not_grow_with_offers_and_kept_places(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)

    def offers(count: int) -> None:
        with transaction():
            set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.ONSITE, capacity=count, offer_hours=9)
            reserve_place(
                actor=TESTER, now=NOW, edition_id=edition.id, mode=Mode.DIGITAL, label="X",
                expires_at=NOW + timedelta(1),
            )  # fmt: skip

    offers(2)
    client.get(PLACES)
    with counting() as few:
        client.get(PLACES)
    offers(5)
    offers(5)
    client.get(PLACES)
    with counting() as many:
        client.get(PLACES)
    assert len(few) == len(many)
