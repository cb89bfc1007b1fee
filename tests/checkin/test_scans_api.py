"""Scans over the API: each outcome, replay for ever, and nothing that a phone sends is lost or breaks the rest."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from crosslinks.accounts.models import AuditEntry
from crosslinks.checkin.models import Attendance, Device, Scan
from crosslinks.checkin.queries import count_conflicts, count_door, list_scans
from crosslinks.checkin.rules import GateKind
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import show_reference
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.rules import Place
from crosslinks.registration.tickets import new_ticket_id
from tests.checkin.factories import DAY, NOW, Door, Phone, a_scan, be_at, make_person, text_of
from tests.factories import make_edition


def rows() -> list[Scan]:
    db.session.rollback()
    return list(db.session.scalars(select(Scan).order_by(Scan.received_at, Scan.at)))


def test_let_in_once_then_already_in_with_time_and_gate(door: Door) -> None:
    _person, ticket = door.person()
    first, second = door.phone(), door.phone()
    welcome = first.send(a_scan(ticket))[0]
    assert (welcome["outcome"], welcome["name"], welcome["role"], welcome["first"]) == (
        "admitted", "Máret Eira", "participant", None,
    )  # fmt: skip
    again = second.send(a_scan(ticket, at=DAY + timedelta(minutes=1)), sent_at=DAY + timedelta(minutes=1))[0]
    assert again["outcome"] == "already_in"
    assert again["first"]["gate"] == "Entrance"
    assert again["first"]["at"].startswith("2024-01-25T09:05:")
    assert count_door(door.edition.id).inside == 1


def test_each_standing_and_each_bad_ticket_has_its_outcome(door: Door) -> None:
    phone = door.phone()
    _stream, digital = door.person("Stream", "Person", place=Place.DIGITAL)
    _queue, waiting = door.person("Queue", "Person", place=Place.DIGITAL, wants=Place.ONSITE, joined_at=NOW)
    _gone, cancelled = door.person("Gone", "Person", place=Place.NONE, cancelled_at=NOW)
    person, old = door.person("New", "Ticket")
    with transaction():
        db.session.execute(update(Ticket).where(Ticket.registration_id == person.id).values(replaced_at=NOW))
        db.session.add(Ticket(registration_id=person.id, ticket_id=new_ticket_id(), issued_at=NOW))
    with transaction():
        other = make_edition(door.edition.conference, slug="2023", number=15)
        foreign = text_of(make_person(other), other)
        erased = make_person(door.edition, "Erased")
        unknown = text_of(erased, door.edition)
        db.session.delete(erased)
    forged = old[:40] + ("A" if old[40] != "A" else "B") + old[41:]
    told = {name: phone.outcome(a_scan(text)) for name, text in {
        "digital": digital, "waiting": waiting, "cancelled": cancelled, "replaced": old, "other_edition": foreign,
        "unknown": unknown, "bad_signature": forged, "unknown ": "https://example.org/menu",
    }.items()}  # fmt: skip
    assert {name.strip(): outcome for name, outcome in told.items()} == {name.strip(): name.strip() for name in told}
    assert phone.outcome(a_scan(text_of(person, door.edition))) == "admitted"
    early = door.phone(valid_from=DAY + timedelta(minutes=1))
    assert early.outcome(a_scan(door.person()[1])) == "not_started"
    assert len(rows()) == 10, "refused scans are stored too"


def test_the_first_answer_is_replayed_for_ever(door: Door) -> None:
    person, ticket = door.person()
    lane, other = door.phone(), door.phone()
    scan = a_scan(ticket)
    first = lane.send(scan)
    with transaction():
        db.session.execute(update(Registration).where(Registration.id == person.id).values(
            cancelled_at=DAY, place=Place.NONE))  # fmt: skip
    assert lane.send(scan, sent_at=DAY + timedelta(hours=1)) == first
    assert other.send(scan) == first
    assert lane.outcome(a_scan(ticket)) == "cancelled"
    assert lane.send(scan, scan) == [first[0], first[0]]
    assert len(rows()) == 2


def test_a_scan_twice_in_one_batch_is_one_scan(door: Door) -> None:
    _person, ticket = door.person()
    scan = a_scan(ticket)
    answers = door.phone().send(scan, scan, a_scan(ticket))
    assert [answer["outcome"] for answer in answers] == ["admitted", "admitted", "already_in"]
    assert len(rows()) == 2


def test_undo_leave_and_coming_back(door: Door) -> None:
    person, ticket = door.person()
    phone = door.phone()
    enter = a_scan(ticket)
    assert phone.outcome(enter) == "admitted"
    assert phone.outcome(a_scan(ticket, kind="undo", undoes=enter["id"])) == "undone"
    assert count_door(door.edition.id).inside == 0
    assert phone.outcome(a_scan(ticket)) == "admitted"
    assert phone.outcome(a_scan(ticket, kind="leave")) == "left"
    assert count_door(door.edition.id).inside == 0
    assert phone.outcome(a_scan(ticket)) == "admitted"
    db.session.rollback()
    attendance = db.session.get_one(Attendance, person.id)
    assert attendance.inside
    assert attendance.gate_id == door.gate.id


def test_an_undo_before_its_target_waits_in_the_conflicts_and_then_works(door: Door) -> None:
    _person, ticket = door.person()
    phone = door.phone()
    enter = a_scan(ticket)
    assert phone.outcome(a_scan(ticket, kind="undo", undoes=enter["id"])) == "undone"
    assert count_conflicts(door.edition.id) == 1
    assert phone.outcome(enter) == "admitted"
    assert (count_door(door.edition.id).inside, count_conflicts(door.edition.id)) == (0, 0)


def test_somebody_elses_scan_cannot_be_undone(door: Door) -> None:
    _one, ticket = door.person()
    _two, other = door.person("Per", "Solhaug")
    phone = door.phone()
    enter = a_scan(ticket)
    phone.send(enter)
    phone.send(a_scan(other, kind="undo", undoes=enter["id"]))
    assert count_door(door.edition.id).inside == 1
    assert rows()[1].conflict == "undo_of_another"


def test_a_malformed_scan_loses_neither_itself_nor_the_batch(door: Door) -> None:
    _person, ticket = door.person()
    phone = door.phone()
    known = str(uuid4())
    bad: list[Any] = [
        None, 7, "text", [], {}, {"id": "not a uuid"}, {"id": 5, "kind": "enter"}, {"id": known, "kind": "dance"},
        a_scan(ticket, surprise=1), a_scan(ticket, reference="K7QF-2M"), a_scan(), a_scan(ticket, kind="undo"),
        a_scan(ticket) | {"at": "yesterday"}, a_scan(ticket) | {"at": "2024-01-25T09:05:00"}, a_scan("a\x00b"),
        a_scan("x" * 2000), a_scan(ticket, override="o" * 301), a_scan(ticket, note="\ud800"),
        a_scan(ticket, offline="yes"), {"deep": {"er": [[[[1]]]]}},
    ]  # fmt: skip
    answers = phone.send(*bad, a_scan(ticket))
    assert [answer["outcome"] for answer in answers] == ["unknown"] * len(bad) + ["admitted"]
    assert answers[7]["id"] == known
    assert answers[5]["id"] == "not a uuid"
    assert count_conflicts(door.edition.id) == len(bad)
    logged, total = list_scans(door.edition.id, conflicts=True, limit=100)
    assert total == len(bad)
    assert any("dance" in one.scan.raw["scan"] for one in logged)
    assert not any(ticket in json.dumps(one.scan.raw) for one in logged), "a ticket stays out of the log"
    stored = len(rows())
    assert [answer["outcome"] for answer in phone.send(*bad)] == ["unknown"] * len(bad)
    assert len(rows()) == stored, "sending it again adds nothing"


@pytest.fixture
def phone(door: Door) -> Phone:
    return door.phone()


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "kind", "at", "ticket", "undoes", "scans", "sent_at"]), inner)
        ),
        max_leaves=12,
    )
)
def test_no_json_breaks_the_door(phone: Phone, junk: Any) -> None:
    answer = phone.post(junk)
    assert answer.status_code == 200
    assert answer.json["results"][0]["outcome"] == "unknown"
    whole = phone.client.post("/api/v1/door/scans", json=junk, headers=phone.headers)
    assert whole.status_code == 422
    assert whole.json["error"]["code"] == "door.unreadable"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"scans": [' + b"[" * 100_000,
        b'{"sent_at": NaN, "scans": []}',
        b"null",
    ],
)
def test_a_body_that_is_no_batch_is_refused_and_changes_nothing(door: Door, body: bytes) -> None:
    phone = door.phone()
    answer = phone.client.post("/api/v1/door/scans", data=body, headers=phone.headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "door.unreadable")
    assert rows() == []


def test_a_batch_is_bounded(door: Door) -> None:
    phone = door.phone()
    assert phone.post(*({} for _ in range(101))).status_code == 422
    assert phone.post(*(a_scan(door.person()[1]) for _ in range(3)), *({"n": n} for n in range(97))).status_code == 200
    huge = phone.client.post("/api/v1/door/scans", data=b"x" * 1_100_000, headers=phone.headers)
    assert huge.status_code == 413


def test_an_id_of_another_edition_tells_nothing(door: Door) -> None:
    _person, ticket = door.person("Secret", "Name")
    scan = a_scan(ticket)
    door.phone().send(scan)
    with transaction():
        other = make_edition(door.edition.conference, slug="2025", number=17)
    elsewhere = Door.__new__(Door)
    elsewhere.client, elsewhere.edition = door.client, other
    from crosslinks.checkin.operations import create_gate
    from tests.factories import TESTER

    with transaction():
        elsewhere.gate = create_gate(actor=TESTER, now=NOW, edition=other, name="Side")
    phone = elsewhere.phone()
    for _twice in range(2):
        answer = phone.send({**scan})[0]
        assert (answer["outcome"], answer["name"]) == ("unknown", None)
    assert [row.conflict for row in rows()] == ["", "id_taken"]


def test_the_phones_wrong_clock_is_corrected(door: Door) -> None:
    person, ticket = door.person()
    phone = door.phone()
    wrong = DAY - timedelta(days=400)
    phone.send(a_scan(ticket, at=wrong - timedelta(minutes=5)), sent_at=wrong)
    db.session.rollback()
    first_at = db.session.get_one(Attendance, person.id).first_at
    assert first_at is not None
    assert abs(first_at - (DAY - timedelta(minutes=5))) < timedelta(seconds=30)
    assert abs(db.session.get_one(Device, phone.id).clock_offset_ms - 400 * 86_400_000) < 30_000


def test_offline_entries_of_two_doors_agree_on_the_first_and_are_shown_as_conflict(door: Door) -> None:
    person, ticket = door.person()
    one, two = door.phone(), door.phone()
    late = a_scan(ticket, at=DAY - timedelta(minutes=2), offline=True, decided="admitted")
    early = a_scan(ticket, at=DAY - timedelta(minutes=6), offline=True, decided="admitted_unverified")
    assert one.outcome(late) == "admitted"
    assert two.outcome(early) == "already_in"
    db.session.rollback()
    assert [row.conflict for row in rows()] == ["", "let_in_twice"]
    first_at = db.session.get_one(Attendance, person.id).first_at
    assert first_at is not None
    assert first_at < DAY - timedelta(minutes=5)


def test_typed_references_work_on_a_lane_and_are_slowed_down(door: Door) -> None:
    person, _ticket = door.person()
    lane = door.phone()
    assert lane.outcome(a_scan(reference=show_reference(person.reference).lower())) == "admitted"
    assert lane.outcome(a_scan(reference="K7QF-2")) == "unknown"
    answers = [lane.post(a_scan(reference="K7QF-2M")).status_code for _ in range(40)]
    assert answers.count(200) == 28
    assert set(answers) == {200, 429}
    _other, ticket = door.person("Per", "Solhaug")
    assert lane.outcome(a_scan(ticket)) == "admitted", "tickets are not slowed down"


def test_a_desk_overrides_with_a_reason_that_is_recorded(door: Door) -> None:
    _person, ticket = door.person(place=Place.DIGITAL)
    lane, desk = door.phone(), door.phone(GateKind.DESK)
    assert lane.outcome(a_scan(ticket, override="please")) == "digital"
    assert desk.outcome(a_scan(ticket)) == "digital"
    assert desk.outcome(a_scan(ticket, override="Speaker’s guest")) == "admitted"
    assert count_door(door.edition.id).inside == 1
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "scan.override")).one()
    assert entry.after["reason"] == "Speaker’s guest"
    assert entry.actor_kind == "device"
    assert [row.conflict for row in rows()] == ["override_on_lane", "", ""]


def test_scans_made_before_the_end_are_still_taken_after_it(door: Door) -> None:
    _person, ticket = door.person()
    phone = door.phone(valid_until=DAY + timedelta(minutes=30))
    after = DAY + timedelta(hours=2)
    be_at(after)
    answers = phone.send(a_scan(ticket, at=DAY), a_scan(ticket, at=after), sent_at=after)
    assert [answer["outcome"] for answer in answers] == ["admitted", "already_in"]
    assert [row.conflict for row in rows()] == ["", "after_expiry"]
    assert phone.get("state").status_code == 410
    be_at(DAY + timedelta(hours=26))
    late = phone.post(a_scan(ticket), sent_at=DAY + timedelta(hours=26))
    assert (late.status_code, late.json["error"]["code"]) == (410, "device.expired")


def test_a_scan_says_which_gate_it_was_made_at(door: Door) -> None:
    from crosslinks.checkin.operations import create_gate
    from tests.factories import TESTER

    with transaction():
        side = create_gate(actor=TESTER, now=NOW, edition=door.edition, name="Side door")
    _person, ticket = door.person()
    door.phone().send(
        a_scan(ticket, gate="side-door", at=DAY - timedelta(minutes=1)), a_scan(ticket, gate="no-such-gate")
    )
    assert [row.gate_id for row in rows()] == [side.id, door.gate.id]
    assert isinstance(rows()[0].uuid, UUID)
