"""Erasing a person from the door: scans stay as counts of what a door did, and phones learn to drop the row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import String, cast, delete, or_, select

from crosslinks.checkin.models import Attendance, ErasedTicket, Gate, Scan
from crosslinks.editions.kept import keep_figures
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import next_roster_seq
from crosslinks.kernel.db import db
from crosslinks.kernel.mentions import Traces
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.rules import Place, arrival_step

_SCANS = select(Scan).execution_options(populate_existing=True)
LANE_BYTES, INDEX_BYTES = 80, 16


def lane_index(ticket_id: bytes, public_key: bytes) -> bytes:
    """Return the index under which a lane's sealed roster holds a ticket; nothing leads back from it."""
    derived = HKDF(SHA256(), LANE_BYTES, sha256(public_key).digest(), b"cx1/lane").derive(ticket_id)
    return derived[:INDEX_BYTES]


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return every scan of a person in order of time, and when they first came in."""
    rows = db.session.execute(
        select(Scan, Gate.name)
        .outerjoin(Gate, Gate.id == Scan.gate_id)
        .where(Scan.registration_id == registration_id)
        .order_by(Scan.at, Scan.id)
    )
    first = db.session.scalar(select(Attendance.first_at).where(Attendance.registration_id == registration_id))
    return {
        "came_in_at": first.isoformat() if first else None,
        "scans": [
            {
                "at": scan.at.isoformat(),
                "gate": gate or "",
                "kind": scan.kind,
                "outcome": scan.outcome,
                "override": scan.override,
                "note": scan.note,
            }
            for scan, gate in rows
        ],
    }


def erase_person(*, registration_id: int) -> None:
    """Blank a person's scans, keep that they came as a count, and leave phones a mark to drop them by."""
    person = db.session.get_one(Registration, registration_id)
    attendance = db.session.get(Attendance, registration_id)
    if attendance is not None:
        if attendance.first_at is not None:
            figures = Counter({("attended", ""): 1, ("arrivals", arrival_step(attendance.first_at)): 1})
            if person.place is not Place.ONSITE:
                figures["let_in_without_place", ""] += 1
            keep_figures(edition_id=person.edition_id, figures=figures)
        db.session.execute(delete(Attendance).where(Attendance.registration_id == registration_id))
    _blank(db.session.scalars(_SCANS.where(Scan.registration_id == registration_id)))
    _mark(person)
    db.session.flush()


def _mark(person: Registration) -> None:
    seq = next_roster_seq(person.edition_id)
    public_key = db.session.scalars(select(Edition.ticket_public_key).where(Edition.id == person.edition_id)).one()
    for ticket_id in db.session.scalars(select(Ticket.ticket_id).where(Ticket.registration_id == person.id)):
        db.session.add(
            ErasedTicket(
                edition_id=person.edition_id,
                number=person.id,
                lane_index=lane_index(ticket_id, public_key),
                rev=person.rev + 1,
                roster_seq=seq,
            )
        )


def erase_mentions(*, edition_id: int, traces: Traces) -> None:
    """Blank what phones sent and nobody was found for, where it holds a ticket, reference or name of the person."""
    named = traces.condition(Scan.raw, Scan.note, Scan.override, Scan.answer)
    _blank(db.session.scalars(_SCANS.where(Scan.edition_id == edition_id, named)))


def forget_edition(*, edition_id: int, limit: int = 200) -> int:
    """Blank what an edition's scans hold beside their outcome, at most ``limit``; return how many those were."""
    told = or_(
        cast(Scan.answer, String).contains('"name": "'), cast(Scan.raw, String) != "{}", Scan.note != "",
        Scan.override != "",
    )  # fmt: skip
    return _blank(db.session.scalars(_SCANS.where(Scan.edition_id == edition_id, told).limit(limit)))


def _blank(scans: Iterable[Scan]) -> int:
    """Leave of scans when, where and how each was answered; a phone that asks again still gets that outcome."""
    count = 0
    for scan in scans:
        scan.answer = {"outcome": scan.outcome, "name": None, "role": None, "first": None}
        scan.raw, scan.override, scan.note, scan.registration_id = {}, "", "", None
        count += 1
    db.session.flush()
    return count
