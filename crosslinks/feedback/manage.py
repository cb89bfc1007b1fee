"""Organizer pages of the feedback form: the results, and what is asked."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.feedback.exchange import answer_words, result_heads, result_rows
from crosslinks.feedback.forms import PeriodForm, QuestionForm
from crosslinks.feedback.models import FeedbackQuestion
from crosslinks.feedback.operations import (
    add_question,
    begin_form,
    change_form,
    change_question,
    delete_question,
    move_question,
)
from crosslinks.feedback.queries import (
    count_answers,
    count_places,
    get_form,
    get_question,
    get_results,
    has_answers,
    has_own_form,
    list_questions,
)
from crosslinks.feedback.rules import LEAST_ANSWERS, MOST_QUESTIONS, Opening, QuestionKind
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.web.formats import format_day
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires
from crosslinks.web.sheets import csv_download

feedback_manage = Blueprint("feedback_manage", __name__, url_prefix="/manage/<conference>/<edition>/feedback")

ITEM = "<int(max=2147483647):number>"

Page = tuple[str, int]


@feedback_manage.get("")
@requires(Permission.OVERVIEW)
def show(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    facts = get_form(found)
    return render_page(
        "feedback/manage/results.html",
        manage_frame(found),
        edition=found,
        state=facts.state(now()).value,
        period=facts.period,
        last_day=facts.last_day,
        answered=count_answers(found.id),
        places=count_places(found.id),
        results=get_results(found.id),
        answer_words=answer_words,
        least=LEAST_ANSWERS,
        may_edit=principal().may(Permission.EDITION, found.conference_id),
        url=manage_url(found, "feedback"),
    )


@feedback_manage.get("/results.csv")
@requires(Permission.OVERVIEW)
def download(conference: str, edition: str) -> BaseResponse:
    found = get_edition(conference, edition)
    return csv_download(f"feedback-{found.slug}", result_heads(), result_rows(get_results(found.id)))


def _form_page(edition: Edition, form: PeriodForm, status: int = 200) -> Page:
    page = render_page(
        "feedback/manage/form.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        questions=list_questions(edition.id),
        is_own=has_own_form(edition.id),
        most=MOST_QUESTIONS,
        url=manage_url(edition, "feedback"),
    )
    return page, status


@feedback_manage.route("/form", methods=["GET", "POST"])
@requires(Permission.EDITION)
def edit(conference: str, edition: str) -> Page | BaseResponse:
    found = get_edition(conference, edition)
    form = PeriodForm.of(get_form(found))
    if not form.validate_on_submit():
        return _form_page(found, form, 422 if request.method == "POST" else 200)
    last_day = form.last_day.data
    wrong = _wrong_day(found, last_day)
    if last_day is None or wrong:
        form.last_day.errors = [wrong]
        return _form_page(found, form, 422)
    with transaction():
        change_form(
            actor=principal().actor,
            now=now(),
            edition=found,
            is_on=form.is_on.data,
            opening=Opening(form.opening.data),
            last_day=last_day,
        )
    flash(_("Saved."))
    return redirect(manage_url(found, "feedback/form"), 303)


def _wrong_day(edition: Edition, last_day: date | None) -> str:
    if last_day is None or last_day < edition.starts_at.astimezone(edition.zone).date():
        return _("That is before the day itself.")
    if last_day >= edition.erase_on:
        return _("Registrations are erased on %(day)s, and the links with them.", day=format_day(edition.erase_on))
    return ""


@feedback_manage.post("/form/own")
@requires(Permission.EDITION)
def begin(conference: str, edition: str) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        begin_form(actor=principal().actor, now=now(), edition=found)
    return redirect(manage_url(found, "feedback/form"), 303)


def _question_page(edition: Edition, form: QuestionForm, question: FeedbackQuestion | None = None) -> Page:
    page = render_page(
        "feedback/manage/question.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        question=question,
        url=manage_url(edition, "feedback/form"),
    )
    return page, 422 if request.method == "POST" else 200


def _done(edition: Edition, words: str) -> BaseResponse:
    flash(words)
    return redirect(manage_url(edition, "feedback/form#questions"), 303)


@feedback_manage.route("/items/new", methods=["GET", "POST"])
@requires(Permission.EDITION)
def add(conference: str, edition: str) -> Page | BaseResponse:
    found = get_edition(conference, edition)
    form = QuestionForm.of()
    facts = form.facts() if form.validate_on_submit() else None
    if facts is None:
        return _question_page(found, form)
    try:
        with transaction():
            add_question(
                actor=principal().actor, now=now(), edition=found, kind=QuestionKind(form.kind.data), **facts
            )  # fmt: skip
    except Invalid:
        form.form_errors.append(_("There are %(most)s questions already. More are not read.", most=MOST_QUESTIONS))
        return _question_page(found, form)
    return _done(found, _("Added."))


@feedback_manage.route(f"/items/{ITEM}", methods=["GET", "POST"])
@requires(Permission.EDITION)
def change(conference: str, edition: str, number: int) -> Page | BaseResponse:
    found = get_edition(conference, edition)
    question = get_question(found.id, number)
    form = QuestionForm.of(question)
    facts = form.facts() if form.validate_on_submit() else None
    if facts is None:
        return _question_page(found, form, question)
    try:
        with transaction():
            change_question(actor=principal().actor, now=now(), edition=found, question_id=number, **facts)
    except Conflict:
        form.options_en.errors = [_("People have answered already, so no option can go. Correct its words instead.")]
        return _question_page(found, form, question)
    return _done(found, _("Saved."))


@feedback_manage.post(f"/items/{ITEM}/move")
@requires(Permission.EDITION)
def move(conference: str, edition: str, number: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        move_question(
            actor=principal().actor,
            now=now(),
            edition=found,
            question_id=number,
            up=request.form.get("to") == "up",
        )
    return redirect(manage_url(found, "feedback/form#questions"), 303)


@feedback_manage.route(f"/items/{ITEM}/delete", methods=["GET", "POST"])
@requires(Permission.EDITION)
def delete(conference: str, edition: str, number: int) -> str | BaseResponse:
    found = get_edition(conference, edition)
    question = get_question(found.id, number)
    if request.method == "POST":
        with transaction():
            delete_question(actor=principal().actor, now=now(), edition=found, question_id=number)
        return _done(found, _("Deleted."))
    return render_page(
        "feedback/manage/delete.html",
        manage_frame(found),
        question=question,
        answered=has_answers(found.id),
        url=manage_url(found, "feedback"),
    )
