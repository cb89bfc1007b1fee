"""The anonymous form behind the personal link: it knows that you may answer, and forgets who answered what."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from werkzeug.wrappers import Response

from crosslinks.editions.frames import public_frame
from crosslinks.feedback.forms import AnswerForm, make_answer_form
from crosslinks.feedback.operations import answer, refuse_answer
from crosslinks.feedback.queries import get_form, has_answered, list_questions
from crosslinks.feedback.rules import LEAST_ANSWERS, FormState, asked_of
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.registration.links import place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import get_by_link_token
from crosslinks.registration.rules import Place
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

feedback_public = Blueprint("feedback_public", __name__, url_prefix="/r/<token>/feedback")
feedback_public.after_request(keep_secret)

WRITES_PER_LINK = 20


def _open(token: str) -> Registration:
    try:
        return get_by_link_token(token)
    except NotFound:
        spend_bad_token()
        raise


def _page(registration: Registration, token: str, form: AnswerForm | None, status: int = 200) -> Response:
    edition = registration.edition
    facts = get_form(edition)
    page = render_page(
        "feedback/public/feedback.html",
        public_frame(edition),
        edition=edition,
        has_place=registration.place is not Place.NONE,
        state=facts.state(now()).value,
        period=facts.period,
        last_day=facts.last_day,
        given=has_answered(edition.id, registration.id),
        form=form,
        least=LEAST_ANSWERS,
        base=place_path(token),
    )
    return make_response(page, status)


@feedback_public.get("")
def show(token: str) -> Response:
    registration = _open(token)
    return _page(registration, token, _form_for(registration))


def _form_for(registration: Registration) -> AnswerForm | None:
    """Return the form for somebody who may answer now."""
    edition = registration.edition
    is_open = get_form(edition).state(now()) is FormState.OPEN
    if registration.place is Place.NONE or not is_open or has_answered(edition.id, registration.id):
        return None
    return make_answer_form(asked_of(list_questions(edition.id), registration.place.value))


@feedback_public.post("")
def save(token: str) -> Response:
    spend_client_request()
    registration = _open(token)
    spend("feedback", str(registration.id), WRITES_PER_LINK, "hour")
    refuse_answer(registration, now())
    form = make_answer_form(asked_of(list_questions(registration.edition_id), registration.place.value))
    if not (form.validate_on_submit() and form.says_something()):
        return _page(registration, token, form, 422)
    with transaction():
        answer(now=now(), registration_id=registration.id, answers=form.answers())
    return redirect(request.path, 303)
