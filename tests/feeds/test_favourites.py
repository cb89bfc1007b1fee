from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.feeds.models import FavouriteList
from crosslinks.kernel.db import db, transaction
from crosslinks.privacy.retention import erase_edition
from crosslinks.programme.operations import change_talk
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import Programme, make_talk, oslo, publish

HOME = "/crosslinks/2024"


def chosen(day: Programme, *keys: str) -> dict[str, list[str]]:
    return {"talk": [str(day.talks[key].uuid) for key in keys]}


def make_feed(client: FlaskClient, day: Programme, *keys: str) -> str:
    response = client.post(f"{HOME}/my-programme", data=chosen(day, *keys))
    assert response.status_code == 303
    location: str = response.headers["Location"]
    assert re.fullmatch(r"/f/[\w-]{30}", location)
    return location


def uids(client: FlaskClient, feed: str) -> set[str]:
    response = client.get(f"{feed}.ics")
    assert response.content_type == "text/calendar; charset=utf-8"
    return {str(event["uid"]) for event in Calendar.from_ical(response.data).walk("VEVENT")}


def test_every_talk_has_a_star_that_leads_on_without_script(client: FlaskClient, day: Programme) -> None:
    html = client.get(f"{HOME}/programme").text
    assert html.count('class="star"') == 8
    assert f'<form id="stars" action="{HOME}/my-programme"' in html
    page = client.get(f"{HOME}/my-programme", query_string=chosen(day, "rasche")).text
    assert page.count(" checked>") == 1
    assert db.session.query(FavouriteList).count() == 0


def test_a_choice_becomes_a_page_and_a_calendar(client: FlaskClient, day: Programme) -> None:
    feed = make_feed(client, day, "loges", "rasche")
    page = client.get(feed)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "2 talks" in page.text
    assert "2 foredrag" in client.get(feed, headers={"Accept-Language": "nb"}).text
    assert uids(client, feed) == {str(day.talks[key].uuid) for key in ("loges", "rasche")}


def test_a_choice_changes_by_form_and_by_script(app: Flask, client: FlaskClient, day: Programme) -> None:
    feed = make_feed(client, day, "loges")
    assert client.post(feed, data=chosen(day, "ali", "loges")).status_code == 303
    assert uids(client, feed) == {str(day.talks[key].uuid) for key in ("loges", "ali")}
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(f"{feed}/talks", data=chosen(day, "schaar")).status_code == 204
    assert uids(client, feed) == {str(day.talks["schaar"].uuid)}
    assert client.post(feed, data=chosen(day, "ali")).status_code == 400
    assert client.post(f"{feed}/forget").status_code == 400


def test_a_calendar_that_polls_is_told_that_it_has_it(client: FlaskClient, edition: Edition, day: Programme) -> None:
    feed = make_feed(client, day, "rasche")
    etag = client.get(f"{feed}.ics").headers["ETag"]
    again = client.get(f"{feed}.ics", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    with transaction():
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=day.talks["rasche"], changes={"starts_at": oslo("14:55")}
        )
        publish(edition)
    moved = client.get(f"{feed}.ics", headers={"If-None-Match": etag})
    (event,) = Calendar.from_ical(moved.data).walk("VEVENT")
    assert event["dtstart"].dt == oslo("14:55")
    client.post(feed, data=chosen(day, "ali"))
    assert client.get(f"{feed}.ics", headers={"If-None-Match": moved.headers["ETag"]}).status_code == 200


def test_a_forgotten_list_opens_nothing_and_its_number_no_other(client: FlaskClient, day: Programme) -> None:
    feed = make_feed(client, day, "rasche")
    response = client.post(f"{feed}/forget")
    assert response.headers["Location"] == f"{HOME}/programme"
    other = make_feed(client, day, "loges")
    assert other != feed
    for path in (feed, f"{feed}.ics"):
        assert client.get(path).status_code == 404
    assert client.post(f"{feed}/talks", data=chosen(day, "loges")).status_code == 404


def test_lists_go_with_the_people_of_the_edition(client: FlaskClient, edition: Edition, day: Programme) -> None:
    feed = make_feed(client, day, "rasche")
    erase_edition(edition.id, actor=TESTER)
    assert client.get(feed).status_code == 404
    assert db.session.query(FavouriteList).count() == 0


@pytest.mark.parametrize("talks", [[], ["nothing"], ["\x00"], ["x" * 100_000], ["12", "", "<script>"]])
def test_without_a_talk_there_is_no_list(client: FlaskClient, day: Programme, talks: list[str]) -> None:
    response = client.post(f"{HOME}/my-programme", data={"talk": talks})
    assert response.status_code == 422
    assert "Choose at least one talk." in response.text
    assert db.session.query(FavouriteList).count() == 0


def test_talks_of_another_edition_are_left_out(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        other_edition = make_edition(edition.conference, slug="2025", number=17)
        other = make_talk(other_edition, None, "10:00", 30, "Elsewhere")
        publish(other_edition)
    feed = make_feed(client, day, "rasche")
    client.post(feed, data={"talk": [str(other.uuid), str(day.talks["ali"].uuid)]})
    assert uids(client, feed) == {str(day.talks["ali"].uuid)}


def test_a_draft_shows_no_list(client: FlaskClient, edition: Edition, day: Programme) -> None:
    feed = make_feed(client, day, "rasche")
    with transaction():
        db.session.merge(edition).state = EditionState.DRAFT
    for path in (feed, f"{feed}.ics", f"{HOME}/my-programme"):
        response = client.get(path)
        assert response.status_code == 404
        assert "Rasche" not in response.text


@pytest.mark.parametrize("token", ["nothing", "a" * 30, "%00", "A" * 5000])
def test_odd_tokens_open_nothing(client: FlaskClient, edition: Edition, token: str) -> None:
    assert client.get(f"/f/{token}").status_code == 404
    assert client.get(f"/f/{token}.ics").status_code == 404
