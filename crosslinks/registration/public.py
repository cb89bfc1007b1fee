"""The public form and the page after it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.config import settings
from crosslinks.consents.boxes import choose_wordings, read_ticked, show_boxes
from crosslinks.consents.queries import list_wordings
from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.public import open_edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict, Gone, NotFound
from crosslinks.questions.fields import Blocks, blank_fields, check_sent
from crosslinks.questions.queries import form_at
from crosslinks.questions.rules import Checked
from crosslinks.registration.addresses import spend_address
from crosslinks.registration.blank_form import blank_page
from crosslinks.registration.forms import RegisterForm
from crosslinks.registration.joining import register, require_open
from crosslinks.registration.place_view import day_and_time
from crosslinks.registration.queries import count_modes, get_edition_facts
from crosslinks.registration.rules import Details, ModeCount, Place, Receipt, Status
from crosslinks.registration.suspicion import is_answered, looks_like_a_program, new_question, opened_now
from crosslinks.web.clients import spend_client_request
from crosslinks.web.formats import format_clock, format_day, unbroken
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page

registration_public = Blueprint("registration_public", __name__)

DONE_SECONDS = 3600


def closed_page(edition: Edition) -> BaseResponse | None:
    """Return the page of an edition that takes nobody now, or None when it does."""
    try:
        require_open(get_edition_facts(edition.id), now())
    except Conflict as error:
        heading, advice = _why_closed(edition, error.code)
        page = render_page(
            "registration/public/closed.html",
            public_frame(edition),
            edition=edition,
            when=day_and_time(edition),
            heading=heading,
            advice=advice,
        )
        return make_response(page, error.status)
    return None


def _why_closed(edition: Edition, code: str) -> tuple[str, str]:
    opens = edition.registration_opens_at
    if code == "edition.over":
        return _("This edition is over"), _("Thank you to everybody who took part. See you at the next one.")
    if code == "registration.closed":
        return _("Registration is closed"), _("Write to the organiser if you think that is wrong.")
    if opens is None:
        return _("Registration is not open yet"), _("Come back later.")
    day, time = unbroken(format_day(opens, edition.zone)), format_clock(opens, edition.zone)
    return _("Registration is not open yet"), _("It opens on %(day)s at %(time)s.", day=day, time=time)


def places_words(count: ModeCount) -> str:
    """Say how many places a mode has left, or where in its queue somebody would stand."""
    if count.places is None:
        return _("Places for all")
    if count.has_room:
        return _("%(free)s of %(places)s places left", free=count.free, places=count.places)
    return _(
        "Full. %(waiting)s waiting. You would be number %(position)s in line",
        waiting=count.waiting,
        position=count.waiting + 1,
    )


def _ways(edition: Edition, counts: dict[Mode, ModeCount]) -> dict[str, tuple[str, str]]:
    venue = ", ".join(part for part in (edition.venue_name, edition.venue_city) if part)
    where = {Mode.ONSITE: venue, Mode.DIGITAL: _("From anywhere, with questions")}
    return {mode.value: (where[mode], places_words(count)) for mode, count in counts.items()}


def form_context(edition: Edition, form: RegisterForm, counts: dict[Mode, ModeCount]) -> dict[str, Any]:
    """Return what the page of the form needs beside it, and offer its choices; ``counts`` are this moment's."""
    form.offer(counts)
    onsite, digital = counts.get(Mode.ONSITE), counts.get(Mode.DIGITAL)
    return {
        "ways": _ways(edition, counts),
        "asked": bool(form.question.data),
        "boxes": show_boxes(list_wordings(edition.id), read_ticked(request.form)),
        "group_url": edition_url(edition, "register/group"),
        "lost_url": edition_url(edition, "lost"),
        "takes_onsite": onsite is not None,
        "may_wait_digitally": bool(onsite and digital and not onsite.has_room and digital.has_room),
    }


def _render(edition: Edition, form: RegisterForm, questions: Blocks, counts: dict[Mode, ModeCount]) -> str:
    return render_page(
        "registration/public/register.html",
        public_frame(edition),
        edition=edition,
        form=form,
        questions=questions,
        when=day_and_time(edition),
        preview=(),
        **form_context(edition, form, counts),
    )


def _unstored(page: str, status: int = 200) -> BaseResponse:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@registration_public.get("/<conference>/<edition>/register")
def form(conference: str, edition: str) -> BaseResponse:
    found = open_edition(conference, edition)
    closed = closed_page(found)
    if closed is not None:
        return closed
    offered = [row.mode.value for row in found.modes]
    asked = request.args.get("mode")
    mode = asked if asked in offered else offered[0] if len(offered) == 1 else None
    counts, opened = count_modes(found.id), opened_now()

    def render() -> str:
        empty = RegisterForm(formdata=None, data={"mode": mode, "opened": opened})
        return _render(found, empty, blank_fields(found.id, found.form_rev), counts)

    return _unstored(blank_page(found, mode, counts, opened, render))


@registration_public.post("/<conference>/<edition>/register")
def take_place(conference: str, edition: str) -> BaseResponse:
    found = open_edition(conference, edition)
    spend_client_request()
    closed = closed_page(found)
    if closed is not None:
        return closed
    sent = RegisterForm()
    sent.offer(row.mode for row in found.modes)
    answers = check_sent(form_at(found.id, found.form_rev), request.form, sent.facts())
    valid = sent.validate_on_submit() and not answers.checked.problems
    trusted = _is_trusted(sent)
    if not trusted:
        _ask(sent)
        if valid:
            sent.answer.errors = [_("Answer this, so that we know you are not a program")]
    if not (valid and trusted):
        return _unstored(_render(found, sent, answers.blocks(), count_modes(found.id)), 422)
    spend_address(sent.address)
    return _register(found.id, sent.details(current_language()), sent, answers.checked)


def _is_trusted(sent: RegisterForm) -> bool:
    """Say whether this looks like a person, or answered the question that was asked."""
    if sent.question.data:
        return is_answered(sent.question.data, sent.answer.data or "")
    return not looks_like_a_program(sent.website.data or "", sent.opened.data or "")


def _ask(sent: RegisterForm) -> None:
    one, other, question = new_question()
    sent.question.data = question
    sent.answer.data = ""
    sent.answer.label.text = _("How much is %(one)s plus %(other)s?", one=one, other=other)


def _register(edition_id: int, details: Details, sent: RegisterForm, answers: Checked) -> BaseResponse:
    consents = choose_wordings(edition_id, read_ticked(request.form))
    with transaction():
        receipt = register(
            actor=Actor.visitor(),
            now=now(),
            edition_id=edition_id,
            details=details,
            mode=Mode(sent.mode.data),
            meanwhile_digital=sent.meanwhile_digital.data,
            answers=answers,
            consents=consents,
        )
    args = request.view_args or {}
    state = pack_answer(receipt, Mode(sent.mode.data))
    return redirect(url_for("registration_public.done", **args, state=state), 303)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().keys.state, salt="registration/done")


def pack_answer(receipt: Receipt, mode: Mode) -> str:
    """Return what the page after the form is to say, signed; nothing of the person is in it."""
    return str(_signer().dumps([mode.value, receipt.status.value, receipt.place.value, receipt.position or 0]))


def _unpack(state: str) -> tuple[Mode, Status, Place, int]:
    try:
        mode, status, place, position = _signer().loads(state, max_age=DONE_SECONDS)
    except SignatureExpired as error:
        raise Gone("link.expired") from error
    except (BadSignature, TypeError, ValueError) as error:
        raise NotFound("link.unknown") from error
    return Mode(mode), Status(status), Place(place), int(position)


@registration_public.get("/<conference>/<edition>/register/done")
def done(conference: str, edition: str) -> BaseResponse:
    """Say how it went, as it went for a newcomer; the address bar holds no personal data."""
    found = open_edition(conference, edition)
    mode, status, place, position = _unpack(request.args.get("state", ""))
    db.session.rollback()
    row = found.mode(mode)
    page = render_page(
        "registration/public/done.html",
        public_frame(found),
        edition=found,
        mode=mode,
        status=status,
        meanwhile=place,
        position=position,
        offer_hours=row.offer_hours if row else None,
    )
    response: Response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
