"""The JSON twin of the registration form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify
from flask_babel import gettext as _

from crosslinks.consents.boxes import choose_wordings
from crosslinks.consents.rules import ASKED_BY_EDITION, SPONSOR_PREFIX, Topic, Wording, read_topic
from crosslinks.editions.queries import find_conference_id, find_stamp
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Invalid, NotFound
from crosslinks.kernel.tokens import show_reference
from crosslinks.questions.queries import form_at
from crosslinks.questions.rules import NOTHING, Checked, Form, check_answers
from crosslinks.questions.sending import problems_by_name, read_json
from crosslinks.registration.addresses import spend_address
from crosslinks.registration.joining import register
from crosslinks.registration.payloads import RegistrationAnswer, RegistrationPayload
from crosslinks.registration.rules import Details, Receipt, Source
from crosslinks.web.clients import spend_client_request
from crosslinks.web.languages import current_language
from crosslinks.web.openapi import ApiOperation
from crosslinks.web.payloads import read_payload_with
from crosslinks.web.security import csrf, public

registration_api = Blueprint("registration_api", __name__, url_prefix="/api/v1")
csrf.exempt(registration_api)

OPERATIONS = (
    ApiOperation(
        "POST",
        "/api/v1/{conference}/{edition}/registrations",
        "register",
        "Take a place, or join the queue. The address is written to; it alone learns whether it was known.",
        takes=RegistrationPayload,
        answers={201: RegistrationAnswer},
        refuses={
            400: "Not JSON.",
            404: "No such edition, or not published.",
            409: "Registration is not open.",
            413: "Too large.",
            415: "Not application/json.",
            422: "Something cannot be used; fields says what.",
            429: "Too many; Retry-After says when, in seconds.",
        },
    ),
)


@registration_api.post("/<conference>/<edition>/registrations")
@public
def create(conference: str, edition: str) -> tuple[Response, int]:
    stamp = find_stamp(conference, edition)
    if stamp is None:
        raise NotFound("edition.unknown" if find_conference_id(conference) else "conference.unknown")
    if stamp.state == EditionState.DRAFT:
        raise NotFound("edition.unpublished")
    spend_client_request()
    payload, apart = read_payload_with(RegistrationPayload, SPONSOR_PREFIX)
    answers = _answers(form_at(stamp.edition_id, stamp.form_rev), payload)
    consents = _consents(stamp.edition_id, payload, apart)
    spend_address(payload.email)
    details = Details(
        payload.given_name,
        payload.family_name,
        payload.email,
        payload.organisation,
        payload.profession,
        current_language(),
        payload.needs_assistance,
    )
    with transaction():
        receipt = register(
            actor=Actor.visitor(),
            now=now(),
            edition_id=stamp.edition_id,
            details=details,
            mode=payload.mode,
            meanwhile_digital=payload.meanwhile_digital,
            source=Source.API,
            answers=answers,
            consents=consents,
        )
    return jsonify(_answer(receipt)), 201


def _answers(form: Form, payload: RegistrationPayload) -> Checked:
    sent = payload.answers
    if not form and not sent:
        return NOTHING
    given, wrong = read_json(form, sent)
    checked = check_answers(form, given, payload.facts())
    wrong = problems_by_name(checked) | wrong
    if wrong:
        raise Invalid("payload.invalid", _("Something in it cannot be used"), fields=wrong)
    return checked


def _consents(edition_id: int, payload: RegistrationPayload, apart: Mapping[str, Any]) -> list[Wording]:
    """Return what was agreed to; raises ``Invalid`` for what is no yes or no, or is not asked here."""
    wrong = {name: _("Yes or no: true or false.") for name, value in apart.items() if not isinstance(value, bool)}
    topics = [Topic(purpose) for purpose in ASKED_BY_EDITION if getattr(payload, Topic(purpose).field)]
    ticked: dict[str, Topic | None] = {topic.field: topic for topic in topics}
    ticked |= {name: read_topic(name) for name, value in apart.items() if value is True}
    chosen = choose_wordings(edition_id, {topic for topic in ticked.values() if topic is not None})
    asked = {wording.topic for wording in chosen}
    wrong |= {name: _("This is not asked here.") for name, topic in ticked.items() if topic not in asked}
    if wrong:
        raise Invalid("payload.invalid", _("Something in it cannot be used"), fields=wrong)
    return chosen


def _answer(receipt: Receipt) -> dict[str, object]:
    answer: dict[str, object] = {"status": receipt.status.value, "reference": show_reference(receipt.reference)}
    if receipt.position is not None:
        answer["position"] = receipt.position
    return answer
