"""The organizer's page of places."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.queries import count_modes
from tests.accounts.factories import sign_in
from tests.factories import make_edition
from tests.registration.factories import make_registration
from tests.registration.test_list import counting

PLACES = "/manage/crosslinks/2024/places"


def sent(mode: str, **values: object) -> dict[str, str]:
    return {f"{mode}-{name}": str(value) for name, value in ({"overbooking": 0} | values).items()}


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition(onsite=2)
        for name in ("First", "Second", "Third", "Fourth"):
            make_registration(made, given_name=name, family_name="Berg")
    sign_in(client)
    return made


def facts(mode: Mode) -> tuple[int | None, int, bool]:
    db.session.expire_all()
    row = get_edition("crosslinks", "2024").mode(mode)
    assert row is not None
    return row.capacity, row.overbooking, row.queue_paused


def test_the_page_shows_figures_and_the_queue_in_order(client: FlaskClient, edition: Edition) -> None:
    page = client.get(PLACES).text
    assert page.index("Third Berg") < page.index("Fourth Berg")
    assert "First Berg" not in page
    assert "no limit" in page
    assert 'href="/manage/crosslinks/2024/places" aria-current="page"' in page


def test_more_places_promote_and_say_so(client: FlaskClient, edition: Edition) -> None:
    answer = client.post(f"{PLACES}/onsite", data=sent("onsite", capacity=3))
    assert (answer.status_code, answer.location) == (303, PLACES)
    page = client.get(PLACES).text
    assert "1 person moved up" in page
    assert "Third Berg" not in page
    assert facts(Mode.ONSITE) == (3, 0, False)


def test_fewer_places_say_by_how_many_it_is_over(client: FlaskClient, edition: Edition) -> None:
    client.post(f"{PLACES}/onsite", data=sent("onsite", capacity=1))
    page = client.get(PLACES).text
    assert "That is 1 place too few" in page
    assert "1 more confirmed than there are places" in page
    assert count_modes(edition.id)[Mode.ONSITE].confirmed == 2


def test_overbooking_and_the_pause(client: FlaskClient, edition: Edition) -> None:
    client.post(f"{PLACES}/onsite", data=sent("onsite", capacity=3, queue_paused="y"))
    assert facts(Mode.ONSITE) == (3, 0, True)
    assert "The waiting list is paused" in client.get(PLACES).text
    client.post(f"{PLACES}/onsite", data=sent("onsite", capacity=2, overbooking=50))
    assert facts(Mode.ONSITE) == (2, 50, False)
    assert "2 and 50% overbooking" in client.get(PLACES).text
    client.post(f"{PLACES}/onsite", data=sent("onsite", capacity=""))
    assert facts(Mode.ONSITE) == (None, 0, False)
    assert "Nobody waits for a place" in client.get(PLACES).text


@pytest.mark.parametrize(
    ("mode", "values", "status"),
    [
        ("onsite", {"capacity": -1}, 422),
        ("onsite", {"capacity": "many"}, 422),
        ("onsite", {"capacity": "1e3"}, 422),
        ("onsite", {"capacity": "9" * 5000}, 422),
        ("onsite", {"capacity": 1_000_001}, 422),
        ("onsite", {"capacity": "\x00"}, 422),
        ("onsite", {"capacity": 5, "overbooking": 101}, 422),
        ("onsite", {"capacity": 5, "overbooking": ""}, 422),
        ("moon", {"capacity": 5}, 404),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    client: FlaskClient, edition: Edition, mode: str, values: dict[str, object], status: int
) -> None:
    assert client.post(f"{PLACES}/{mode}", data=sent(mode, **values)).status_code == status
    assert facts(Mode.ONSITE) == (2, 0, False)


def test_statements_do_not_grow_with_the_queue(client: FlaskClient, edition: Edition) -> None:
    with counting() as few:
        client.get(PLACES)
    with transaction():
        for _ in range(100):
            make_registration(edition)
    with counting() as many:
        page = client.get(PLACES).text
    assert len(few) == len(many)
    assert "All 102 who wait" in page


def test_only_who_may(client: FlaskClient, edition: Edition) -> None:
    for role, status in ((Role.DOOR_LEAD, 403), (Role.PROGRAMME, 403), (Role.ORGANIZER, 200)):
        browser = client.application.test_client()
        sign_in(browser, role)
        assert browser.get(PLACES).status_code == status
        assert (f'href="{PLACES}"' in browser.get("/manage/crosslinks/2024/registrations").text) is (status == 200)
