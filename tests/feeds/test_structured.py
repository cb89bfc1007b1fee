"""What schema.org's and the search engines' Event requires: name, start, location; and what makes it ours."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from tests.factories import make_edition
from tests.programme.factories import Programme, make_person, make_talk, publish

HOME = "/crosslinks/2024"
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def described(client: FlaskClient, path: str, language: str = "en") -> dict[str, Any]:
    response = client.get(f"{HOME}/{path}", headers={"Accept-Language": language})
    assert response.status_code == 200, path
    (block,) = BLOCK.findall(response.text)
    found: dict[str, Any] = json.loads(block)
    assert found["@context"] == "https://schema.org"
    return found


def check_event(event: dict[str, Any]) -> None:
    assert event["@type"] == "Event"
    assert event["name"]
    for key in ("startDate", "endDate"):
        assert datetime.fromisoformat(event[key]).utcoffset() is not None
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert re.fullmatch(r"https://schema\.org/(Mixed|Offline|Online)EventAttendanceMode", event["eventAttendanceMode"])
    places = event["location"] if isinstance(event["location"], list) else [event["location"]]
    for place in places:
        if place["@type"] == "Place":
            assert place["name"]
            assert place["address"]["addressLocality"]
        else:
            assert place["@type"] == "VirtualLocation"
            assert place["url"].startswith("http")
    for performer in event.get("performer", ()):
        assert performer["@type"] == "Person"
        assert performer["name"]
    for part in event.get("subEvent", ()):
        check_event(part)


def test_the_home_page_says_what_search_engines_need(client: FlaskClient, day: Programme) -> None:
    event = described(client, "")
    check_event(event)
    assert event["eventAttendanceMode"].endswith("/MixedEventAttendanceMode")
    assert [place["@type"] for place in event["location"]] == ["Place", "VirtualLocation"]
    assert event["organizer"] == {
        "@type": "Organization", "name": "Oslo Cancer Cluster", "url": "http://127.0.0.1:8000/crosslinks/",
    }  # fmt: skip
    offer = event["offers"]
    assert (offer["price"], offer["priceCurrency"], offer["availability"]) == (0, "NOK", "https://schema.org/InStock")
    assert offer["url"] == "http://127.0.0.1:8000/crosslinks/2024/register"
    assert len(event["subEvent"]) == 3
    names = [person["name"] for person in event["performer"]]
    assert names[1] == "Prof.\xa0Sonja Loges"
    assert len(set(names)) == len(names) == 8


def test_the_programme_names_every_talk_and_who_gives_it(client: FlaskClient, day: Programme) -> None:
    event = described(client, "programme", "nb")
    check_event(event)
    assert len(event["subEvent"]) == 8
    names = {part["name"]: part["performer"][0]["name"] for part in event["subEvent"]}
    assert names["Antistoff-legemiddelkonjugater"] == "Dr.\xa0Paolo Tarantino"


def test_a_talk_and_a_person_describe_themselves(client: FlaskClient, day: Programme) -> None:
    talk = described(client, "talks/antibody-drug-conjugates")
    check_event(talk)
    check_event(talk["superEvent"])
    person = described(client, "speakers/leo-rasche")
    assert (person["@type"], person["name"]) == ("Person", "Dr.\xa0Leo Rasche")
    assert person["affiliation"]["name"] == "University Hospital Würzburg"
    assert [part["url"].rpartition("/")[2] for part in person["performerIn"]] == [day.talks["rasche"].slug]


@pytest.mark.parametrize(
    ("kept", "word", "kind"), [(Mode.ONSITE, "Offline", "Place"), (Mode.DIGITAL, "Online", "VirtualLocation")]
)
def test_with_one_mode_there_is_one_way_to_attend(client: FlaskClient, kept: Mode, word: str, kind: str) -> None:
    with transaction():
        edition = make_edition()
        edition.modes = [mode for mode in edition.modes if mode.mode is kept]
    event = described(client, "")
    check_event(event)
    assert event["eventAttendanceMode"] == f"https://schema.org/{word}EventAttendanceMode"
    assert event["location"]["@type"] == kind


def test_before_it_opens_and_when_nothing_is_left(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        for mode in db.session.merge(edition).modes:
            mode.capacity = 0
    assert described(client, "")["offers"]["availability"] == "https://schema.org/SoldOut"
    with transaction():
        found = db.session.merge(edition)
        found.registration_opens_at = found.starts_at
        found.public_rev += 1
    assert described(client, "")["offers"]["availability"] == "https://schema.org/PreOrder"


def test_nothing_that_is_written_ends_the_block(client: FlaskClient, edition: Edition) -> None:
    hostile = "</script><script>alert(1)</script><!-- \u2028 \"'&"
    with transaction():
        person = make_person(edition, hostile, "Eve", affiliation=hostile)
        talk = make_talk(edition, None, "10:40", 30, hostile, speakers=[person], abstract=hostile)
        publish(edition)
    assert described(client, f"talks/{talk.slug}")["name"] == hostile
    assert described(client, f"speakers/{person.slug}")["affiliation"]["name"] == hostile
    assert described(client, "programme")["subEvent"][0]["name"] == hostile
    assert "<script>alert" not in client.get(f"{HOME}/programme").text


def test_every_page_names_its_one_address_and_its_languages(client: FlaskClient, day: Programme) -> None:
    for path in ("", "programme", "speakers", "speakers/leo-rasche", "practical"):
        html = client.get(f"{HOME}/{path}?lang=nb").text
        assert html.count('rel="canonical"') == 1
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{HOME}/{path}">' in html
        assert f'hreflang="en" href="http://127.0.0.1:8000{HOME}/{path}?lang=en"' in html
        assert html.count('property="og:title"') == 1
