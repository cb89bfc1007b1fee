"""Behind the personal link: what somebody agrees to, with its history, to withdraw or give. Also after cancelling."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.consents.operations import change_consent
from crosslinks.consents.rules import read_topic
from crosslinks.consents.standing import find_wording, list_consent_events, list_consent_lines
from crosslinks.editions.frames import public_frame
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Invalid
from crosslinks.registration.links import place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.place_access import open_place, open_place_to_write
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

registration_consents = Blueprint("registration_consents", __name__, url_prefix="/r/<token>")
registration_consents.after_request(keep_secret)

_ACTS = {"give": True, "withdraw": False}


@registration_consents.get("/consents")
def show(token: str) -> Response:
    return _page(open_place(token), token)


def _page(registration: Registration, token: str) -> Response:
    edition = registration.edition
    said = {"given": _("Thank you. Noted."), "withdrawn": _("Withdrawn. It counts from now on.")}
    page = render_page(
        "registration/public/consents.html",
        public_frame(edition),
        edition=edition,
        lines=list_consent_lines(edition.id, registration.id),
        events=list_consent_events(registration.id),
        news=said.get(request.args.get("news", ""), ""),
        base=place_path(token),
    )
    return make_response(page)


@registration_consents.post("/consents")
def change(token: str) -> Response:
    registration = open_place_to_write(token)
    topic = read_topic(request.form.get("topic", ""))
    given = _ACTS.get(request.form.get("act", ""))
    if topic is None or given is None:
        raise Invalid("consent.unknown")
    edition = registration.edition
    wording = find_wording(edition.id, registration.id, topic)
    if wording is None:
        raise Invalid("consent.unknown")
    with transaction():
        change_consent(
            actor=Actor.registrant(registration.id),
            now=now(),
            conference_id=edition.conference_id,
            edition_id=edition.id,
            registration_id=registration.id,
            wording=wording,
            given=given,
            language=current_language(),
        )
    return redirect(f"{place_path(token, 'consents')}?news={'given' if given else 'withdrawn'}", 303)
