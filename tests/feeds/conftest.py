from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import transaction
from crosslinks.programme.operations import change_talk, create_room
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import Programme, make_programme, make_session, make_talk, publish


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        return make_programme(edition)


@pytest.fixture
def rich_day(edition: Edition, day: Programme) -> Programme:
    """The day with a second room, a workshop without talks, odd characters, and a second day."""
    with transaction():
        room = create_room(actor=TESTER, now=NOW, edition=edition, name='Sal 2 <&>"')
        make_session(edition, "13:00", 90, title={"nb": "Verksted æøå"}, room=room, moderators=[day.people["loges"]])
        day.talks["odd"] = make_talk(
            edition, None, "10:00", 30, "日本\x01語 <b>", abstract="Abstract \x02 & <x>", room=room
        )
        later = make_talk(edition, None, "10:00", 30, "Second day")
        move = timedelta(days=1)
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=later,
            changes={"starts_at": later.starts_at + move, "ends_at": later.ends_at + move},
        )  # fmt: skip
        day.talks["later"] = later
        publish(edition)
    return day
