"""The organizer's pages of the form: what somebody answered, and the whole form as participants see it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.questions.fields import Blocks, blank_fields, check_sent
from crosslinks.registration.answering import (
    change_answers,
    facts_of,
    form_for_organizers,
    kept_blocks,
)
from crosslinks.registration.forms import RegisterForm
from crosslinks.registration.models import Registration
from crosslinks.registration.place_view import day_and_time
from crosslinks.registration.public import form_context
from crosslinks.registration.queries import count_modes, get_registration
from crosslinks.web.arguments import chosen
from crosslinks.web.frames import Link
from crosslinks.web.languages import LANGUAGES, current_language, speaking
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

manage_answers = Blueprint("manage_answers", __name__, url_prefix="/manage/<conference>/<edition>")


@manage_answers.route("/registrations/<int:person_id>/answers", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS)
def edit(conference: str, edition: str, person_id: int) -> tuple[str, int] | Response:
    """Change what somebody answered; nothing is required here."""
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    if person.cancelled_at is not None:
        raise Conflict("registration.cancelled")
    form = form_for_organizers(found)
    if request.method == "GET":
        return _edit_page(found, person, kept_blocks(person, form))
    sent = check_sent(form, request.form, facts_of(person))
    if sent.checked.problems:
        return _edit_page(found, person, sent.blocks(), 422)
    with transaction():
        change_answers(actor=principal().actor, now=now(), registration_id=person.id, answers=sent.checked)
    flash(_("Saved."))
    return redirect(manage_url(found, f"registrations/{person.id}"), 303)


def _edit_page(edition: Edition, person: Registration, questions: Blocks, status: int = 200) -> tuple[str, int]:
    page = render_page(
        "registration/manage/answers.html",
        manage_frame(edition),
        form=FlaskForm(formdata=None),
        person=person,
        facts=facts_of(person),
        questions=questions,
        base=manage_url(edition, "registrations"),
        form_url=manage_url(edition, "form"),
        may_design=principal().may(Permission.EDITION, edition.conference_id),
    )
    return page, status


@manage_answers.get("/form/preview")
@requires(Permission.EDITION)
def preview(conference: str, edition: str) -> str:
    """Show the form as participants see it, in the language and for the way of taking part that is asked for."""
    found = get_edition(conference, edition)
    language = chosen("language", found.languages, current_language())
    mode = chosen("mode", [one.value for one in Mode], "")
    base = manage_url(found, "form/preview")
    with speaking(language):
        form = RegisterForm(formdata=None, data={"mode": mode or None})
        languages = [
            Link(LANGUAGES[code], f"{base}?language={code}&mode={mode}", code == language)
            for code in LANGUAGES
            if code in found.languages
        ]
        return render_page(
            "registration/public/register.html",
            public_frame(found),
            edition=found,
            form=form,
            when=day_and_time(found),
            questions=blank_fields(found.id, found.form_rev),
            preview=languages,
            back=manage_url(found, "form"),
            **form_context(found, form, count_modes(found.id)),
        )
