"""The organizer's page of one question, with a preview as participants see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import CrosslinksError, NotFound
from crosslinks.questions.designing import (
    Design,
    condition_groups,
    options_of,
    preview_of,
    shown_of,
    taken,
    typed_options,
    typed_shown,
)
from crosslinks.questions.fields import Wrong, list_fields, show_fields
from crosslinks.questions.forms import QuestionForm
from crosslinks.questions.manage import ID, back, form_url
from crosslinks.questions.models import Question
from crosslinks.questions.operations import change_question, create_question
from crosslinks.questions.queries import get_question, has_answers, list_questions
from crosslinks.questions.refusals import refusal
from crosslinks.questions.rules import Form, in_order
from crosslinks.web.languages import LANGUAGES, speaking
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

question_manage = Blueprint("question_manage", __name__, url_prefix="/manage/<conference>/<edition>/form")

PREVIEW_NUMBER = 900_000_000
ACTS = frozenset({"up", "down", "drop", "bring"})

Answer = tuple[str, int] | Response


def _asked(edition: Edition) -> Form:
    return in_order(one.as_asked() for one in list_questions(edition.id, with_retired=False))


def _design(edition: Edition, question: Question | None) -> Design:
    """Return the question as it is typed now, else as it is kept."""
    if request.method == "GET":
        return Design(QuestionForm.of(question), options_of(question), shown_of(question))
    groups = condition_groups(_asked(edition), question, ())
    return Design(QuestionForm.of(question), typed_options(request.form), typed_shown(request.form, groups))


def _show(edition: Edition, question: Question | None, design: Design, status: int = 200) -> tuple[str, int]:
    asked = _asked(edition)
    design.options.pad()
    page = render_page(
        "questions/manage/question.html",
        manage_frame(edition),
        edition=edition,
        languages={code: name for code, name in LANGUAGES.items() if code in edition.languages} or LANGUAGES,
        question=question,
        form=design.form,
        options=design.options,
        shown=design.shown,
        groups=condition_groups(asked, question, design.shown.pairs),
        answered=has_answers(question.id) if question else False,
        errors=_errors(design),
        previews=_previews(edition, design),
        url=form_url(edition),
        action=form_url(edition, str(question.id) if question else "new"),
        suggested=edition.ends_at.astimezone(edition.zone).date() + timedelta(days=14),
    )
    return page, status


def _errors(design: Design) -> list[Wrong]:
    found = []
    if design.options.error:
        found.append(Wrong("options", _("Choices"), design.options.error))
    if design.shown.error:
        found.append(Wrong("shown", _("When it is shown"), design.shown.error))
    return found


def _previews(edition: Edition, design: Design) -> list[tuple[str, str, Markup]]:
    """Return the question in each language of the edition: code, name, HTML."""
    draft, asked = design.draft(), _asked(edition)
    found = []
    for place, code in enumerate(code for code in LANGUAGES if code in edition.languages):
        with speaking(code):
            question = preview_of(draft, PREVIEW_NUMBER + place)
            fields = list_fields((*asked, question))[-1:]
            blocks = show_fields(fields)
            found.append((code, LANGUAGES[code], blocks.general + blocks.room))
    return found


def _act(design: Design, question: Question | None) -> bool:
    """Do what a button inside the form asks; return whether it was one that does not save."""
    deed, _colon, place = request.form.get("act", "save").partition(":")
    if deed in ACTS and place.isascii() and place.isdigit() and len(place) < 4:
        design.options.act(deed, int(place), taken(question))
    return deed in {"more", "preview", *ACTS}


@question_manage.route("/new", methods=["GET", "POST"])
@requires(Permission.EDITION)
def create(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    return _edit(found, None)


@question_manage.route(f"/{ID}", methods=["GET", "POST"])
@requires(Permission.EDITION)
def edit(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    return _edit(found, get_question(found.id, number))


def _edit(edition: Edition, question: Question | None) -> Answer:
    design = _design(edition, question)
    if request.method == "GET" or _act(design, question):
        return _show(edition, question, design)
    if not design.is_valid():
        return _show(edition, question, design, 422)
    try:
        _save(edition, question, design)
    except CrosslinksError as error:
        if isinstance(error, NotFound):
            raise
        _note(design, *refusal(error))
        return _show(edition, question, design, error.status)
    return back(edition, _("Saved.") if question else _("Added."))


def _save(edition: Edition, question: Question | None, design: Design) -> None:
    common: dict[str, Any] = {"actor": principal().actor, "now": now(), "edition": edition, "draft": design.draft()}
    with transaction():
        if question is None:
            create_question(**common)
        else:
            change_question(question=get_question(edition.id, question.id), **common)


def _note(design: Design, name: str, words: str) -> None:
    """Put a refusal beside what it is about."""
    if name == "options":
        design.options.error = words
    elif name == "shown_if":
        design.shown.error = words
    else:
        (design.form[name] if name else design.form.label_en).errors = [words]


@question_manage.post("/preview-question")
@requires(Permission.EDITION)
def preview(conference: str, edition: str) -> Answer:
    """Return the question that is being typed as participants would see it; nothing is kept."""
    found = get_edition(conference, edition)
    if not request.headers.get("HX-Request"):
        return redirect(form_url(found), 303)
    page = render_page(
        "questions/manage/previews.html", manage_frame(found), previews=_previews(found, _design(found, None))
    )
    return page, 200
