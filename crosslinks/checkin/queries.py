"""Reading the door: gates, phones, who is inside, the log of scans and what needs a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from crosslinks.checkin.models import Attendance, Device, DoorLink, Gate, Scan
from crosslinks.checkin.rules import ConflictKind, GateKind, ScanKind
from crosslinks.editions.kept import kept_figures, kept_total
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import hash_secret, read_reference
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place, search_key

ARRIVAL_STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class DoorCount:
    """People inside, people ever let in, and people expected in the room."""

    inside: int
    admitted: int
    expected: int


@dataclass(frozen=True)
class LoggedScan:
    """A scan with the names that go with it."""

    scan: Scan
    gate_name: str
    device_kind: GateKind | None
    device_label: str
    person_name: str
    reference: str


def list_gates(edition_id: int) -> list[Gate]:
    """Return the gates of an edition in their order."""
    return list(db.session.scalars(select(Gate).where(Gate.edition_id == edition_id).order_by(Gate.position, Gate.id)))


def find_gate(edition_id: int, slug: str) -> Gate | None:
    """Return a gate by its slug, or None."""
    return db.session.scalar(select(Gate).where(Gate.edition_id == edition_id, Gate.slug == slug))


def get_gate(edition_id: int, gate_id: int) -> Gate:
    """Return a gate of this edition; raises ``NotFound``."""
    found = db.session.scalar(select(Gate).where(Gate.edition_id == edition_id, Gate.id == gate_id))
    if found is None:
        raise NotFound("gate.unknown")
    return found


def find_door_link(token: str) -> DoorLink | None:
    """Return the door link with this token, used and expired ones too."""
    return db.session.scalar(select(DoorLink).where(DoorLink.token_hash == hash_secret(token)))


def list_devices(edition_id: int) -> list[Device]:
    """Return the phones of an edition with their gates: those that wait first, the revoked last."""
    return list(
        db.session.scalars(
            select(Device)
            .where(Device.edition_id == edition_id)
            .order_by(Device.revoked_at.is_not(None), Device.approved_at.is_not(None), Device.gate_id, Device.id)
            .options(joinedload(Device.gate))
        )
    )


def get_device(edition_id: int, device_id: int) -> Device:
    """Return a phone of this edition; raises ``NotFound``."""
    found = db.session.scalar(select(Device).where(Device.edition_id == edition_id, Device.id == device_id))
    if found is None:
        raise NotFound("device.unknown")
    return found


def count_door(edition_id: int) -> DoorCount:
    """Count who is inside, who ever was (those erased since too), and who holds a place in the room."""
    inside = select(func.count()).where(Attendance.edition_id == edition_id, Attendance.inside).scalar_subquery()
    admitted = (
        select(func.count())
        .where(Attendance.edition_id == edition_id, Attendance.first_at.is_not(None))
        .scalar_subquery()
    )
    expected = (
        select(func.count(Registration.id))
        .where(Registration.edition_id == edition_id, Registration.place == Place.ONSITE)
        .scalar_subquery()
    )
    now_inside, ever, with_place = db.session.execute(select(inside, admitted, expected)).one()
    return DoorCount(now_inside, ever + kept_total(edition_id, "attended"), with_place)


def count_scans(edition_id: int) -> int:
    """Count all scans, refused and unusable ones too."""
    return db.session.scalar(select(func.count(Scan.id)).where(Scan.edition_id == edition_id)) or 0


def list_arrivals(edition_id: int) -> list[tuple[datetime, int]]:
    """Return how many first came in per five minutes, from the first arrival to the last, empty steps included."""
    moments = db.session.scalars(
        select(Attendance.first_at).where(Attendance.edition_id == edition_id, Attendance.first_at.is_not(None))
    )
    steps: dict[datetime, int] = {}
    for moment in moments:
        if moment is not None:
            start = moment.replace(minute=moment.minute - moment.minute % 5, second=0, microsecond=0)
            steps[start] = steps.get(start, 0) + 1
    for step, count in kept_figures(edition_id).get("arrivals", {}).items():
        steps[datetime.fromisoformat(step)] = steps.get(datetime.fromisoformat(step), 0) + count
    if not steps:
        return []
    first, last = min(steps), max(steps)
    size = int((last - first) / ARRIVAL_STEP) + 1
    return [(first + index * ARRIVAL_STEP, steps.get(first + index * ARRIVAL_STEP, 0)) for index in range(size)]


def search_people(edition_id: int, typed: str, limit: int = 20) -> list[tuple[Registration, Attendance | None, str]]:
    """Return people whose name, workplace or reference matches every word typed, with where they are and the gate."""
    words = [word for word in typed.split() if word][:6]
    if not words:
        return []
    reference = read_reference(typed)
    statement = (
        select(Registration, Attendance, func.coalesce(Gate.name, ""))
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .outerjoin(Gate, Gate.id == Attendance.gate_id)
        .where(Registration.edition_id == edition_id)
        .where(or_(and_(*(_matches(word) for word in words)), Registration.reference == (reference or "")))
        .order_by(Registration.cancelled_at.is_not(None), Registration.family_name, Registration.given_name)
        .limit(limit)
    )
    return [(person, attendance, gate) for person, attendance, gate in db.session.execute(statement)]


def _matches(word: str) -> ColumnElement[bool]:
    """Find a word in name, workplace or reference. SQLite folds the case of ASCII letters only: hence the spellings."""
    spellings = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
    return or_(
        Registration.name_key.contains(search_key(word), autoescape=True),
        *(Registration.organisation.icontains(one, autoescape=True) for one in spellings),
        Registration.reference.startswith(word.upper().replace("-", ""), autoescape=True),
    )


_LOG: tuple[Any, ...] = (
    Scan,
    func.coalesce(Gate.name, ""),
    Device.kind,
    func.coalesce(Device.label, ""),
    func.coalesce(Registration.given_name + " " + Registration.family_name, ""),
    func.coalesce(Registration.reference, ""),
)


def _log(edition_id: int) -> Select[Any]:
    return (
        select(*_LOG)
        .outerjoin(Gate, Gate.id == Scan.gate_id)
        .outerjoin(Device, Device.id == Scan.device_id)
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .where(Scan.edition_id == edition_id)
    )


def _still_open() -> ColumnElement[bool]:
    """Leave out an undo that came before its target, once the target is here."""
    target = aliased(Scan)
    came = exists().where(target.uuid == Scan.undoes)
    return and_(Scan.conflict != "", or_(Scan.conflict != ConflictKind.UNDO_WITHOUT_TARGET.value, ~came))


def _filtered(edition_id: int, *, typed: str, outcome: str, gate_id: int | None, conflicts: bool) -> Select[Any]:
    statement = _log(edition_id)
    if conflicts:
        statement = statement.where(_still_open())
    if outcome:
        statement = statement.where(Scan.outcome == outcome)
    if gate_id is not None:
        statement = statement.where(Scan.gate_id == gate_id)
    for word in typed.split()[:6]:
        statement = statement.where(_matches(word))
    return statement


def list_scans(
    edition_id: int,
    *,
    typed: str = "",
    outcome: str = "",
    gate_id: int | None = None,
    conflicts: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[LoggedScan], int]:
    """Return one page of the log, the latest first, and how many scans there are in all of it."""
    statement = _filtered(edition_id, typed=typed, outcome=outcome, gate_id=gate_id, conflicts=conflicts)
    total = db.session.scalar(select(func.count()).select_from(statement.with_only_columns(Scan.id).subquery())) or 0
    latest = statement.order_by(Scan.received_at.desc(), Scan.at.desc(), Scan.id.desc())
    rows = db.session.execute(latest.offset(offset).limit(limit))
    return [LoggedScan(*tuple(row)) for row in rows], total


def count_conflicts(edition_id: int) -> int:
    """Count the scans that somebody should look at."""
    statement = select(func.count(Scan.id)).where(Scan.edition_id == edition_id, _still_open())
    return db.session.scalar(statement) or 0


def list_person_scans(registration_id: int) -> list[Scan]:
    """Return one person's scans in order of time."""
    return list(
        db.session.scalars(select(Scan).where(Scan.registration_id == registration_id).order_by(Scan.at, Scan.uuid))
    )


def count_admitting_scans(edition_id: int) -> int:
    """Count scans answered ``admitted``, overrides included."""
    return (
        db.session.scalar(
            select(func.count(Scan.id)).where(
                Scan.edition_id == edition_id, Scan.kind == ScanKind.ENTER.value, Scan.outcome == "admitted"
            )
        )
        or 0
    )
