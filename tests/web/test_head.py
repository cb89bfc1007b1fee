"""HEAD asks what GET would answer, and never does anything."""

from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.links import place_path, place_token
from crosslinks.registration.models import Registration
from tests.factories import make_edition
from tests.registration.factories import make_registration


def test_head_of_a_page_that_asks_does_nothing(client: FlaskClient) -> None:
    with transaction():
        token = place_token(make_registration(make_edition(digital=9), Mode.ONSITE))
    for deed in ("cancel", "switch", "name", ""):
        asked, looked = client.head(place_path(token, deed)), client.get(place_path(token, deed))
        assert (asked.status_code, asked.data) == (looked.status_code, b"")
        assert asked.headers["Content-Type"] == looked.headers["Content-Type"]
    db.session.rollback()
    person = db.session.scalars(select(Registration)).one()
    assert (person.place.value, person.cancelled_at) == ("onsite", None)


def test_head_of_what_is_not_there(client: FlaskClient) -> None:
    assert client.head("/nothing/here/at/all").status_code == 404
