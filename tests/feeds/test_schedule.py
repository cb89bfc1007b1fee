"""The rules of the c3voc's schedule.xml.xsd and schedule.schema.json, as far as they bear on what is written."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as database_event

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.operations import change_talk
from crosslinks.programme.slides import answer_recording
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.programme.factories import Programme, make_person, make_talk, publish

HOME = "/crosslinks/2024"
ACRONYM = re.compile(r"[a-z0-9_-][a-z0-9_]{3,}")
XML_SLUG = re.compile(r"[a-z0-9_]{4,}-[a-z0-9\-_]{4,}")
JSON_SLUG = re.compile(r"[a-z0-9_-]+[a-z0-9]")
DURATION = re.compile(r"[0-9]{1,2}:[0-9]{2}")
START = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
REQUIRED_EVENT = {
    "abstract", "date", "duration", "guid", "id", "language", "links", "persons", "room", "slug", "start", "subtitle",
    "title", "track", "type", "url",
}  # fmt: skip
KNOWN_EVENT = REQUIRED_EVENT | {
    "attachments", "description", "do_not_record", "do_not_stream", "end", "logo", "recording_license",
}  # fmt: skip


def xml(client: FlaskClient, home: str = HOME) -> ET.Element:
    response = client.get(f"{home}/programme.xml")
    assert response.content_type == "application/xml; charset=utf-8"
    return ET.fromstring(response.data)


def schedule(client: FlaskClient, home: str = HOME, language: str = "en") -> dict[str, Any]:
    response = client.get(f"{home}/programme.json", headers={"Accept-Language": language})
    assert response.content_type == "application/json; charset=utf-8"
    found: dict[str, Any] = response.json
    return found


def events_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        event for day in found["schedule"]["conference"]["days"] for events in day["rooms"].values() for event in events
    ]


def text(element: ET.Element, name: str) -> str:
    child = element.find(name)
    assert child is not None, name
    return child.text or ""


def test_the_xml_keeps_the_rules_of_its_schema(client: FlaskClient, rich_day: Programme) -> None:
    root = xml(client)
    assert [child.tag for child in root] == ["generator", "url", "version", "conference", "day", "day"]
    conference = root.find("conference")
    assert conference is not None
    assert re.fullmatch(r"[a-z0-9_-]{4,}", text(conference, "acronym"))
    assert text(conference, "days") == "2"
    assert text(conference, "time_zone_name") == "Europe/Oslo"
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", track.attrib["slug"]) for track in conference.findall("track"))
    events = root.findall("day/room/event")
    assert len(events) == 13
    for event in events:
        assert int(event.attrib["id"]) > 0
        UUID(event.attrib["guid"])
        names = [child.tag for child in event]
        assert len(names) == len(set(names))
        assert {"room", "title", "type", "date", "start", "duration", "abstract", "track"} <= set(names)
        assert MOMENT.fullmatch(text(event, "date"))
        assert START.fullmatch(text(event, "start"))
        assert DURATION.fullmatch(text(event, "duration"))
        assert XML_SLUG.fullmatch(text(event, "slug"))
        assert text(event, "url").startswith("http")
        assert text(event, "recording/optout") in {"true", "false"}
        assert event.find("recording/license") is not None
    for unique in (
        [event.attrib["guid"] for event in events],
        [event.attrib["id"] for event in events],
        [text(event, "slug") for event in events],
        [day.attrib["index"] for day in root.findall("day")],
    ):
        assert len(set(unique)) == len(unique)
    for day in root.findall("day"):
        assert MOMENT.fullmatch(day.attrib["start"])
        assert MOMENT.fullmatch(day.attrib["end"])
        assert day.attrib["date"] == day.attrib["start"][:10]


def test_the_json_keeps_the_rules_of_its_schema(client: FlaskClient, rich_day: Programme) -> None:
    found = schedule(client)
    assert set(found) == {"$schema", "generator", "schedule"}
    assert isinstance(found["schedule"]["version"], str)
    conference = found["schedule"]["conference"]
    assert set(conference) == {
        "acronym", "title", "start", "end", "daysCount", "timeslot_duration", "url", "tracks", "rooms", "days",
        "time_zone_name",
    }  # fmt: skip
    assert ACRONYM.fullmatch(conference["acronym"])
    assert conference["daysCount"] == len(conference["days"]) == 2
    assert [day["index"] for day in conference["days"]] == [1, 2]
    assert {room["name"] for room in conference["rooms"]} == {
        name for day in conference["days"] for name in day["rooms"]
    }
    assert all(UUID(room["guid"]) for room in conference["rooms"])
    assert len({room["guid"] for room in conference["rooms"]}) == len(conference["rooms"])
    for track in conference["tracks"]:
        assert JSON_SLUG.fullmatch(track["slug"])
    for event in events_of(found):
        assert set(event) == KNOWN_EVENT
        assert isinstance(event["id"], int)
        assert event["id"] >= 1
        UUID(event["guid"])
        assert MOMENT.fullmatch(event["date"])
        assert START.fullmatch(event["start"])
        assert DURATION.fullmatch(event["duration"])
        assert JSON_SLUG.fullmatch(event["slug"])
        assert isinstance(event["title"], str)
        for person in event["persons"]:
            assert "public_name" not in person  # with it a person would be of both kinds, which the schema forbids
            assert person["name"]
            UUID(person["guid"])


def test_breaks_and_sessions_without_talks_are_there_in_order(client: FlaskClient, rich_day: Programme) -> None:
    rooms = schedule(client, language="nb")["schedule"]["conference"]["days"][0]["rooms"]
    hall = rooms["Kaare Norum auditorium"]
    assert [event["type"] for event in hall].count("break") == 2
    assert [event["date"] for event in hall] == sorted(event["date"] for event in hall)
    lunch = next(event for event in hall if event["type"] == "break")
    assert (lunch["title"], lunch["duration"], lunch["persons"]) == ("Lunsj og mingling", "01:00", [])
    assert [event["title"] for event in rooms['Sal 2 <&>"']] == ["日本語 <b>", "Verksted æøå"]
    assert rooms['Sal 2 <&>"'][1]["persons"][0]["name"] == "Prof.\xa0Sonja Loges"


def test_characters_that_xml_cannot_hold_are_left_out(client: FlaskClient, rich_day: Programme) -> None:
    odd = next(event for event in xml(client).iter("event") if "語" in text(event, "title"))
    assert text(odd, "title") == "日本語 <b>"
    assert text(odd, "abstract") == "Abstract  & <x>"


def test_identities_outlive_a_change_and_the_version_grows(
    client: FlaskClient, edition: Edition, rich_day: Programme
) -> None:
    before = schedule(client)
    with transaction():
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=rich_day.talks["rasche"], changes={"title": {"en": "New"}}
        )
        publish(edition)
    after = schedule(client)
    for key in ("guid", "id", "slug"):
        assert [event[key] for event in events_of(after)] == [event[key] for event in events_of(before)]
    assert int(after["schedule"]["version"]) > int(before["schedule"]["version"])


def test_an_empty_programme_still_has_a_day(client: FlaskClient, edition: Edition) -> None:
    root = xml(client)
    assert [day.attrib["date"] for day in root.findall("day")] == ["2024-01-25"]
    assert schedule(client)["schedule"]["conference"]["days"][0]["rooms"] == {}


def test_short_names_and_unusual_zones_make_no_bad_file(client: FlaskClient) -> None:
    with transaction():
        make_edition(make_conference("a", name="A"), slug="1", time_zone="Etc/GMT+1")
    conference = schedule(client, "/a/1")["schedule"]["conference"]
    assert ACRONYM.fullmatch(conference["acronym"])
    assert "time_zone_name" not in conference


@pytest.mark.parametrize("path", ["programme.xml", "programme.json", "speakers/leo-rasche.ics", "talks/welcome.ics"])
def test_a_draft_never_leaks(client: FlaskClient, edition: Edition, day: Programme, path: str) -> None:
    with transaction():
        db.session.merge(edition).state = EditionState.DRAFT
    response = client.get(f"{HOME}/{path}")
    assert response.status_code == 404
    assert "Rasche" not in response.text


@pytest.mark.parametrize("path", ["programme.xml", "programme.json", "programme.ics"])
def test_who_has_the_file_is_told_so(client: FlaskClient, day: Programme, path: str) -> None:
    first = client.get(f"{HOME}/{path}")
    again = client.get(f"{HOME}/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_long_programme_costs_as_many_statements_as_a_short_one(client: FlaskClient, edition: Edition) -> None:
    def cost() -> int:
        client.application.extensions["crosslinks.keeper"].clear()
        seen: list[str] = []

        def count(connection: object, cursor: object, statement: str, *rest: object) -> None:
            seen.append(statement)

        database_event.listen(db.engine, "before_cursor_execute", count)
        for kind in ("xml", "json", "ics"):
            client.get(f"{HOME}/programme.{kind}")
        database_event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    with transaction():
        people = [make_person(edition, family=f"Number {number}") for number in range(30)]
        make_talk(edition, None, "10:00", 5, speakers=people[:1])
        publish(edition)
    few = cost()
    with transaction():
        for number in range(30):
            make_talk(edition, None, "10:00", 5, speakers=[people[number]])
        publish(edition)
    assert cost() == few


def test_only_what_all_speakers_allow_is_recorded(client: FlaskClient, edition: Edition, day: Programme) -> None:
    talk, speaker = day.talks["rasche"], day.people["rasche"]
    with transaction():
        answer_recording(actor=TESTER, now=NOW, edition=edition, person=speaker, talk_id=talk.id, given=True)
    marks = {event["guid"]: event["do_not_record"] for event in events_of(schedule(client))}
    assert marks[str(talk.uuid)] is False
    assert marks[str(day.talks["loges"].uuid)] is True
