"""The organizer's list of questions: their order, ready-made ones, and what is retired."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition, list_editions
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import CrosslinksError, Invalid, NotFound
from crosslinks.questions.operations import (
    copy_questions,
    move_question,
    order_questions,
    remove_question,
    restore_question,
)
from crosslinks.questions.presets import PRESETS, add_preset, used_presets
from crosslinks.questions.queries import count_answers, get_question, has_answers, list_questions
from crosslinks.questions.refusals import refusal
from crosslinks.questions.rules import MOST_QUESTIONS, AskedOf, in_order
from crosslinks.questions.words import asked_of_words, condition_words, kind_words
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

questions_manage = Blueprint("questions_manage", __name__, url_prefix="/manage/<conference>/<edition>/form")

ID = "<int(max=2147483647):number>"


def form_url(edition: Edition, page: str = "") -> str:
    """Return the address of the designer, or of a page of it."""
    return manage_url(edition, f"form/{page}" if page else "form")


def back(edition: Edition, words: str = "") -> Response:
    """Return to the list, with something to say."""
    if words:
        flash(words)
    return redirect(form_url(edition), 303)


@questions_manage.get("")
@requires(Permission.EDITION)
def show(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    counted = count_answers(found.id)
    active = [one for one in counted if one.question.retired_at is None]
    form = in_order(one.question.as_asked() for one in active)
    return render_page(
        "questions/manage/form.html",
        manage_frame(found),
        edition=found,
        url=form_url(found),
        groups=(
            [one for one in active if one.question.asked_of is not AskedOf.ONSITE],
            [one for one in active if one.question.asked_of is AskedOf.ONSITE],
        ),
        retired=[one for one in counted if one.question.retired_at is not None],
        conditions={asked.id: condition_words(asked.condition, form) for asked in form},
        kinds=kind_words(),
        asked_of=asked_of_words(),
        presets={key: one for key, one in PRESETS.items() if key not in used_presets(o.question for o in counted)},
        sources=[] if counted else _editions_to_copy(found),
    )


def _editions_to_copy(edition: Edition) -> list[Edition]:
    """Return the other editions of this conference that ask something, the latest first."""
    others = [one for one in list_editions(edition.conference_id) if one.id != edition.id]
    return [one for one in others[:10] if list_questions(one.id, with_retired=False)]


@questions_manage.post("/presets/<key>")
@requires(Permission.EDITION)
def take_preset(conference: str, edition: str, key: str) -> Response:
    found = get_edition(conference, edition)
    try:
        with transaction():
            add_preset(actor=principal().actor, now=now(), edition=found, key=key)
    except CrosslinksError as error:
        return back(found, refusal(error)[1])
    return back(found, _("Added."))


@questions_manage.post("/copy")
@requires(Permission.EDITION)
def copy(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    source = next((one for one in list_editions(found.conference_id) if one.slug == request.form.get("from")), None)
    if source is None:
        raise NotFound("edition.unknown")
    with transaction():
        if source.id == found.id or list_questions(found.id):
            raise Invalid("question.not_empty")
        copied = copy_questions(
            actor=principal().actor, now=now(), source=get_edition(conference, source.slug), target=found
        )
    return back(found, ngettext("%(num)s question added.", "%(num)s questions added.", copied))


@questions_manage.post("/order")
@requires(Permission.EDITION)
def order(conference: str, edition: str) -> Response | tuple[str, int]:
    """Take an order that was dragged: ids in ``id``, in their new order. Says in words why not."""
    found = get_edition(conference, edition)
    typed = request.form.getlist("id")[: MOST_QUESTIONS + 1]
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in typed):
        raise Invalid("question.unknown")
    try:
        with transaction():
            order_questions(actor=principal().actor, now=now(), edition=found, ids=[int(one) for one in typed])
    except CrosslinksError as error:
        flash(refusal(error)[1])
        return "", error.status
    flash(_("The order is saved."))
    return "", 204


@questions_manage.post(f"/{ID}/move")
@requires(Permission.EDITION)
def move(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    direction = request.form.get("direction")
    if direction not in {"up", "down"}:
        raise Invalid("direction.unknown")
    try:
        with transaction():
            question = get_question(found.id, number)
            move_question(actor=principal().actor, now=now(), edition=found, question=question, up=direction == "up")
    except CrosslinksError as error:
        if isinstance(error, NotFound):
            raise
        return back(found, refusal(error)[1])
    return redirect(f"{form_url(found)}#question-{number}", 303)


@questions_manage.route(f"/{ID}/remove", methods=["GET", "POST"])
@requires(Permission.EDITION)
def remove(conference: str, edition: str, number: int) -> str | Response:
    found = get_edition(conference, edition)
    question = get_question(found.id, number)
    if request.method == "GET":
        return render_page(
            "questions/manage/remove.html",
            manage_frame(found),
            question=question,
            answered=has_answers(question.id),
            url=form_url(found),
        )
    try:
        with transaction():
            question = get_question(found.id, number)
            retired = remove_question(actor=principal().actor, now=now(), edition=found, question=question)
    except CrosslinksError as error:
        return back(found, refusal(error)[1])
    return back(found, _("Retired. Its answers are kept.") if retired else _("Deleted."))


@questions_manage.post(f"/{ID}/restore")
@requires(Permission.EDITION)
def restore(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    get_question(found.id, number)
    try:
        with transaction():
            question = get_question(found.id, number)
            restore_question(actor=principal().actor, now=now(), edition=found, question=question)
    except CrosslinksError as error:
        return back(found, refusal(error)[1])
    return back(found, _("Asked again, with its answers."))
