"""Behind the personal link: one's answers to the edition's questions, to be changed until a deadline."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from crosslinks.editions.frames import public_frame
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.questions.fields import Blocks, check_sent
from crosslinks.questions.queries import form_at, list_answers
from crosslinks.questions.words import answer_words
from crosslinks.registration.answering import change_answers, facts_of, kept_blocks
from crosslinks.registration.links import place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.place_access import cancelled_page, open_place, open_place_to_write
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

registration_place_answers = Blueprint("registration_place_answers", __name__, url_prefix="/r/<token>/answers")
registration_place_answers.after_request(keep_secret)


@registration_place_answers.get("")
def show(token: str) -> Response:
    registration = open_place(token)
    edition = registration.edition
    if registration.cancelled_at is not None:
        return cancelled_page(registration, token)
    form = form_at(edition.id, edition.form_rev)
    known = list_answers(registration.id)
    if not form and not known:
        raise NotFound("answers.none")
    if now() >= edition.answers_deadline or not form:
        answered = [(question.label, answer_words(question.as_asked(), answer.value)) for question, answer in known]
        return _page(registration, token, Blocks.nothing(), answered=answered, is_late=True)
    return _page(registration, token, kept_blocks(registration, form))


@registration_place_answers.post("")
def change(token: str) -> Response:
    registration = open_place_to_write(token)
    edition = registration.edition
    if registration.cancelled_at is not None:
        return cancelled_page(registration, token)
    if now() >= edition.answers_deadline:
        raise Conflict("answers.closed")
    sent = check_sent(form_at(edition.id, edition.form_rev), request.form, facts_of(registration))
    if sent.checked.problems:
        return _page(registration, token, sent.blocks(), status=422)
    with transaction():
        actor = Actor.registrant(registration.id)
        change_answers(actor=actor, now=now(), registration_id=registration.id, answers=sent.checked)
    return redirect(f"{place_path(token)}?news=answers", 303)


def _page(
    registration: Registration,
    token: str,
    questions: Blocks,
    *,
    answered: list[tuple[dict[str, str], str]] | None = None,
    is_late: bool = False,
    status: int = 200,
) -> Response:
    page = render_page(
        "registration/public/answers.html",
        public_frame(registration.edition),
        edition=registration.edition,
        form=FlaskForm(formdata=None),
        facts=facts_of(registration),
        questions=questions,
        answered=answered or [],
        is_late=is_late,
        base=place_path(token),
    )
    return make_response(page, status)
