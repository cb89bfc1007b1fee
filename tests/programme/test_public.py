from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import event

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.operations import change_talk
from crosslinks.programme.people import change_person
from crosslinks.programme.queries import get_timeline, list_highlighted_people, list_public_people
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.programme.factories import (
    HIGHLIGHTED,
    Programme,
    make_person,
    make_programme,
    make_session,
    make_talk,
    oslo,
    publish,
)

HOME = "/crosslinks/2024"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        return make_programme(edition)


@contextmanager
def at(clock_text: str) -> Iterator[None]:
    before = clock.offset
    clock.offset = oslo(clock_text) - real_now()
    yield
    clock.offset = before


def page(client: FlaskClient, path: str, language: str = "en") -> str:
    response = client.get(f"{HOME}/{path}", headers={"Accept-Language": language})
    assert response.status_code == 200, path
    return response.text


def test_the_programme_shows_the_day_in_the_editions_zone_in_both_languages(
    client: FlaskClient, day: Programme
) -> None:
    english, norwegian = page(client, "programme"), page(client, "programme", "nb")
    for expected in (
        "10:40",
        "The personalised oncology landscape in Germany",
        "Keynote",
        "Dr.\xa0Marte Grønlie Cameron",
    ):
        assert expected in english
    for expected in ("10.40", "Persontilpasset kreftbehandling i Tyskland", "Presisjonsonkologi og immunterapi"):
        assert expected in norwegian
    assert "The stream resumes at 13:25" in english
    assert "16th Cancer Crosslinks, Thursday\u00a025\u00a0January\u00a02024" in english


def test_a_week_before_nothing_is_marked(client: FlaskClient, day: Programme) -> None:
    html = page(client, "programme")
    assert "entry--now" not in html
    assert "entry--past" not in html
    assert "data-day-live" not in html
    assert "/lost" not in html


def test_during_the_day_the_server_marks_past_now_and_next(client: FlaskClient, day: Programme) -> None:
    with at("11:34"):
        html = page(client, "programme")
        english = html[html.index('id="talk-the-microbiome') :]
    assert html.count("entry--now") == 1
    assert "Now, until 11:55" in english
    assert "9 of 30 minutes gone" in html
    assert "Next, in 21 minutes" in html
    assert html.count("entry--past") == 2
    assert 'href="/crosslinks/2024/lost"' in html, "who holds a place on the stream finds the way to it"
    assert 'href="#talk-the-microbiome-and-the-response-to-immunotherapy"' in html


def test_in_a_break_the_page_says_so_and_what_comes_next(edition: Edition, day: Programme) -> None:
    timeline = get_timeline(edition, oslo("12:50"))
    assert timeline.running == ()
    assert timeline.running_break is not None
    assert timeline.running_break.title["en"] == "Lunch and mingling"
    assert timeline.next_talk is not None
    assert timeline.next_talk.minutes_until == 35


@pytest.mark.parametrize(
    ("moment", "until"),
    [("08:00", oslo("08:30")), ("08:30", oslo("08:31")), ("12:25", oslo("12:26")), ("15:35", None)],
)
def test_a_timeline_is_good_until_its_next_boundary(
    edition: Edition, day: Programme, moment: str, until: datetime | None
) -> None:
    assert get_timeline(edition, oslo(moment)).until == until


def test_after_the_day_nothing_is_marked(edition: Edition, day: Programme) -> None:
    timeline = get_timeline(edition, oslo("15:35"))
    assert not timeline.live
    assert all(not talk.mark for talk in timeline.talks)


def test_a_kept_page_follows_the_clock(client: FlaskClient, day: Programme) -> None:
    with at("11:54"):
        assert "Now, until 11:55" in page(client, "programme")
    with at("11:55"):
        assert "Now, until 12:25" in page(client, "programme")


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def count(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    yield seen
    event.remove(db.engine, "before_cursor_execute", count)


@pytest.mark.parametrize("read", [get_timeline, lambda edition, now: list_public_people(edition)])
def test_a_long_day_costs_as_many_statements_as_a_short_one(
    edition: Edition, read: Callable[[Edition, datetime], object]
) -> None:
    def cost() -> int:
        db.session.expire_all()
        db.session.refresh(edition)
        with statements() as seen:
            read(edition, NOW)
        return len(seen)

    with transaction():
        room = make_session(edition, "10:40", 400, title={"en": "Long"})
        people = [make_person(edition, family=f"Number {number}") for number in range(40)]
        for number in range(3):
            make_talk(edition, room, "10:40", 5, speakers=[people[number]])
        publish(edition)
    few = cost()
    with transaction():
        for number in range(3, 40):
            make_talk(edition, room, "10:45", 5, speakers=people[: 2 + number % 3])
        publish(edition)
    assert cost() == few <= 6


def test_speakers_come_highlighted_first_and_moderators_are_there_too(client: FlaskClient, day: Programme) -> None:
    html = page(client, "speakers")
    order = [html.index(day.people[key].name) for key in (*HIGHLIGHTED[:2], "homme", "cameron")]
    assert order == sorted(order)


def test_the_front_page_gets_the_highlighted(edition: Edition, day: Programme) -> None:
    cards = list_highlighted_people(edition)
    assert {card.person.slug for card in cards} == {day.people[key].slug for key in HIGHLIGHTED}
    assert cards[0].topics[0]["en"].startswith("The personalised")


def test_a_speakers_page_has_the_slot_and_says_what_is_missing(client: FlaskClient, day: Programme) -> None:
    english, norwegian = page(client, "speakers/leo-rasche"), page(client, "speakers/leo-rasche", "nb")
    assert "14:50–15:25" in english
    assert "Dr.\xa0Katrin Kleinmanns" in english
    assert english.count("Not given yet.") == 3
    assert norwegian.count("Ikke oppgitt ennå.") == 3


def test_a_moderators_page_names_their_sessions(client: FlaskClient, day: Programme) -> None:
    html = page(client, "speakers/vilde-drageset-haakensen")
    assert "Precision oncology and immunotherapy" in html
    assert "New technologies in oncology" in html


def test_who_has_no_part_in_the_day_has_no_page(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_person(edition, "Not", "Announced")
    assert client.get(f"{HOME}/speakers/not-announced").status_code == 404
    assert "Announced" not in page(client, "speakers")


def test_a_talk_page_has_title_slot_speaker_and_abstract(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=day.talks["tarantino"],
            changes={"abstract": "What **links** antibody and drug.", "abstract_language": "en"},
        )  # fmt: skip
        publish(edition)
    html = page(client, "talks/antibody-drug-conjugates", "nb")
    assert "Antistoff-legemiddelkonjugater" in html
    assert "Paolo Tarantino" in html
    assert '<div class="prose" lang="en"><p>What <strong>links</strong> antibody' in html


def test_what_people_write_cannot_break_out(client: FlaskClient, edition: Edition) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) \"quoted' {{ 7*7 }}"
    with transaction():
        person = make_person(
            edition, "<b>Eve", 'O"Hara', biography=hostile, disclosure=hostile, affiliation=hostile, highlighted=True
        )
        session = make_session(
            edition, "10:40", 60, title={"en": hostile}, summary={"en": hostile}, moderators=[person]
        )
        talk = make_talk(edition, session, "10:40", 30, hostile, speakers=[person], abstract=hostile)
        publish(edition)
    for path in ("programme", "speakers", f"speakers/{person.slug}", f"talks/{talk.slug}"):
        html = page(client, path)
        for forbidden in ("<script>alert", "<img src=x", 'href="javascript:', "<b>Eve"):
            assert forbidden not in html, (path, forbidden)
        assert "{{ 7*7 }}" in html
    assert (
        "<script" not in Calendar.from_ical(client.get(f"{HOME}/programme.ics").data).to_ical().decode().split("SUM")[0]
    )


@pytest.mark.parametrize("path", ["programme", "programme.ics", "speakers", "speakers/leo-rasche", "talks/welcome"])
def test_a_draft_never_leaks(client: FlaskClient, edition: Edition, day: Programme, path: str) -> None:
    with transaction():
        db.session.merge(edition).state = EditionState.DRAFT
    response = client.get(f"{HOME}/{path}")
    assert response.status_code == 404
    assert "Rasche" not in response.text


def test_another_edition_shows_nothing_of_this_one(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        make_edition(edition.conference, slug="2025", number=17)
        make_edition(make_conference("other", name="Other"), slug="2024")
    for home in ("/crosslinks/2025", "/other/2024"):
        assert client.get(f"{home}/speakers/leo-rasche").status_code == 404
        assert client.get(f"{home}/talks/welcome").status_code == 404
        assert "Rasche" not in client.get(f"{home}/programme").text
        assert "Rasche" not in client.get(f"{home}/speakers").text


@pytest.mark.parametrize("slug", ["nobody", "%00", "..%2f..", "a" * 3000, "%F0%9F%98%80", "%ff"])
def test_odd_addresses_are_simply_not_there(client: FlaskClient, edition: Edition, slug: str) -> None:
    for part in ("speakers", "talks"):
        assert client.get(f"{HOME}/{part}/{slug}").status_code in {400, 404, 414}


def test_a_change_is_seen_at_once(client: FlaskClient, edition: Edition, day: Programme) -> None:
    before = page(client, "speakers")
    etag = client.get(f"{HOME}/speakers").headers["ETag"]
    assert client.get(f"{HOME}/speakers", headers={"If-None-Match": etag}).status_code == 304
    with transaction():
        change_person(
            actor=TESTER, now=NOW, edition=edition, person=day.people["ali"], changes={"affiliation": "Cambridge"}
        )
    assert "Cambridge" not in before
    assert "Cambridge" in page(client, "speakers")


def test_the_calendar_has_every_talk_once_with_lasting_identities(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    def events() -> dict[str, tuple[datetime, int]]:
        calendar = Calendar.from_ical(client.get(f"{HOME}/programme.ics").data)
        return {str(e["uid"]): (e["dtstart"].dt, int(e["sequence"])) for e in calendar.walk("VEVENT")}

    first = events()
    talk = day.talks["rasche"]
    assert len(first) == 8
    assert first[str(talk.uuid)][0] == datetime(2024, 1, 25, 13, 50, tzinfo=UTC)
    with transaction():
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=talk,
            changes={"starts_at": oslo("14:55"), "title": {"en": "Renamed; with, signs"}},
        )  # fmt: skip
        publish(edition)
    second = events()
    assert second.keys() == first.keys()
    assert second[str(talk.uuid)][0] == oslo("14:55")
    assert second[str(talk.uuid)][1] > first[str(talk.uuid)][1]
    one = Calendar.from_ical(client.get(f"{HOME}/talks/{talk.slug}.ics").data)
    assert [str(e["uid"]) for e in one.walk("VEVENT")] == [str(talk.uuid)]
    assert client.get(f"{HOME}/programme.ics").content_type == "text/calendar; charset=utf-8"


def test_without_a_stream_nothing_is_said_about_one(client: FlaskClient) -> None:
    with transaction():
        edition = make_edition(slug="2026")
        edition.modes = [mode for mode in edition.modes if mode.mode is Mode.ONSITE]
        make_programme(edition)
    html = client.get("/crosslinks/2026/programme").text
    assert "stream" not in html.lower().replace("strand-stream", "").replace("portrait__stream", "").replace(
        "mark__stream", ""
    )


def test_an_edition_of_two_days_shows_both(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_talk(edition, None, "10:00", 30, "First day")
        later = make_talk(edition, None, "10:00", 30, "Second day")
        move = timedelta(days=1)
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=later,
            changes={"starts_at": later.starts_at + move, "ends_at": later.ends_at + move},
        )  # fmt: skip
        publish(edition)
    html = page(client, "programme").partition("<main")[2]
    assert html.index("Friday 26 January 2024") < html.index("Second day")


def test_an_empty_programme_says_what_will_be_here(client: FlaskClient, edition: Edition) -> None:
    assert "The programme will be here." in page(client, "programme")
    assert "Her kommer foredragsholderne." in page(client, "speakers", "nb")
