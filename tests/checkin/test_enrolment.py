"""How a phone comes to the door, and how it is sent away."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update

from crosslinks.accounts.models import AuditEntry
from crosslinks.checkin.models import Device, DoorLink
from crosslinks.checkin.operations import approve_device, revoke_device
from crosslinks.checkin.rules import GateKind
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from tests.checkin.factories import DAY, NOW, Door, a_scan, be_at
from tests.factories import TESTER


def enrol(client: FlaskClient, token: str) -> tuple[int, str]:
    answer = client.post("/api/v1/door/devices", json={"token": token})
    return answer.status_code, answer.json.get("token") or answer.json["error"]["code"]


def test_a_lane_link_enrols_five_phones_and_a_desk_link_one(door: Door, client: FlaskClient) -> None:
    lane, desk = door.link(), door.link(GateKind.DESK)
    assert [enrol(client, lane)[0] for _ in range(6)] == [201] * 5 + [409]
    assert [enrol(client, desk)[0] for _ in range(2)] == [201, 409]
    assert enrol(client, lane)[1] == "link.used"
    db.session.rollback()
    labels = db.session.scalars(select(Device.label).order_by(Device.id)).all()
    assert labels == ["1", "2", "3", "4", "5", "A"]
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "device.enrolled")).first() is not None


def test_the_answer_says_where_the_phone_stands(door: Door, client: FlaskClient) -> None:
    answer = client.post("/api/v1/door/devices", json={"token": door.link()})
    assert answer.json["gate"] == {"slug": "entrance", "name": "Entrance"}
    assert answer.json["device"]["kind"] == "lane"
    assert answer.json["edition"]["name"] == "Cancer Crosslinks 2024"
    assert (answer.json["inside"], answer.json["expected"]) == (0, 0)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_only_the_hash_of_a_token_is_stored(door: Door, client: FlaskClient) -> None:
    link = door.link()
    token = enrol(client, link)[1]
    db.session.rollback()
    stored = [*db.session.scalars(select(Device.token_hash)), *db.session.scalars(select(DoorLink.token_hash))]
    assert all(link.encode() not in value and token.encode() not in value and len(value) == 32 for value in stored)


def test_a_link_ends_thirty_minutes_after_it_was_shown_and_with_its_window(door: Door, client: FlaskClient) -> None:
    old, over = door.link(), door.link(valid_until=DAY + timedelta(minutes=1))
    with transaction():
        shown = real_now() - timedelta(minutes=30)
        db.session.execute(update(DoorLink).where(DoorLink.id == 1).values(shown_at=shown))
    be_at(DAY + timedelta(minutes=2))
    assert enrol(client, old) == (410, "link.expired")
    assert enrol(client, over) == (410, "link.expired")


def test_a_guessed_link_or_token_opens_nothing_and_guessing_ends(door: Door, client: FlaskClient) -> None:
    assert enrol(client, "x" * 43) == (404, "link.unknown")
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer \u00e5"},
        {"Authorization": "Basic eDp4"},
    ):
        answer = client.get("/api/v1/door/state", headers=headers)
        assert (answer.status_code, answer.json["error"]["code"]) == (401, "device.unknown")
    statuses = [client.get("/api/v1/door/state").status_code for _ in range(40)]
    assert statuses[-1] == 429


def test_a_malformed_enrolment_is_refused_without_echo(client: FlaskClient) -> None:
    for body in (None, [], {"token": 5}, {"token": ""}, {"token": "secret" * 50}, {"token": "a", "more": 1}):
        answer = client.post("/api/v1/door/devices", json=body)
        assert answer.status_code == (415 if body is None else 422)
        assert "secret" not in answer.text


def test_a_desk_waits_until_it_is_approved(door: Door) -> None:
    person, ticket = door.person()
    desk = door.phone(GateKind.DESK, approved=False)
    assert desk.get("state").json["approved"] is False
    assert desk.get("search?q=eira").json["error"]["code"] == "device.waiting"
    assert desk.post(a_scan(ticket)).status_code == 403
    with transaction():
        approve_device(actor=TESTER, now=NOW, edition=door.edition, device=db.session.get_one(Device, desk.id))
    assert desk.get("state").json["approved"] is True
    hit = desk.get("search?q=eira").json["hits"][0]
    assert (hit["name"], hit["standing"], hit["inside"]) == (person.name, "confirmed", None)


def test_a_revoked_phone_is_told_to_go(door: Door) -> None:
    _person, ticket = door.person()
    phone = door.phone()
    with transaction():
        revoke_device(actor=TESTER, now=NOW, edition=door.edition, device=db.session.get_one(Device, phone.id))
    for answer in (phone.get("state"), phone.post(a_scan(ticket))):
        assert (answer.status_code, answer.json["error"]["code"]) == (410, "device.revoked")


def test_the_desk_searches_names_workplaces_and_references_without_accents(door: Door) -> None:
    door.person("Åse", "Sólheim", organisation="Cancer Registry")
    person, ticket = door.person("Per", "Solhaug", organisation="100% Hospital")
    desk, lane = door.phone(GateKind.DESK), door.phone()
    desk.send(a_scan(ticket))

    def found(typed: str) -> list[str]:
        return [hit["name"] for hit in desk.client.get(
            "/api/v1/door/search", query_string={"q": typed}, headers=desk.headers).json["hits"]]  # fmt: skip

    assert found("solh") == ["Per Solhaug", "Åse Sólheim"]
    assert found("ase sol") == ["Åse Sólheim"]
    assert found("registry") == ["Åse Sólheim"]
    assert found("100%") == ["Per Solhaug"]
    assert found(person.reference[:4].lower()) == ["Per Solhaug"]
    assert found(f"{person.reference[:4]}-{person.reference[4:]}") == ["Per Solhaug"]
    for nothing in ("", "   ", "%", "_", "zzz", "\x00", "x" * 5000):
        assert found(nothing) == (["Per Solhaug"] if nothing == "%" else [])
    inside = desk.get("search?q=solhaug").json["hits"][0]["inside"]
    assert inside["gate"] == "Entrance"
    assert lane.get("search?q=solh").json["error"]["code"] == "device.not_a_desk"


def test_workplaces_are_found_in_any_case_of_norwegian_letters(door: Door) -> None:
    door.person("Per", "Lie", organisation="Ålesund sjukehus")
    door.person("Kari", "Moe", organisation="UNIVERSITETSSYKEHUSET I TROMSØ")
    desk = door.phone(GateKind.DESK)
    for typed, name in (("Ålesund", "Per Lie"), ("ålesund", "Per Lie"), ("ÅLE", "Per Lie"), ("tromsø", "Kari Moe")):
        assert [hit["name"] for hit in desk.get(f"search?q={typed}").json["hits"]] == [name], typed


def test_the_search_knows_only_its_own_edition(door: Door) -> None:
    from tests.checkin.factories import make_person
    from tests.factories import make_edition

    with transaction():
        make_person(make_edition(door.edition.conference, slug="2023", number=15), "Elsewhere", "Person")
    assert door.phone(GateKind.DESK).get("search?q=elsewhere").json["hits"] == []
