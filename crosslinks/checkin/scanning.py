"""Taking scans: each is looked up, decided, stored for ever and answered; nothing that a phone sends is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql

from crosslinks.accounts.audit import record
from crosslinks.checkin.devices import DoorPhone
from crosslinks.checkin.models import Device
from crosslinks.checkin.payloads import Malformed, ScanPayload, raw_text
from crosslinks.checkin.rules import (
    OUTSIDE,
    ConflictKind,
    GateKind,
    MergedState,
    Outcome,
    ScanFact,
    ScanKind,
    Shown,
    TicketCheck,
    Verdict,
    corrected,
    decide,
)
from crosslinks.checkin.scan_lookup import (
    SCAN,
    Known,
    Person,
    execute,
    gate_name,
    is_sqlite,
    look_up,
    stored_answers,
    upsert_attendance,
)
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.kernel.tokens import read_reference
from crosslinks.registration.tickets import UnreadableTicket, read_ticket_text, verify

SEEN_EVERY = timedelta(seconds=30)
CLOCK_TOLERANCE = timedelta(seconds=2)
_INSERT_NEW = postgresql.insert(SCAN).on_conflict_do_nothing(index_elements=["uuid"]).returning(SCAN.c.uuid)


@dataclass(frozen=True)
class Seen:
    """A scan with what its ticket or reference turned out to be, before anybody was looked up."""

    payload: ScanPayload
    check: TicketCheck = TicketCheck.UNKNOWN
    ticket_id: bytes | None = None
    reference: str | None = None

    @property
    def id(self) -> UUID:
        """The id that the phone gave it."""
        return self.payload.id


def examine(phone: DoorPhone, scan: ScanPayload | Malformed) -> Seen | Malformed:
    """Read what was shown and check its signature, without looking anybody up."""
    if isinstance(scan, Malformed):
        return scan
    if scan.reference is not None:
        reference = read_reference(scan.reference)
        return Seen(scan, TicketCheck.GOOD if reference else TicketCheck.UNKNOWN, reference=reference)
    if scan.ticket is None:
        return Seen(scan)
    try:
        ticket_id, signature = read_ticket_text(scan.ticket)
    except UnreadableTicket:
        return Seen(scan)
    if verify(ticket_id, signature, phone.edition_uuid, phone.public_key):
        return Seen(scan, TicketCheck.GOOD, ticket_id=ticket_id)
    return Seen(scan, _foreign(phone.edition_id, ticket_id, signature))


def _foreign(edition_id: int, ticket_id: bytes, signature: bytes) -> TicketCheck:
    others = select(Edition.uuid, Edition.ticket_public_key).where(Edition.id != edition_id).order_by(Edition.id.desc())
    for uuid, public_key in db.session.execute(others.limit(100)):
        if verify(ticket_id, signature, uuid, public_key):
            return TicketCheck.OTHER_EDITION
    return TicketCheck.BAD_SIGNATURE


def record_scans(
    *, phone: DoorPhone, scans: Sequence[Seen | Malformed], sent_at: datetime, now: datetime
) -> list[dict[str, Any]]:
    """Store and answer a batch in order; a scan already stored gets its first answer again, whatever changed since.

    Exactly one of any number of simultaneous scans of a person is ``admitted``: on PostgreSQL the person's
    attendance row is locked before anything is decided, on SQLite there is one writer at a time.
    """
    offset = now - sent_at
    while True:
        answers = _record_once(phone, scans, offset, now)
        if answers is not None:
            break
    _note_contact(phone, offset, now)
    return answers


def _record_once(
    phone: DoorPhone, scans: Sequence[Seen | Malformed], offset: timedelta, now: datetime
) -> list[dict[str, Any]] | None:
    seen = [scan for scan in scans if isinstance(scan, Seen)]
    known = look_up(
        phone.edition_id,
        ids={scan.id for scan in scans},
        ticket_ids={scan.ticket_id for scan in seen if scan.ticket_id},
        references={scan.reference for scan in seen if scan.reference},
        gates=any(scan.payload.gate for scan in seen),
    )
    rows: list[dict[str, Any]] = []
    touched: set[int] = set()
    answers = []
    for scan in scans:
        row, answer = _answer(phone, scan, known, offset, now)
        answers.append(answer)
        if row is not None:
            rows.append(row)
            if row["registration_id"] is not None:
                touched.add(row["registration_id"])
    if rows:
        if not _insert(rows):
            return None
        _keep_attendance(phone, known, touched)
        _log_overrides(phone, rows, now)
    return answers


def _answer(
    phone: DoorPhone, scan: Seen | Malformed, known: Known, offset: timedelta, now: datetime
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return the row to store (None: it is stored already) and the answer."""
    scan_id = scan.id
    echo = (isinstance(scan, Malformed) and scan.echo) or str(scan_id)
    stored = known.answers.get(scan_id)
    if stored is not None and stored[0] == phone.edition_id:
        return None, {**stored[1], "id": echo}
    if stored is not None:
        scan_id = uuid5(NAMESPACE_OID, f"{phone.edition_id}:{scan_id}")
        known.answers |= stored_answers([scan_id])
        if scan_id in known.answers:
            return None, {**known.answers[scan_id][1], "id": echo}
        scan = Malformed(echo, scan_id, raw_text(_plain(scan)))
        row = _unusable(phone, scan, ConflictKind.ID_TAKEN, now)
    elif isinstance(scan, Malformed):
        row = _unusable(phone, scan, ConflictKind.MALFORMED, now)
    else:
        row = _decided(phone, scan, known, offset, now)
    answer = {**row["answer"], "id": echo}
    known.answers[scan_id] = (phone.edition_id, row["answer"])
    return row, answer


def _plain(scan: Seen | Malformed) -> object:
    return scan.raw if isinstance(scan, Malformed) else scan.payload.model_dump(mode="json", exclude_defaults=True)


def _said(outcome: Outcome, person: Person | None, first: dict[str, str] | None, desk: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"outcome": outcome.value, "name": None, "role": None, "first": first}
    if person is not None:
        answer |= {"name": person.name, "role": person.role, "assistance": person.needs_assistance}
        if desk:
            answer["organisation"] = person.organisation
    return answer


def _row(phone: DoorPhone, scan_id: UUID, outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "uuid": scan_id, "edition_id": phone.edition_id, "device_id": phone.id, "gate_id": phone.gate_id,
        "registration_id": None, "kind": ScanKind.ENTER.value, "at": now, "device_at": now, "received_at": now,
        "offline": False, "outcome": outcome.value, "answer": {}, "undoes": None, "override": "", "note": "",
        "decided": "", "conflict": "", "raw": {},
    }  # fmt: skip


def _unusable(phone: DoorPhone, scan: Malformed, conflict: ConflictKind, now: datetime) -> dict[str, Any]:
    row = _row(phone, scan.id, Outcome.UNKNOWN, now)
    return row | {
        "answer": _said(Outcome.UNKNOWN, None, None, desk=False),
        "conflict": conflict.value,
        "raw": {"scan": scan.raw},
    }


def _decided(phone: DoorPhone, seen: Seen, known: Known, offset: timedelta, now: datetime) -> dict[str, Any]:
    scan = seen.payload
    at = corrected(scan.at, offset=offset, received_at=now, enrolled_at=phone.enrolled_at)
    seen, person_id = _find(seen, known)
    person = None if person_id is None else known.people.get(person_id)
    state = OUTSIDE if person is None else known.state(person.id)
    shown = Shown(scan.kind, at, phone.kind, scan.decided, bool(scan.override.strip()))
    verdict = decide(shown, ticket=seen.check, standing=None if person is None else person.standing,
                     opens_at=phone.opens_at, state=state)  # fmt: skip
    verdict = _check_undo(verdict, scan, person, known)
    if verdict.conflict is None and at >= phone.expires_at:
        verdict = Verdict(verdict.outcome, ConflictKind.AFTER_EXPIRY)
    gate_id = known.gates.get(scan.gate, phone.gate_id) if scan.gate else phone.gate_id
    if person is not None:
        known.add(person.id, ScanFact(scan.id, scan.kind, at, verdict.outcome, gate_id, scan.decided, scan.undoes))
    return _row(phone, scan.id, verdict.outcome, now) | {
        "gate_id": gate_id,
        "registration_id": None if person is None else person.id,
        "kind": scan.kind.value,
        "at": at,
        "device_at": scan.at,
        "offline": scan.offline,
        "answer": _said(verdict.outcome, person, _first(verdict.outcome, state), phone.kind is GateKind.DESK),
        "undoes": scan.undoes,
        "override": scan.override.strip(),
        "note": scan.note.strip(),
        "decided": scan.decided.value if scan.decided else "",
        "conflict": verdict.conflict.value if verdict.conflict else "",
        "raw": {"scan": raw_text(_plain(seen))} if verdict.conflict else {},
    }


def _find(seen: Seen, known: Known) -> tuple[Seen, int | None]:
    """Return the scan with what is now known of its ticket, and whose it is."""
    if seen.reference is not None:
        person_id = known.by_reference.get(seen.reference)
        return (seen if person_id else replace(seen, check=TicketCheck.UNKNOWN)), person_id
    if seen.ticket_id is None:
        return seen, None
    found = known.by_ticket.get(seen.ticket_id)
    if found is None:
        return replace(seen, check=TicketCheck.UNKNOWN), None
    person_id, replaced = found
    return (replace(seen, check=TicketCheck.REPLACED) if replaced else seen), person_id


def _first(outcome: Outcome, state: MergedState) -> dict[str, str] | None:
    """Return when and where the person came in, for ``already_in``."""
    if outcome is not Outcome.ALREADY_IN or state.current is None:
        return None
    return {"at": state.current.entered_at.isoformat(), "gate": gate_name(state.current.gate_id)}


def _check_undo(verdict: Verdict, scan: ScanPayload, person: Person | None, known: Known) -> Verdict:
    if scan.undoes is None or person is None or any(fact.id == scan.undoes for fact in known.facts[person.id]):
        return verdict
    elsewhere = scan.undoes in known.answers or bool(stored_answers([scan.undoes]))
    return Verdict(verdict.outcome, ConflictKind.UNDO_OF_ANOTHER if elsewhere else ConflictKind.UNDO_WITHOUT_TARGET)


def _insert(rows: list[dict[str, Any]]) -> bool:
    """Store the rows; False when another request stored one of them first, which leaves nothing of ours behind.

    In the order of their ids, so that two requests with the same scans wait for each other and never in a circle.
    """
    rows = sorted(rows, key=lambda row: row["uuid"])
    if is_sqlite():
        execute(insert(SCAN), rows)
        return True
    with db.session.begin_nested() as savepoint:
        stored = db.session.execute(_INSERT_NEW, rows).scalars().all()
        if len(stored) < len(rows):
            savepoint.rollback()
            return False
    return True


def _keep_attendance(phone: DoorPhone, known: Known, touched: Iterable[int]) -> None:
    rows = []
    for person_id in sorted(touched):
        state = known.state(person_id)
        rows.append(
            {
                "registration_id": person_id,
                "edition_id": phone.edition_id,
                "inside": state.inside,
                "entered_at": state.current.entered_at if state.current else None,
                "gate_id": state.current.gate_id if state.current else None,
                "first_at": state.first.entered_at if state.first else None,
            }
        )
    if not rows:
        return
    execute(upsert_attendance(db.engine.dialect.name, "inside", "entered_at", "gate_id", "first_at"), rows)


def _log_overrides(phone: DoorPhone, rows: Iterable[dict[str, Any]], now: datetime) -> None:
    for row in rows:
        if row["override"] and row["registration_id"] is not None and phone.kind is GateKind.DESK:
            record(
                actor=phone.actor,
                action="scan.override",
                object_kind="registration",
                object_id=row["registration_id"],
                now=now,
                conference_id=phone.conference_id,
                edition_id=phone.edition_id,
                after={"outcome": row["outcome"], "reason": row["override"]},
            )


def _note_contact(phone: DoorPhone, offset: timedelta, now: datetime) -> None:
    """Keep when a phone was last heard and how its clock stands, but not more often than somebody would look."""
    recent = phone.last_seen_at is not None and now - phone.last_seen_at < SEEN_EVERY
    if recent and abs(offset - phone.clock_offset) < CLOCK_TOLERANCE:
        return
    milliseconds = int(offset.total_seconds() * 1000)
    db.session.execute(
        update(Device).where(Device.id == phone.id).values(last_seen_at=now, clock_offset_ms=milliseconds)
    )
