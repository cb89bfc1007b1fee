"""The organizer's page of the stream."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.live.models import Presence, Stream
from crosslinks.live.rules import StreamKind
from crosslinks.registration.rules import Place
from tests.accounts.factories import sign_in
from tests.checkin.factories import be_at, make_person
from tests.factories import make_edition
from tests.hostile import HOSTILE
from tests.live.factories import DURING, PLAYER, person_on, set_stream

MANAGE = "/manage/crosslinks/2024/stream"
FORM = {
    "kind": "embed",
    "address": "https://youtu.be/dQw4w9WgXcQ",
    "opens_before": "20",
    "captions_en": "Captions in English",
    "captions_nb": "Teksting på engelsk",
}


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(digital=5000)


def stored(edition: Edition) -> Stream | None:
    db.session.rollback()
    return db.session.get(Stream, edition.id, populate_existing=True)


def test_it_is_set_up_and_logged(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    assert client.post(MANAGE, data=FORM).status_code == 303
    stream = stored(edition)
    assert stream is not None
    assert (stream.kind, stream.address, stream.opens_before) == (StreamKind.EMBED, FORM["address"], 20)
    assert stream.captions == {"en": "Captions in English", "nb": "Teksting på engelsk"}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "stream.changed")).one()
    assert entry.after["opens_before"] == 20
    log = client.get("/manage/crosslinks/2024/log").text
    assert "The stream: changed" in log
    _person, url = person_on(edition)
    be_at(DURING)
    assert "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ" in client.get(f"{url}?play=1").text
    assert client.post(MANAGE, data=FORM | {"address": ""}).status_code == 303
    assert "The stream is not here yet" in client.get(url).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "http://video.example.org/"),
        ("address", "https://me:you@video.example.org/"),
        ("address", "https://"),
        ("address", "https://example.org/" + "x" * 600),
        ("opens_before", "-1"),
        ("opens_before", "9" * 400),
        ("opens_before", "9" * 9000),
        ("opens_before", "soon"),
        ("opens_before", ""),
        ("kind", "tunnel"),
        ("kind", ""),
        ("captions_en", "x" * 201),
        ("captions_nb", "a\x00b"),
    ],
)
def test_what_cannot_be_used_is_refused_and_kept(client: FlaskClient, edition: Edition, field: str, value: str) -> None:
    sign_in(client)
    answer = client.post(MANAGE, data=FORM | {field: value})
    assert answer.status_code == 422
    assert 'id="errors"' in answer.text
    assert 'value="https://youtu.be/dQw4w9WgXcQ"' in answer.text or field == "address"
    assert stored(edition) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_harm_nothing(client: FlaskClient, edition: Edition, text: str) -> None:
    sign_in(client)
    _person, url = person_on(edition)
    be_at(DURING)
    for field in ("address", "captions_en", "captions_nb", "opens_before", "kind"):
        assert client.post(MANAGE, data=FORM | {field: text}).status_code in {303, 422}
        for address in (MANAGE, f"{MANAGE}/preview?play=1", url, f"{url}?play=1", "/manage/crosslinks/2024/log"):
            page = client.get(address)
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert "\n" not in page.headers["Content-Security-Policy"]
            policy = dict(part.partition(" ")[::2] for part in page.headers["Content-Security-Policy"].split("; "))
            assert policy["script-src"] == "'self'"
            assert re.fullmatch(r"https://[a-z0-9.:-]+", policy.get("frame-src", "https://x"))


def test_who_may_only_look_sees_figures_and_no_address(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        set_stream(edition)
    sign_in(client, Role.DOOR_LEAD)
    page = client.get(MANAGE)
    assert page.status_code == 200
    assert "player.example.org" not in page.text
    assert client.post(MANAGE, data=FORM).status_code == 403
    assert client.get(f"{MANAGE}/preview").status_code == 403
    assert client.get(f"{MANAGE}/audience.csv").status_code == 200


def test_the_page_can_be_tried_before_anybody_sees_it(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        set_stream(edition)
    sign_in(client)
    before = client.get(f"{MANAGE}/preview")
    assert "<iframe" not in before.text
    assert "frame-src" not in before.headers["Content-Security-Policy"]
    after = client.get(f"{MANAGE}/preview?play=1")
    assert f'src="{PLAYER}"' in after.text
    assert "frame-src https://player.example.org" in after.headers["Content-Security-Policy"]
    assert "data-presence" not in after.text


def add_somebody(edition: Edition) -> None:
    person = make_person(edition, place=Place.DIGITAL)
    ends_at = DURING + timedelta(minutes=20)
    db.session.add(
        Presence(edition_id=edition.id, registration_id=person.id, starts_at=DURING, ends_at=ends_at, minutes=20)
    )


def noting(statements: list[str]) -> Callable[..., None]:
    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    return note


def watch(client: FlaskClient, url: str, minutes: int) -> None:
    for minute in range(minutes):
        be_at(DURING + timedelta(minutes=minute))
        assert client.post(f"{url}/presence").status_code == 204


def test_who_is_there_shows_with_curve_table_and_download(client: FlaskClient, edition: Edition) -> None:
    first, url = person_on(edition, given_name="Ingrid")
    _second, other = person_on(edition)
    watch(client, other, 1)
    watch(client, url, 12)
    sign_in(client)
    page = client.get(MANAGE).text
    assert "Now on the stream: 1" in page
    assert "<svg" in page
    assert "Show as table" in page
    rows = list(csv.reader(io.StringIO(client.get(f"{MANAGE}/audience.csv").text.removeprefix("\ufeff"))))
    assert rows == [["From", "People"], ["2024-01-25 11:00", "2"], ["2024-01-25 11:05", "1"], ["2024-01-25 11:10", "1"]]
    person = client.get(f"/manage/crosslinks/2024/registrations/{first}").text
    assert re.search(r"<dt>At the stream</dt>\s*<dd>12 minutes</dd>", person)
    be_at(DURING + timedelta(days=1))
    assert "2 people followed the stream" in client.get(MANAGE).text


def test_the_page_costs_the_same_for_three_and_for_many(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    counted: list[int] = []
    for people in (3, 60):
        with transaction():
            for _ in range(people):
                add_somebody(edition)
        statements: list[str] = []
        note = noting(statements)
        event.listen(db.engine, "before_cursor_execute", note)
        assert client.get(MANAGE).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        counted.append(len(statements))
    assert counted[0] == counted[1]
