"""What the stream knows of a person can be had and erased; the figures stay as they were."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.live.erasure import erase_person, export_person
from crosslinks.live.models import Presence
from crosslinks.live.queries import get_audience
from crosslinks.live.rules import Audience
from tests.checkin.factories import be_at
from tests.factories import make_edition
from tests.live.factories import DURING, person_on


def audience(edition: Edition) -> Audience:
    db.session.rollback()
    return get_audience(db.session.get_one(Edition, edition.id, populate_existing=True))


def test_figures_are_the_same_after_everybody_is_erased(client: FlaskClient) -> None:
    with transaction():
        edition = make_edition(digital=9)
    people = [person_on(edition) for _ in range(3)]
    for minute in range(13):
        be_at(DURING + timedelta(minutes=minute))
        for number, (_person, url) in enumerate(people):
            if minute < 13 - 5 * number:
                assert client.post(f"{url}/presence").status_code == 204
    told = export_person(registration_id=people[0][0])["stream"]
    assert told["minutes"] == 13
    assert len(told["stays"]) == 1
    before = audience(edition)
    assert (before.people, before.attended, before.minutes) == (3, 1, 13 + 8 + 3)
    for person, _url in people:
        with transaction():
            erase_person(registration_id=person)
        assert audience(edition) == before
        assert export_person(registration_id=person) == {"stream": {"minutes": 0, "stays": []}}
    with transaction():
        erase_person(registration_id=people[0][0])
        erase_person(registration_id=999_999)
    assert audience(edition) == before
    assert db.session.scalar(select(func.count()).select_from(Presence)) == 0
    kept = db.session.get_one(Edition, edition.id).figures["stream"]["gone"]
    assert set(kept) == {"people", "attended", "minutes", "steps"}
