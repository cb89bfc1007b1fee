from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar, Component

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import transaction
from crosslinks.programme.operations import change_talk
from tests.factories import NOW, TESTER
from tests.programme.factories import Programme, oslo, publish

HOME = "/crosslinks/2024"


def events(client: FlaskClient, path: str) -> list[Component]:
    response = client.get(f"{HOME}/{path}")
    assert response.status_code == 200, path
    assert response.content_type == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(response.data).walk("VEVENT"))


def test_every_moment_names_a_zone_that_the_file_describes(client: FlaskClient, day: Programme) -> None:
    calendar = Calendar.from_ical(client.get(f"{HOME}/programme.ics").data)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Oslo"]
    for event in calendar.walk("VEVENT"):
        assert event["dtstart"].params["TZID"] == event["dtend"].params["TZID"] == "Europe/Oslo"
        assert event["last-modified"].dt.tzinfo is not None


def test_a_change_keeps_the_identity_and_raises_the_sequence(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    talk = day.talks["rasche"]
    (before,) = events(client, f"talks/{talk.slug}.ics")
    with transaction():
        change_talk(actor=TESTER, now=NOW, edition=edition, talk=talk, changes={"starts_at": oslo("14:55")})
        publish(edition)
    (after,) = events(client, f"talks/{talk.slug}.ics")
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["last-modified"].dt >= before["last-modified"].dt
    assert after["dtstart"].dt == oslo("14:55")


def test_a_session_has_a_calendar_of_its_talks(client: FlaskClient, day: Programme) -> None:
    found = events(client, f"sessions/{day.sessions[0].uuid}.ics")
    assert [str(event["uid"]) for event in found] == [
        str(day.talks[key].uuid) for key in ("loges", "derosa", "tarantino")
    ]


def test_a_session_without_talks_is_one_event(client: FlaskClient, rich_day: Programme) -> None:
    lunch = next(one for one in rich_day.sessions if one.kind.value == "break")
    (event,) = events(client, f"sessions/{lunch.uuid}.ics")
    assert str(event["summary"]) == "Lunch and mingling"


def test_a_persons_calendar_has_what_they_say_and_what_they_moderate(client: FlaskClient, day: Programme) -> None:
    moderated = {str(event["uid"]) for event in events(client, "speakers/vilde-drageset-haakensen.ics")}
    assert moderated == {str(session.uuid) for session in day.sessions if session.moderators} - {
        str(day.sessions[-1].uuid)
    }
    (talk,) = events(client, "speakers/leo-rasche.ics")
    assert str(talk["uid"]) == str(day.talks["rasche"].uuid)


@pytest.mark.parametrize(
    "path",
    ["sessions/16b36dad-58c0-47b0-83b8-d7beace94eaf.ics", "sessions/1.ics", "talks/nothing.ics", "speakers/nobody.ics"],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, day: Programme, path: str) -> None:
    assert client.get(f"{HOME}/{path}").status_code == 404
