"""Hostile strings in each property of each JSON body that ``/api/v1/openapi.json`` describes."""

from __future__ import annotations

from typing import Any

import pytest

from crosslinks.checkin.payloads import ScanPayload
from crosslinks.programme.payloads import NewPart, Seen, SessionPlace, TalkPlace
from crosslinks.web.payloads import Payload
from tests.everywhere.checks import ALL
from tests.everywhere.conftest import Everywhere
from tests.everywhere.test_forms import ENOUGH, FEW

pytestmark = pytest.mark.sqlite


def bodies(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return each JSON body of the API: its path, and the schema of what it takes."""
    found = []
    for path, methods in document["paths"].items():
        for deed in methods.values():
            if isinstance(deed, dict) and "requestBody" in deed:
                reference = deed["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                found.append((path, document["components"]["schemas"][reference.rpartition("/")[2]]))
    return found


GOOD: dict[str, dict[str, Any]] = {
    "registrations": {
        "given_name": "Kari", "family_name": "Nordmann", "email": "kari.new@example.org", "organisation": "",
        "mode": "digital", "profession": "other", "consent_privacy": True,
    },
    "scans": {
        "scans": [
            {
                "id": "0b3f9d4e-3c51-4a0e-8f0a-6c1f5b2d7e11", "kind": "enter", "at": "2024-01-18T09:00:00Z",
                "reference": "x",
            }
        ],
        "sent_at": "2024-01-18T09:00:00Z",
    },
    "devices": {},
}  # fmt: skip


def strings_for(kind: dict[str, Any]) -> tuple[str, ...]:
    """Return fifty strings where any string is taken, twelve where only certain ones, or none, are."""
    kinds = kind.get("anyOf", [kind])
    free = any(one.get("type") == "string" and not one.keys() & {"enum", "format"} for one in kinds)
    return ALL[:: len(ALL) // ENOUGH] if free else ALL[:: len(ALL) // FEW]


def test_every_property_of_every_body(everywhere: Everywhere) -> None:
    document = everywhere.clients[False].get("/api/v1/openapi.json").get_json()
    answer = everywhere.clients[False].post("/api/v1/door/devices", json={"token": everywhere.shown.door_token})
    assert answer.status_code == 201
    bearer = {"Authorization": f"Bearer {answer.get_json()['token']}"}
    found = bodies(document)
    assert {path.rpartition("/")[2] for path, _schema in found} == GOOD.keys()
    for path, schema in found:
        where, good = path.format(conference="crosslinks", edition="2024"), GOOD[path.rpartition("/")[2]]
        sent = [
            (name, good | {name: typed})
            for name in schema["properties"]
            for typed in strings_for(schema["properties"][name])
        ]
        for scan in good.get("scans", []):
            for name, kind in ScanPayload.model_json_schema()["properties"].items():
                sent += [(name, good | {"scans": [scan | {name: typed}]}) for typed in strings_for(kind)]
        for name, body in sent:
            everywhere.ask("POST", where, f"{where} {name}: {str(body)[:150]}", json=body, headers=bearer)
            if everywhere.changed():
                everywhere.read_letters(where)
            everywhere.put_back()
    assert everywhere.wrong == []


TIMETABLE = "/manage/crosslinks/2024/programme/timetable"
START = "2024-01-25T10:00"
WHERE = {"version": 1, "starts_at": START, "minutes": 20, "room": 0}
DEEDS: tuple[tuple[str, type[Payload], dict[str, Any]], ...] = (
    (f"{TIMETABLE}/parts", NewPart, {"kind": "session", "title_en": "A", "minutes": 20, "starts_at": START}),
    (f"{TIMETABLE}/sessions/1/place", SessionPlace, WHERE),
    (f"{TIMETABLE}/talks/1/place", TalkPlace, WHERE | {"session": 0, "position": 0}),
    (f"{TIMETABLE}/sessions/1/remove", Seen, {"version": 1}),
    (f"{TIMETABLE}/talks/1/remove", Seen, {"version": 1}),
)  # fmt: skip


@pytest.mark.parametrize(("where", "payload", "good"), DEEDS)
def test_every_property_of_a_deed_in_the_timetable(
    everywhere: Everywhere, where: str, payload: type[Payload], good: dict[str, Any]
) -> None:
    assert everywhere.endpoint(where, "POST")
    for name, kind in payload.model_json_schema()["properties"].items():
        for typed in strings_for(kind):
            everywhere.ask("POST", where, f"{where} {name}={typed[:60]!r}", organizer=True, json=good | {name: typed})
            everywhere.put_back()
    assert everywhere.wrong == []
