"""What phones send, checked: strict, bounded, and without repeating the input in errors.

The envelope of a batch must be right, else nothing is taken and the phone keeps its scans. A single scan that
cannot be used must not lose the others: it becomes a ``Malformed`` with its raw content.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Self
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from crosslinks.checkin.rules import MAX_BATCH, GateKind, Outcome, ScanKind, Standing
from crosslinks.kernel.errors import Invalid
from crosslinks.registration.rules import BadgeRole
from crosslinks.web.payloads import Payload, PlainText

MAX_RAW_CHARACTERS = 4000
_TICKET = re.compile(r"CX1\.[A-Z2-7]{20,}", re.IGNORECASE)


def _whole(text: str) -> str:
    """Refuse half surrogates, which JSON can write and no database can keep."""
    text.encode()  # a UnicodeEncodeError is a ValueError
    return text


def _in_range(moment: AwareDatetime) -> AwareDatetime:
    """Refuse moments that would leave the calendar in another time zone."""
    if not 1970 <= moment.year <= 9000 or abs(moment.utcoffset() or timedelta(0)) > timedelta(hours=16):
        raise ValueError("out of range")
    return moment


def _written(value: object) -> object:
    """Refuse numbers: a moment is written in ISO 8601."""
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004 - pydantic turns only ValueError into a refusal
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written), AfterValidator(_in_range)]
WholeText = Annotated[PlainText, AfterValidator(_whole)]
Identity = Annotated[UUID, Field(strict=False)]


class EnrolPayload(Payload):
    """Exchanges a door link for a device token."""

    token: Annotated[PlainText, Field(min_length=1, max_length=200)]


class ScanPayload(Payload):
    """One scan as a phone made it."""

    id: Identity
    kind: Annotated[ScanKind, Field(strict=False)]
    at: Moment
    offline: bool = False
    ticket: Annotated[WholeText, Field(min_length=1, max_length=1000)] | None = None
    reference: Annotated[WholeText, Field(min_length=1, max_length=40)] | None = None
    index: Annotated[WholeText, Field(min_length=1, max_length=64)] | None = None
    proof: Annotated[WholeText, Field(min_length=1, max_length=128)] | None = None
    gate: Annotated[WholeText, Field(max_length=60)] | None = None
    decided: Annotated[Outcome, Field(strict=False)] | None = None
    undoes: Identity | None = None
    override: Annotated[WholeText, Field(max_length=300)] = ""
    note: Annotated[WholeText, Field(max_length=300)] = ""

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        named = [self.ticket is not None, self.reference is not None, self.index is not None]
        if sum(named) != 1 or (self.index is None) != (self.proof is None):
            raise ValueError("one of ticket, reference, index with proof")
        if (self.kind is ScanKind.UNDO) != (self.undoes is not None):
            raise ValueError("undoes belongs to undo")
        return self


class BatchPayload(Payload):
    """The envelope of a batch; its scans are checked one by one."""

    sent_at: Moment
    scans: Annotated[list[Any], Field(max_length=MAX_BATCH)]


# What is answered, for the API's description.


class FirstEntry(BaseModel):
    """When and at which gate somebody came in."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    gate: str


class ScanAnswer(BaseModel):
    """The answer to one scan, the same for ever."""

    model_config = ConfigDict(extra="forbid")

    id: str
    outcome: Outcome
    name: str | None
    role: BadgeRole | None
    first: FirstEntry | None
    assistance: bool = False
    organisation: str = ""


class BatchAnswer(BaseModel):
    """One answer for each scan, in order."""

    model_config = ConfigDict(extra="forbid")

    results: list[ScanAnswer]


class DeviceFacts(BaseModel):
    """Who a phone is."""

    id: int
    kind: GateKind
    label: str


class GateFacts(BaseModel):
    """Where a phone stands."""

    slug: str
    name: str


class EditionFacts(BaseModel):
    """The day that a phone works for."""

    name: str
    time_zone: str
    demo: bool


class StateAnswer(BaseModel):
    """Who the phone is, and how many are in."""

    model_config = ConfigDict(extra="forbid")

    device: DeviceFacts
    gate: GateFacts
    edition: EditionFacts
    approved: bool
    opens_at: AwareDatetime
    expires_at: AwareDatetime
    now: AwareDatetime
    inside: int
    expected: int


class EnrolAnswer(StateAnswer):
    """The phone's own token, told only here, and its state."""

    token: str


class SearchHit(BaseModel):
    """A person found."""

    model_config = ConfigDict(extra="forbid")

    reference: str
    name: str
    organisation: str
    role: BadgeRole
    assistance: bool
    standing: Standing
    inside: FirstEntry | None


class SearchAnswer(BaseModel):
    """At most twenty people."""

    model_config = ConfigDict(extra="forbid")

    hits: list[SearchHit]


@dataclass(frozen=True)
class Malformed:
    """A scan that cannot be used: the id to answer to, the id to store it under, and what it looked like."""

    echo: str | None
    id: UUID
    raw: str


def _fields(error: ValidationError) -> dict[str, str]:
    """Return what is wrong by field, without the input."""
    return {".".join(map(str, found["loc"])) or "body": found["type"] for found in error.errors(include_input=False)}


def _no_constant(name: str) -> None:
    raise ValueError(name)


def read_body(body: bytes) -> object:
    """Return the JSON of a body; raises ``Invalid`` for anything else, however deep or odd.

    A half surrogate is valid JSON here: it makes one scan malformed and must not cost the batch.
    """
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Invalid("door.unreadable", fields={"body": "json_invalid"}) from None


def read_batch(body: object) -> BatchPayload:
    """Return the checked envelope of a batch; raises ``Invalid`` with its fields. The scans are still raw."""
    try:
        return BatchPayload.model_validate(body)
    except ValidationError as error:
        raise Invalid("door.unreadable", fields=_fields(error)) from None


def _as_json(scan: object) -> str:
    try:
        return json.dumps(scan, sort_keys=True)
    except RecursionError:
        return "too deep to be written down"


def raw_text(scan: object) -> str:
    """Return a scan as text for the conflict list: bounded, and with tickets cut short, as they stay secret."""
    text = _as_json(scan)
    text = _TICKET.sub(lambda found: f"{found[0][:8]}…{hashlib.sha256(found[0].encode()).hexdigest()[:12]}", text)
    return text if len(text) <= MAX_RAW_CHARACTERS else text[: MAX_RAW_CHARACTERS - 1] + "…"


def _own_id(scan: object) -> UUID | None:
    if not isinstance(scan, dict) or not isinstance(scan.get("id"), str):
        return None
    try:
        return UUID(scan["id"])
    except ValueError:
        return None


def read_scan(scan: object, device_id: int) -> ScanPayload | Malformed:
    """Return one checked scan, or what is kept of one that cannot be used.

    Without a usable id of its own it gets one from its content, so that sending it again adds nothing.
    """
    try:
        return ScanPayload.model_validate(scan)
    except ValidationError:
        own = _own_id(scan)
        echo = scan.get("id") if isinstance(scan, dict) else None
        return Malformed(
            echo=echo[:100] if isinstance(echo, str) else None,
            id=own or uuid5(NAMESPACE_OID, f"{device_id}:{_as_json(scan)}"),
            raw=raw_text(scan),
        )
