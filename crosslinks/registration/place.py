"""Behind the personal link: see, switch, rename, cancel, calendar file. No GET changes anything."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.consents.queries import concerns
from crosslinks.editions.frames import public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.questions.queries import form_at
from crosslinks.registration.calendar import FILE_NAME, write_place_calendar
from crosslinks.registration.codes import CodePath, code_path
from crosslinks.registration.forms import AssistanceForm, NameForm
from crosslinks.registration.links import place_path, present_code
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel as cancel_registration
from crosslinks.registration.operations import rename, set_assistance, switch_mode
from crosslinks.registration.place_access import cancelled_page, open_place, open_place_to_write
from crosslinks.registration.place_view import OTHER, Standing, view_place
from crosslinks.registration.queries import count_modes, waiting_position
from crosslinks.registration.rules import Place
from crosslinks.web.calendars import MEDIA_TYPE
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

registration_place = Blueprint("registration_place", __name__, url_prefix="/r/<token>")
registration_place.after_request(keep_secret)


def _refuse_late(edition: Edition, moment: datetime) -> None:
    if moment >= edition.ends_at:
        raise Conflict("edition.over")


def _back(token: str, news: str) -> BaseResponse:
    return redirect(f"{place_path(token)}?news={news}", 303)


def _news(code: str) -> str:
    return {
        "switched": _("Done. Here is how you take part now."),
        "waiting": _("Done. You are in line now."),
        "renamed": _("Your name is corrected."),
        "assistance": _("Saved."),
        "accepted": _("The place is yours. Your ticket is here and in the mail."),
        "left": _("Done. Here is how you take part now."),
        "coming": _("Thank you. We look forward to seeing you."),
        "answers": _("Your answers are saved."),
        "address": _("Your address is confirmed. The ticket and a new link are in its mail."),
        "returned": _("Welcome back. Here is how you take part now."),
    }.get(code, "")


@registration_place.get("")
def show(token: str) -> BaseResponse:
    registration = open_place(token)
    edition = registration.edition
    if registration.cancelled_at is not None:
        return cancelled_page(registration, token)
    view = view_place(_standing(registration, token), _code(registration, edition), now())
    page = render_page(
        "registration/public/place.html",
        public_frame(edition),
        edition=edition,
        registration=registration,
        view=view,
        base=place_path(token),
        news=_news(request.args.get("news", "")),
    )
    return make_response(page)


def _standing(registration: Registration, token: str) -> Standing:
    return Standing(
        registration,
        registration.edition,
        count_modes(registration.edition_id),
        waiting_position(registration),
        place_path(token),
        may_consent=concerns(registration.edition_id, registration.id),
        asks=bool(form_at(registration.edition_id, registration.edition.form_rev)),
    )


def _code(registration: Registration, edition: Edition) -> CodePath | None:
    if registration.place is not Place.ONSITE:
        return None
    code = present_code(registration, edition)
    return code_path(code) if code else None


@registration_place.route("/switch", methods=["GET", "POST"])
def switch(token: str) -> BaseResponse:
    registration = open_place_to_write(token) if request.method == "POST" else open_place(token)
    if registration.cancelled_at is not None:
        return cancelled_page(registration, token)
    _refuse_late(registration.edition, now())
    to = _target(registration, request.values.get("to", ""))
    meanwhile = request.values.get("meanwhile") == "1"
    if request.method == "GET":
        return _ask_to_switch(registration, token, to, meanwhile=meanwhile)
    with transaction():
        actor = Actor.registrant(registration.id)
        moved = switch_mode(actor=actor, now=now(), registration_id=registration.id, to=to, keep_waiting=meanwhile)
        news = "waiting" if moved.wants is Place.of(to) else "switched"
    return _back(token, news)


def _target(registration: Registration, asked: str) -> Mode:
    if asked:
        if asked not in {mode.value for mode in Mode}:
            raise NotFound("mode.unknown")
        return Mode(asked)
    mode = registration.place.mode or registration.wants.mode or Mode.DIGITAL
    return OTHER[mode]


def _ask_to_switch(registration: Registration, token: str, to: Mode, *, meanwhile: bool) -> BaseResponse:
    standing = _standing(registration, token)
    if to not in standing.counts:
        raise NotFound("mode.unknown")
    stays = registration.place is Place.of(to)
    to_stream = to is Mode.DIGITAL
    if stays:
        question = _("Stay on the stream?") if to_stream else _("Stay in the room?")
        lines = [_("You leave the line for the room.") if to_stream else _("You leave the line for the stream.")]
    else:
        question = _("Follow the stream instead?") if to_stream else _("Come to the room instead?")
        lines = [_what_happens(standing, to, meanwhile=meanwhile)]
        if meanwhile:
            question = _("Follow the stream meanwhile?")
    act = _("Follow the stream") if to_stream else _("Come to the room")
    if stays:
        act = _("Leave the line")
    return _ask(
        registration, token, question, lines, act, hidden=[("to", to.value), ("meanwhile", str(int(meanwhile)))]
    )


def _what_happens(standing: Standing, to: Mode, *, meanwhile: bool) -> str:
    held = standing.registration.place
    if not standing.room_in(to):
        number = standing.next_position(to)
        if held is Place.NONE:
            return _("It is full. You would be number %(number)s in that line, and leave the other.", number=number)
        return _("It is full. You would be number %(number)s in line, and keep the place that you have.", number=number)
    if meanwhile:
        return _("You keep your place in line.")
    if held is Place.NONE:
        return _("You get a place at once, and leave the line.")
    if held is Place.ONSITE:
        return _("Your place in the room goes to the next person waiting, and your ticket no longer opens the door.")
    return _("You get a place in the room, and your ticket opens the door.")


def _ask(
    registration: Registration,
    token: str,
    question: str,
    lines: list[str],
    act: str,
    *,
    hidden: list[tuple[str, str]],
    grave: bool = False,
) -> BaseResponse:
    page = render_page(
        "registration/public/ask.html",
        public_frame(registration.edition),
        edition=registration.edition,
        registration=registration,
        question=question,
        lines=lines,
        act=act,
        keep=_("No, leave it as it is"),
        hidden=hidden,
        grave=grave,
        base=place_path(token),
    )
    return make_response(page)


@registration_place.route("/cancel", methods=["GET", "POST"])
def cancel(token: str) -> BaseResponse:
    registration = open_place_to_write(token) if request.method == "POST" else open_place(token)
    if registration.cancelled_at is not None:
        return cancelled_page(registration, token)
    _refuse_late(registration.edition, now())
    if request.method == "GET":
        waits = registration.place is Place.NONE
        question = _("Leave the line?") if waits else _("Give your place to someone else?")
        lines = [
            _("Your registration will be cancelled. You can register again as long as there are places."),
        ]
        act = _("Cancel my registration") if waits else _("Cancel my place")
        return _ask(registration, token, question, lines, act, hidden=[], grave=True)
    with transaction():
        cancel_registration(actor=Actor.registrant(registration.id), now=now(), registration_id=registration.id)
    return redirect(place_path(token), 303)


@registration_place.route("/name", methods=["GET", "POST"])
def name(token: str) -> BaseResponse:
    registration = open_place_to_write(token) if request.method == "POST" else open_place(token)
    if registration.cancelled_at is not None:
        return cancelled_page(registration, token)
    form = NameForm(obj=registration)
    if form.validate_on_submit():
        with transaction():
            rename(
                actor=Actor.registrant(registration.id),
                now=now(),
                registration_id=registration.id,
                **form.names(),
            )
        return _back(token, "renamed")
    return _form_page("registration/public/name.html", registration, form, token)


@registration_place.route("/assistance", methods=["GET", "POST"])
def assistance(token: str) -> BaseResponse:
    registration = open_place_to_write(token) if request.method == "POST" else open_place(token)
    if registration.cancelled_at is not None:
        return cancelled_page(registration, token)
    form = AssistanceForm(obj=registration)
    if form.validate_on_submit():
        with transaction():
            set_assistance(
                actor=Actor.registrant(registration.id),
                now=now(),
                registration_id=registration.id,
                needs_assistance=form.needs_assistance.data,
            )
        return _back(token, "assistance")
    return _form_page("registration/public/assistance.html", registration, form, token)


def _form_page(template: str, registration: Registration, form: NameForm | AssistanceForm, token: str) -> BaseResponse:
    page = render_page(
        template,
        public_frame(registration.edition),
        edition=registration.edition,
        registration=registration,
        form=form,
        base=place_path(token),
    )
    return make_response(page, 422 if form.is_submitted() else 200)


@registration_place.get("/calendar.ics")
def calendar(token: str) -> BaseResponse:
    registration = open_place(token)
    written = write_place_calendar(registration, registration.edition, current_language(), now())
    response = Response(written, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response
