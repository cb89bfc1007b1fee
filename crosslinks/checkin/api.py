"""What phones at the door say to the server: enrol, scan, search, ask how things stand.

Every address but the first wants the phone's own token (``Authorization: Bearer``). Errors have stable codes:
401 ``device.unknown``, 403 ``device.waiting`` and ``device.not_a_desk``, 410 ``device.revoked`` and ``device.expired``
(the phone wipes itself), 422 ``door.unreadable``, 429. Whatever the status, a phone keeps scans without an answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from crosslinks.checkin.devices import DoorPhone, find_phone, get_phone
from crosslinks.checkin.models import Attendance
from crosslinks.checkin.operations import enrol_device
from crosslinks.checkin.payloads import (
    BatchAnswer,
    BatchPayload,
    EnrolAnswer,
    EnrolPayload,
    ScanPayload,
    SearchAnswer,
    StateAnswer,
    read_batch,
    read_body,
    read_scan,
)
from crosslinks.checkin.queries import count_door, search_people
from crosslinks.checkin.rules import LATE_SCANS_FOR, GateKind, standing_of
from crosslinks.checkin.scanning import examine, record_scans
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import CrosslinksError, Forbidden, Gone
from crosslinks.kernel.tokens import show_reference
from crosslinks.registration.models import Registration
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.openapi import ApiOperation
from crosslinks.web.payloads import read_payload
from crosslinks.web.security import csrf, keep_secret, public

checkin_api = Blueprint("checkin_api", __name__, url_prefix="/api/v1/door")
csrf.exempt(checkin_api)

REFERENCES_PER_MINUTE = 30
LONGEST_SEARCH = 100
_REFUSES = {
    401: "No token, or one that was never given out.",
    403: "An organizer must approve this phone first.",
    410: "The phone was revoked, or its time is over.",
    429: "Too many; Retry-After says when, in seconds.",
}
_UNREADABLE = {413: "Too large.", 422: "Something cannot be used; fields says what."}
OPERATIONS = (
    ApiOperation(
        "POST",
        "/api/v1/door/devices",
        "enrol_phone",
        "Exchange a door link's token for a phone's own.",
        takes=EnrolPayload,
        answers={201: EnrolAnswer},
        refuses={
            400: "Not JSON.",
            404: "No such link.",
            409: "Its phones are enrolled.",
            410: "The link has expired.",
            415: "Not application/json.",
            429: _REFUSES[429],
            **_UNREADABLE,
        },
    ),
    ApiOperation(
        "POST",
        "/api/v1/door/scans",
        "send_scans",
        "Send up to 100 scans; each is answered, in order. One that cannot be used is kept for the organizers to see.",
        takes=BatchPayload,
        answers={200: BatchAnswer},
        refuses=_REFUSES | _UNREADABLE,
        bearer=True,
    ),
    ApiOperation(
        "GET",
        "/api/v1/door/state",
        "door_state",
        "Ask who this phone is and how many are in.",
        answers={200: StateAnswer},
        refuses={status: _REFUSES[status] for status in (401, 410, 429)},
        bearer=True,
    ),
    ApiOperation(
        "GET",
        "/api/v1/door/search",
        "search_people",
        "Find people by name, workplace or reference; for approved desks.",
        answers={200: SearchAnswer},
        refuses=_REFUSES,
        bearer=True,
        query={"q": "What was typed."},
    ),
)


class NotEnrolledError(CrosslinksError):
    """The phone shows no token, or one that was never given out."""

    status = 401


def _bearer() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _phone(moment: datetime, *, late: bool = False) -> DoorPhone:
    """Return the phone that asks; ``late`` still takes one whose time was over not long ago."""
    token = _bearer()
    phone = find_phone(token) if 0 < len(token) <= 200 and token.isascii() else None
    if phone is None:
        spend_bad_token()
        raise NotEnrolledError("device.unknown", _("This phone is not enrolled. Scan the door’s code."))
    if phone.revoked_at is not None:
        raise Gone("device.revoked", _("This phone’s access was ended by an organizer."))
    if phone.expired(moment - LATE_SCANS_FOR if late else moment):
        raise Gone("device.expired", _("This phone’s time at the door is over."))
    return phone


def _approved(phone: DoorPhone) -> DoorPhone:
    if phone.approved_at is None:
        raise Forbidden("device.waiting", _("An organizer must approve this phone first."))
    return phone


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    return keep_secret(response)


def _card(phone: DoorPhone, moment: datetime) -> dict[str, Any]:
    """Return what a phone shows in its bar: who it is, and how full the room is."""
    count = count_door(phone.edition_id)
    return {
        "device": {"id": phone.id, "kind": phone.kind, "label": phone.label},
        "gate": {"slug": phone.gate_slug, "name": phone.gate_name},
        "edition": {"name": phone.edition_name, "time_zone": phone.time_zone, "demo": phone.is_demo},
        "approved": phone.approved_at is not None,
        "opens_at": phone.opens_at.isoformat(),
        "expires_at": phone.expires_at.isoformat(),
        "now": moment.isoformat(),
        "inside": count.inside,
        "expected": count.expected,
    }


@checkin_api.post("/devices")
@public
def enrol() -> Response:
    """Exchange a door link's token for the phone's own, which is told only here."""
    spend_client_request()
    asked = read_payload(EnrolPayload)
    moment = now()
    try:
        with transaction():
            device, token = enrol_device(now=moment, real=real_now(), token=asked.token)
    except CrosslinksError:
        spend_bad_token()
        raise
    return _answer({"token": token, **_card(get_phone(device.id), moment)}, 201)


@checkin_api.post("/scans")
@public
def scan() -> Response:
    """Take up to 100 scans and answer each, in order."""
    moment = now()
    phone = _approved(_phone(moment, late=True))
    batch = read_batch(read_body(request.get_data()))
    scans = [read_scan(raw, phone.id) for raw in batch.scans]
    if phone.kind is GateKind.LANE:
        _limit_references(phone, sum(isinstance(one, ScanPayload) and one.reference is not None for one in scans))
    seen = [examine(phone, one) for one in scans]
    with transaction():
        results = record_scans(phone=phone, scans=seen, sent_at=batch.sent_at, now=moment)
    return _answer({"results": results})


def _limit_references(phone: DoorPhone, typed: int) -> None:
    """Slow down guessing; a batch of many that were typed while the net was away still passes, in its turn."""
    for _count in range(min(typed, REFERENCES_PER_MINUTE)):
        spend("door-reference", str(phone.id), REFERENCES_PER_MINUTE, "minute")


@checkin_api.get("/state")
@public
def state() -> Response:
    """Tell a phone who it is and how many are in; a waiting desk learns here that it was approved."""
    moment = now()
    return _answer(_card(_phone(moment), moment))


@checkin_api.get("/search")
@public
def search() -> Response:
    """Find people by name, workplace or reference; for approved desks only."""
    phone = _approved(_phone(now()))
    if phone.kind is not GateKind.DESK:
        raise Forbidden("device.not_a_desk", _("Only a desk can search for names."))
    typed = request.args.get("q", "")[:LONGEST_SEARCH].replace("\x00", " ")
    hits = [_hit(*found) for found in search_people(phone.edition_id, typed)]
    return _answer({"hits": hits})


def _hit(person: Registration, attendance: Attendance | None, gate_name: str) -> dict[str, Any]:
    inside = attendance is not None and attendance.inside
    entered_at = attendance.entered_at if attendance else None
    return {
        "reference": show_reference(person.reference),
        "name": person.name,
        "organisation": person.organisation,
        "role": person.role,
        "assistance": person.needs_assistance,
        "standing": standing_of(person.place, person.wants, cancelled=person.cancelled_at is not None),
        "inside": {"at": entered_at.isoformat(), "gate": gate_name} if inside and entered_at else None,
    }
