"""The organizer's door pages, and the page that a phone opens."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.checkin.models import Device, DoorLink, Gate
from crosslinks.checkin.rules import GateKind
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db
from crosslinks.registration.rules import Place
from tests.accounts.factories import sign_in
from tests.checkin.factories import DAY, Door, a_scan, be_at

MANAGE = "/manage/crosslinks/2024/door"
LINK = {"kind": "lane", "valid_from": "2024-01-25T10:00", "valid_until": "2024-01-25T18:00"}


@pytest.fixture
def lead(door: Door, client: FlaskClient) -> FlaskClient:
    sign_in(client, Role.DOOR_LEAD)
    return client


def test_a_gate_is_made_and_renamed_and_each_is_logged(door: Door, lead: FlaskClient) -> None:
    assert lead.post(f"{MANAGE}/gates", data={"name": "  Øvre   inngang "}).status_code == 303
    db.session.rollback()
    gate = db.session.scalars(select(Gate).where(Gate.slug == "ovre-inngang")).one()
    assert gate.name == "Øvre inngang"
    assert lead.post(f"{MANAGE}/gates/{gate.id}", data={"name": "Upper"}).status_code == 303
    for name in ("", "   ", "!!!", "Entrance", "x" * 121, "a\x00b"):
        assert lead.post(f"{MANAGE}/gates", data={"name": name}).status_code == 422
    assert lead.post(f"{MANAGE}/gates/{gate.id}", data={"name": "Entrance"}).status_code == 422
    db.session.rollback()
    deeds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == gate.id)).all()
    assert {"gate.created", "gate.renamed"} <= set(deeds)
    assert len(db.session.scalars(select(Gate)).all()) == 2


def test_a_link_is_shown_once_and_a_desk_made_here_waits(door: Door, lead: FlaskClient) -> None:
    page = lead.post(f"{MANAGE}/links", data=LINK | {"gate": str(door.gate.id), "kind": "desk"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    found = re.search(r"/door/([\w-]{43})", page.text)
    assert found is not None
    assert found[1] not in lead.get(MANAGE).text
    answer = lead.post("/api/v1/door/devices", json={"token": found[1]})
    assert answer.json["approved"] is False
    device_id = answer.json["device"]["id"]
    assert "Waits for approval" in lead.get(MANAGE).text
    assert lead.post(f"{MANAGE}/devices/{device_id}/approve").status_code == 303
    db.session.rollback()
    assert db.session.get_one(Device, device_id).approved_at is not None


def test_ending_a_phones_access_asks_first(door: Door, lead: FlaskClient) -> None:
    phone = door.phone(GateKind.DESK)
    assert "desk A" in lead.get(f"{MANAGE}/devices/{phone.id}/revoke").text
    assert phone.get("state").status_code == 200
    assert lead.post(f"{MANAGE}/devices/{phone.id}/revoke").status_code == 303
    assert phone.get("state").status_code == 410


@pytest.mark.parametrize(
    "wrong",
    [{"gate": "999"}, {"gate": ""}, {"gate": "x"}, {"kind": "window"}, {"valid_until": "2024-01-25T09:00"},
     {"valid_until": "2024-01-20T09:00", "valid_from": "2024-01-19T09:00"}, {"valid_from": "9999-12-31T23:59"},
     {"valid_from": "0001-01-01T00:00"}, {"valid_from": "soon"}, {"valid_until": ""}],
)  # fmt: skip
def test_a_link_with_wrong_facts_is_refused_and_makes_nothing(
    door: Door, lead: FlaskClient, wrong: dict[str, str]
) -> None:
    assert lead.post(f"{MANAGE}/links", data=LINK | {"gate": str(door.gate.id)} | wrong).status_code == 422
    db.session.rollback()
    assert db.session.scalars(select(DoorLink)).all() == []


def test_the_page_counts_who_is_in(door: Door, lead: FlaskClient) -> None:
    assert "Nobody is in yet" in lead.get(MANAGE).text
    phone = door.phone()
    for index in range(3):
        phone.send(a_scan(door.person(family=f"Number {index}")[1]))
    door.person(family="Absent")
    assert "3 of 4 are in" in lead.get(MANAGE).text


def test_the_log_is_searched_filtered_and_paged(door: Door, lead: FlaskClient) -> None:
    phone, desk = door.phone(), door.phone(GateKind.DESK)
    for index in range(52):
        at = DAY - timedelta(minutes=10) + timedelta(seconds=index)
        phone.send(a_scan(door.person("Guest", f"Number {index:02}")[1], at=at))
    stream = door.person("Åse", "Sólheim", place=Place.DIGITAL)[1]
    phone.send(a_scan(stream))
    desk.send(a_scan(stream, override="Speaker’s guest"))
    phone.send({"id": "odd", "kind": "<b>dance</b>"})

    def log(**asked: str) -> str:
        page = lead.get(f"{MANAGE}/scans", query_string=asked)
        assert page.status_code == 200
        return page.text

    assert "1–50 of 55" in log()
    assert "51–55 of 55" in log(page="2")
    assert "No scan is like that" not in log(q="solheim")
    assert "Guest" not in log(q="solheim")
    assert "Speaker’s guest" in log(q="solheim")
    assert "Sólheim" in log(outcome="digital")
    assert "1–1 of 1" in log(conflicts="1")
    assert "&lt;b&gt;dance" in log(conflicts="1")
    assert "1–55 of 55" not in log(gate=str(door.gate.id + 1))
    for odd in (
        {"page": "0"},
        {"page": "x"},
        {"outcome": "party"},
        {"gate": "x"},
        {"gate": "9" * 30},
        {"q": "x" * 500},
    ):
        assert lead.get(f"{MANAGE}/scans", query_string=odd).status_code == 422
    assert lead.get(f"{MANAGE}/scans?page=400").status_code == 200


def test_another_roles_and_another_editions_things_stay_closed(door: Door, client: FlaskClient) -> None:
    phone = door.phone()
    sign_in(client, Role.PROGRAMME)
    for path in ("", "/scans", f"/gates/{door.gate.id}", f"/devices/{phone.id}/revoke"):
        assert client.get(MANAGE + path).status_code == 403
    sign_in(client, Role.OWNER, email="owner@example.org")
    assert client.get(f"{MANAGE}/gates/999").status_code == 404
    assert client.post(f"{MANAGE}/devices/999/approve").status_code == 404


def test_opening_a_door_link_spends_nothing_and_bad_ones_have_their_own_page(door: Door, client: FlaskClient) -> None:
    link = door.link()
    for _ in range(7):
        page = client.get(f"/door/{link}")
        assert page.status_code == 200
    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert client.post("/api/v1/door/devices", json={"token": link}).status_code == 201
    desk = door.link(GateKind.DESK)
    client.post("/api/v1/door/devices", json={"token": desk})
    used = client.get(f"/door/{desk}")
    assert (used.status_code, "one desk or five lanes" in used.text) == (409, True)
    be_at(door.edition.ends_at + timedelta(minutes=1))
    assert client.get(f"/door/{link}").status_code == 410
    for nonsense in ("x", "x" * 5000, "%00", "\u00e5"):
        assert client.get(f"/door/{nonsense}").status_code == 404
    assert client.get("/door").status_code == 200
    assert client.get("/door/scanner-none.js").status_code == 404


def test_the_phones_words_are_norwegian_too(door: Door, client: FlaskClient) -> None:
    page = client.get("/door", headers={"Accept-Language": "nb-NO"})
    assert 'lang="nb"' in page.text
    words = json.loads(re.findall(r'id="door-words">(.*?)</script>', page.text)[0])
    assert words["word.admitted"] == "Slipp inn"
    assert words["bar.unsent"] == "%(count)s ikke sendt ennå"
    english = json.loads(re.findall(r'id="door-words">(.*?)</script>', client.get("/door?lang=en").text)[0])
    assert {key for key in words if words[key] == english[key]} <= {"word.digital", "place.demo", "role.sponsor"}
