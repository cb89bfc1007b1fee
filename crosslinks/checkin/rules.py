"""What a scan means: the answer a volunteer sees, and who is inside, whatever the order in which scans arrive."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from crosslinks.registration.rules import Place

MAX_BATCH = 100
LINK_SHOWN_FOR = timedelta(minutes=30)
LATE_SCANS_FOR = timedelta(hours=24)
"""How long after its expiry a phone may still send what it scanned before."""


class GateKind(StrEnum):
    """What a phone does at its gate."""

    LANE = "lane"
    DESK = "desk"


PHONES_PER_LINK = {GateKind.LANE: 5, GateKind.DESK: 1}


class ScanKind(StrEnum):
    """What the volunteer did."""

    ENTER = "enter"
    LEAVE = "leave"
    UNDO = "undo"


class Outcome(StrEnum):
    """The answer to one scan. ``left`` and ``undone`` acknowledge a leave and an undo."""

    ADMITTED = "admitted"
    ADMITTED_UNVERIFIED = "admitted_unverified"
    ALREADY_IN = "already_in"
    DIGITAL = "digital"
    WAITING = "waiting"
    NOT_STARTED = "not_started"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    UNKNOWN = "unknown"
    BAD_SIGNATURE = "bad_signature"
    OTHER_EDITION = "other_edition"
    LEFT = "left"
    UNDONE = "undone"


ADMITTING = frozenset({Outcome.ADMITTED, Outcome.ADMITTED_UNVERIFIED})
PRESENT = ADMITTING | {Outcome.ALREADY_IN}
"""Outcomes that show a valid holder at the door. Which of two scans of one ticket was ``admitted`` and which
``already_in`` depends on the order of arrival, so the merged state must not tell them apart."""
ACKNOWLEDGING = frozenset({Outcome.LEFT, Outcome.UNDONE})


class TicketCheck(StrEnum):
    """What is known of the ticket, reference or index that was shown."""

    GOOD = "good"
    REPLACED = "replaced"
    UNKNOWN = "unknown"
    BAD_SIGNATURE = "bad_signature"
    OTHER_EDITION = "other_edition"


class Standing(StrEnum):
    """Where a person stands with regard to the room."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    DIGITAL = "digital"
    CANCELLED = "cancelled"


def standing_of(place: Place, wants: Place, *, cancelled: bool) -> Standing:
    """Return a registration's standing: somebody who waits for the room is waiting, also with a digital place."""
    if cancelled:
        return Standing.CANCELLED
    if place is Place.ONSITE:
        return Standing.CONFIRMED
    return Standing.WAITING if wants is Place.ONSITE or place is Place.NONE else Standing.DIGITAL


class ConflictKind(StrEnum):
    """Why somebody should look at a scan afterwards."""

    MALFORMED = "malformed"
    ID_TAKEN = "id_taken"
    UNKNOWN_PERSON = "unknown_person"
    BAD_SIGNATURE = "bad_signature"
    OTHER_EDITION = "other_edition"
    LET_IN_AGAINST_LIST = "let_in_against_list"
    LET_IN_TWICE = "let_in_twice"
    REFUSED_AGAINST_LIST = "refused_against_list"
    OVERRIDE_ON_LANE = "override_on_lane"
    UNDO_OF_ANOTHER = "undo_of_another"
    UNDO_WITHOUT_TARGET = "undo_without_target"
    AFTER_EXPIRY = "after_expiry"


@dataclass(frozen=True)
class ScanFact:
    """A stored scan of one person as far as presence depends on it; ``at`` is corrected server time."""

    id: UUID
    kind: ScanKind
    at: datetime
    outcome: Outcome
    gate_id: int | None = None
    decided: Outcome | None = None
    undoes: UUID | None = None

    @property
    def lets_in(self) -> bool:
        """Whether this scan shows that the person went in: by the server's answer, or by the phone's offline."""
        return self.kind is ScanKind.ENTER and (self.outcome in PRESENT or self.decided in ADMITTING)


@dataclass(frozen=True)
class Stay:
    """One time inside, from the scan that opened it; ``left_at`` is None while it lasts."""

    scan_id: UUID
    entered_at: datetime
    gate_id: int | None
    left_at: datetime | None = None


@dataclass(frozen=True)
class MergedState:
    """Where one person is, and was, according to all scans known so far."""

    stays: tuple[Stay, ...] = ()
    undone: frozenset[UUID] = frozenset()

    @property
    def current(self) -> Stay | None:
        """The stay that lasts, or None when the person is outside."""
        return self.stays[-1] if self.stays and self.stays[-1].left_at is None else None

    @property
    def inside(self) -> bool:
        """Whether the person is inside."""
        return self.current is not None

    @property
    def first(self) -> Stay | None:
        """The first stay, or None for somebody never let in."""
        return self.stays[0] if self.stays else None


OUTSIDE = MergedState()


def _undone(scans: Mapping[UUID, ScanFact]) -> frozenset[UUID]:
    """Return the scans taken back: those with an undo that is not itself taken back.

    Each undo names one target, so following targets ends at an enter or a leave (a tree, walked here from its
    root), at a scan not known yet, or in a circle of undos that touches no enter or leave and means nothing.
    """
    undos: dict[UUID, list[UUID]] = defaultdict(list)
    for scan in scans.values():
        if scan.kind is ScanKind.UNDO and scan.undoes is not None:
            undos[scan.undoes].append(scan.id)
    order = [scan.id for scan in scans.values() if scan.kind is not ScanKind.UNDO]
    for scan_id in order:
        order.extend(undos.get(scan_id, ()))
    undone: set[UUID] = set()
    for scan_id in reversed(order):
        if any(undo not in undone for undo in undos.get(scan_id, ())):
            undone.add(scan_id)
    return frozenset(undone)


def _each_once(scans: Iterable[ScanFact]) -> dict[UUID, ScanFact]:
    """Return scans by id. Should two differ under one id, the choice must not depend on their order."""
    once: dict[UUID, ScanFact] = {}
    for scan in sorted(scans, key=lambda scan: (scan.id, scan.at, repr(scan))):
        once.setdefault(scan.id, scan)
    return once


def merge_scans(scans: Iterable[ScanFact]) -> MergedState:
    """Return one person's state from all known scans of that person: the same for any order, batching or repetition.

    Scans count at their corrected time, those of the same instant by their id. Entering twice changes nothing,
    nor does leaving while outside. An undo works on its target whenever either arrives, and can be undone.
    """
    once = _each_once(scans)
    undone = _undone(once)
    stays: list[Stay] = []
    for scan in sorted(once.values(), key=lambda scan: (scan.at, scan.id)):
        if scan.id in undone:
            continue
        inside = bool(stays) and stays[-1].left_at is None
        if scan.lets_in and not inside:
            stays.append(Stay(scan.id, scan.at, scan.gate_id))
        elif scan.kind is ScanKind.LEAVE and inside:
            last = stays.pop()
            stays.append(Stay(last.scan_id, last.entered_at, last.gate_id, left_at=scan.at))
    return MergedState(tuple(stays), undone)


@dataclass(frozen=True)
class Shown:
    """A scan to be answered: what was done, when (corrected), on what kind of phone, and what the phone said."""

    kind: ScanKind
    at: datetime
    device: GateKind
    decided: Outcome | None = None
    override: bool = False


@dataclass(frozen=True)
class Verdict:
    """The answer, and why somebody should look at it later (None: no reason)."""

    outcome: Outcome
    conflict: ConflictKind | None = None


_BY_TICKET = {
    TicketCheck.REPLACED: Outcome.REPLACED,
    TicketCheck.UNKNOWN: Outcome.UNKNOWN,
    TicketCheck.BAD_SIGNATURE: Outcome.BAD_SIGNATURE,
    TicketCheck.OTHER_EDITION: Outcome.OTHER_EDITION,
}
_BY_STANDING = {
    Standing.CANCELLED: Outcome.CANCELLED,
    Standing.WAITING: Outcome.WAITING,
    Standing.DIGITAL: Outcome.DIGITAL,
}
_WITHOUT_PERSON = {
    Outcome.UNKNOWN: ConflictKind.UNKNOWN_PERSON,
    Outcome.BAD_SIGNATURE: ConflictKind.BAD_SIGNATURE,
    Outcome.OTHER_EDITION: ConflictKind.OTHER_EDITION,
}


def _by_list(
    shown: Shown, ticket: TicketCheck, standing: Standing, opens_at: datetime | None, state: MergedState
) -> Outcome:
    if ticket in _BY_TICKET:
        return _BY_TICKET[ticket]
    if standing in _BY_STANDING:
        return _BY_STANDING[standing]
    if opens_at is not None and shown.at < opens_at:
        return Outcome.NOT_STARTED
    return Outcome.ALREADY_IN if state.inside else Outcome.ADMITTED


def _with_the_phone(shown: Shown, listed: Outcome) -> Verdict:
    """Join what the list says with what an offline phone already told: a refusal told stands, an entry is noted."""
    decided = shown.decided
    if decided is None or decided is listed:
        return Verdict(listed, _WITHOUT_PERSON.get(listed))
    if decided in ADMITTING:
        if listed in ADMITTING:
            return Verdict(listed)
        twice = listed is Outcome.ALREADY_IN
        return Verdict(listed, ConflictKind.LET_IN_TWICE if twice else ConflictKind.LET_IN_AGAINST_LIST)
    if listed in PRESENT:
        return Verdict(decided, None if decided is Outcome.ALREADY_IN else ConflictKind.REFUSED_AGAINST_LIST)
    return Verdict(listed, _WITHOUT_PERSON.get(listed))


def decide(
    shown: Shown,
    *,
    ticket: TicketCheck,
    standing: Standing | None,
    opens_at: datetime | None,
    state: MergedState,
) -> Verdict:
    """Return the answer to one scan, given the person's ``standing`` (None: nobody found) and state before it.

    A desk's override admits anybody who is known, whatever the list says; on a lane it is noted and ignored.
    """
    if standing is None:
        outcome = _BY_TICKET.get(ticket, Outcome.UNKNOWN)
        return Verdict(outcome, _WITHOUT_PERSON.get(outcome))
    if shown.kind is ScanKind.LEAVE:
        return Verdict(Outcome.LEFT)
    if shown.kind is ScanKind.UNDO:
        return Verdict(Outcome.UNDONE)
    if shown.override and shown.device is GateKind.DESK:
        return Verdict(Outcome.ADMITTED)
    verdict = _with_the_phone(shown, _by_list(shown, ticket, standing, opens_at, state))
    if shown.override and verdict.conflict is None:
        return Verdict(verdict.outcome, ConflictKind.OVERRIDE_ON_LANE)
    return verdict


def corrected(device_at: datetime, *, offset: timedelta, received_at: datetime, enrolled_at: datetime) -> datetime:
    """Return a scan's moment in server time: the phone's clock plus its offset, never outside what is possible."""
    try:
        moment = device_at + offset
    except OverflowError:
        return received_at
    return max(enrolled_at, min(moment, received_at))


_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "đ": "d", "ŋ": "n", "ŧ": "t", "ł": "l", "ß": "ss"})


def slug_of(name: str) -> str:
    """Return a name as it stands in addresses and commands: "Øvre inngang" becomes ``ovre-inngang``; 60 at most."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].rstrip("-")
