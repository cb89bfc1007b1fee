"""Signs of life: counted once a minute, only while the stream is open, and cheap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import clock, now
from crosslinks.kernel.db import db, transaction
from crosslinks.live.models import Presence
from crosslinks.live.operations import note_presence
from crosslinks.live.queries import (
    attended_digitally,
    count_present,
    digital_minutes,
    digital_minutes_by_person,
    get_audience,
    list_stays,
)
from crosslinks.live.rules import minutes_in
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import switch_mode
from tests.checkin.factories import be_at
from tests.factories import NOW, make_edition
from tests.live.factories import CLOSES, DURING, OPENS, person_on, set_stream


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        made = make_edition(onsite=5, digital=9)
        set_stream(made)
        return made


def stays(person: int) -> list[tuple[int, int]]:
    """Return a person's stays in seconds after ``DURING``."""
    db.session.rollback()
    return [
        (round((one.starts_at - DURING).total_seconds()), round((one.ends_at - DURING).total_seconds()))
        for one in list_stays(person)
    ]


def beat_at(client: FlaskClient, url: str, seconds: int) -> int:
    be_at(DURING + timedelta(seconds=seconds))
    return client.post(f"{url}/presence").status_code


def test_a_stay_grows_and_a_gap_begins_another(client: FlaskClient, edition: Edition) -> None:
    person, url = person_on(edition)
    assert {beat_at(client, url, second) for second in (0, 5, 60, 120, 260, 600, 600, 660)} == {204}
    assert stays(person) == [(0, 320), (600, 720)]
    assert digital_minutes(person) == 5 + 2
    assert minutes_in(list_stays(person)) == 7
    assert digital_minutes_by_person(edition.id) == {person: 7}
    assert (attended_digitally(edition.id, 7), attended_digitally(edition.id, 8)) == ({person}, set())


def test_it_needs_no_token_of_a_form_and_no_body_of_any_kind(client: FlaskClient, app: Flask, edition: Edition) -> None:
    person, url = person_on(edition)
    be_at(DURING)
    app.config["WTF_CSRF_ENABLED"] = True
    bodies = ({}, {"data": b"\x00" * 1000}, {"json": {"at": "2099-01-01"}}, {"data": "x=1", "content_type": "a/b"})
    for minute, body in enumerate(bodies):
        be_at(DURING + timedelta(minutes=minute))
        assert client.post(f"{url}/presence", **body).status_code == 204  # type: ignore[arg-type]
    assert digital_minutes(person) == len(bodies)
    assert client.post(f"{url}/here").status_code == 400, "the form is an ordinary one"
    assert client.get(f"{url}/presence").status_code == 405
    app.config["WTF_CSRF_ENABLED"] = False


def test_nothing_is_written_when_it_is_closed_or_not_theirs(client: FlaskClient, edition: Edition) -> None:
    person, url = person_on(edition)
    seated, other = person_on(edition, Mode.ONSITE)
    be_at(OPENS - timedelta(seconds=1))
    assert client.post(f"{url}/presence").status_code == 409
    be_at(CLOSES)
    assert client.post(f"{url}/presence").status_code == 409
    be_at(DURING)
    assert client.post(f"{other}/presence").status_code == 403
    with transaction():
        switch_mode(actor=Actor.registrant(person), now=NOW, registration_id=person, to=Mode.ONSITE)
    assert client.post(f"{url}/presence").status_code == 403
    assert (stays(person), stays(seated)) == ([], [])


def test_without_script_a_button_counts_one_minute(client: FlaskClient, edition: Edition) -> None:
    person, url = person_on(edition)
    be_at(DURING)
    page = client.get(url).text
    assert "<noscript>" in page
    assert "Each press counts as one minute." in page
    answer = client.post(f"{url}/here")
    assert (answer.status_code, answer.location) == (303, f"{url}?play=1")
    assert digital_minutes(person) == 1
    be_at(CLOSES)
    assert client.post(f"{url}/here").location == url
    assert digital_minutes(person) == 1


def test_it_leaves_everything_else_alone(client: FlaskClient, edition: Edition) -> None:
    person, url = person_on(edition)

    def others() -> tuple[object, ...]:
        db.session.rollback()
        row = db.session.get_one(Registration, person, populate_existing=True)
        found = db.session.get_one(Edition, edition.id, populate_existing=True)
        logged = db.session.scalar(select(func.count()).select_from(AuditEntry))
        return row.rev, row.roster_seq, row.changed_at, found.roster_seq, found.public_rev, found.figures, logged

    before = others()
    for minute in range(3):
        assert beat_at(client, url, 60 * minute) == 204
    assert others() == before


def test_a_beat_within_the_minute_writes_nothing_and_few_statements_suffice(
    client: FlaskClient, edition: Edition
) -> None:
    _person, url = person_on(edition)
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement.split(maxsplit=1)[0])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert beat_at(client, url, 0) == 204
        first = statements.copy()
        statements.clear()
        assert beat_at(client, url, 20) == 204
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert first.count("INSERT") + first.count("UPDATE") == 1
    assert len(first) <= 12
    assert set(statements) == {"BEGIN", "SELECT"} or set(statements) == {"SELECT"}
    assert len(statements) <= 5


def test_one_person_in_too_many_windows_is_slowed_and_others_are_not(client: FlaskClient, edition: Edition) -> None:
    _person, url = person_on(edition)
    _person, other = person_on(edition)
    be_at(DURING)
    codes = [client.post(f"{url}/presence").status_code for _ in range(62)]
    assert codes == [204] * 60 + [429] * 2
    assert client.post(f"{other}/presence").status_code == 204


def test_two_windows_at_once_make_one_stay(app: Flask, edition: Edition) -> None:
    person, _url = person_on(edition)
    be_at(DURING)
    together = Barrier(4)

    def at_once(_number: int) -> bool:
        with app.app_context():
            together.wait()
            with transaction():
                done = note_presence(now=now(), registration_id=person)
            db.session.remove()
            return done

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(at_once, range(4))) == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Presence)) == 1


def test_who_is_there_now_and_the_same_number_of_statements_for_many(client: FlaskClient, edition: Edition) -> None:
    people = [person_on(edition) for _ in range(3)]
    be_at(DURING)
    for _person, url in people:
        client.post(f"{url}/presence")
    beat_at(client, people[0][1], 120)
    assert count_present(edition.id, DURING + timedelta(minutes=2)) == 3
    assert count_present(edition.id, DURING + timedelta(minutes=3)) == 1
    assert count_present(edition.id, DURING - timedelta(minutes=1)) == 0
    found = db.session.get_one(Edition, edition.id)
    assert get_audience(found).people == 3
    assert clock.now() >= DURING
