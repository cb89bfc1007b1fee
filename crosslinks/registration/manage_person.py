"""The organizer's page of one person, and adding one by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.config import settings
from crosslinks.consents.forms import WithdrawalForm
from crosslinks.consents.standing import list_consent_events, list_consent_lines
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.questions.fields import Blocks, blank_fields, check_sent
from crosslinks.questions.queries import form_at
from crosslinks.questions.rules import Checked
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.answering import answers_in_words, form_for_organizers
from crosslinks.registration.corrections import change_email, correct_facts, give_place, reveal_link
from crosslinks.registration.desk_forms import ModeForm, NewPersonForm, OutOfTurnForm, PersonForm
from crosslinks.registration.details import get_details, save_details
from crosslinks.registration.history import find_refusal, list_history
from crosslinks.registration.joining import add_by_hand
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel as cancel_registration
from crosslinks.registration.operations import (
    change_role,
    reissue_ticket,
    rename,
    resend,
    set_assistance,
    switch_mode,
)
from crosslinks.registration.plugs import plugged_facts
from crosslinks.registration.queries import (
    count_modes,
    find_active_by_email,
    get_registration,
    waiting_position,
)
from crosslinks.registration.rules import Place, Receipt, Status
from crosslinks.registration.words import ordinal, place_words, profession_words, role_words, source_words
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires

registration_person = Blueprint(
    "registration_person", __name__, url_prefix="/manage/<conference>/<edition>/registrations"
)


@dataclass(frozen=True)
class Standing:
    """How somebody stands, as the parts of pages show it."""

    place: Place
    wants: Place
    cancelled_at: datetime | None
    position: int | None
    undelivered: bool = False


def _url(edition: Edition, person: Registration | None = None, page: str = "") -> str:
    path = "registrations" if person is None else f"registrations/{person.id}"
    return manage_url(edition, f"{path}/{page}" if page else path)


def _show(
    edition: Edition, person: Registration, form: PersonForm | None = None, status: int = 200, **more: Any
) -> tuple[str, int]:
    context: dict[str, Any] = {
        "form": form or PersonForm(formdata=None, data=PersonForm.values_of(person)),
        "given": OutOfTurnForm(formdata=None),
        "refusal": find_refusal(person.id),
        "revealed": "",
        "known": None,
        "answers": answers_in_words(person.id),
        "asks": bool(form_at(edition.id, edition.form_rev)),
    }
    page = render_page(
        "registration/manage/person.html",
        manage_frame(edition),
        edition=edition,
        person=person,
        base=_url(edition),
        url=_url(edition, person),
        standing=Standing(person.place, person.wants, person.cancelled_at, waiting_position(person)),
        **_ways(edition, person),
        history=list_history(person.id, edition.zone),
        consents=list_consent_lines(edition.id, person.id),
        consent_events=list_consent_events(person.id),
        details=get_details(person.id),
        withdrawal=WithdrawalForm(formdata=None),
        more_facts=plugged_facts(person),
        ordinal=ordinal,
        words={
            "role": role_words(), "profession": profession_words(), "source": source_words(), "place": place_words(),
        },
        **(context | more),
    )  # fmt: skip
    return page, status


def _ways(edition: Edition, person: Registration) -> dict[str, Any]:
    """Return where the person can go: ``switch_to`` with whether there is room, and ``out_of_turn`` where not."""
    if person.cancelled_at is not None:
        return {"switch_to": [], "out_of_turn": []}
    elsewhere = [count for mode, count in count_modes(edition.id).items() if Place.of(mode) is not person.place]
    return {
        "switch_to": [(one.mode.value, one.has_room) for one in elsewhere if Place.of(one.mode) is not person.wants],
        "out_of_turn": [one.mode.value for one in elsewhere if not one.has_room],
    }


@registration_person.get("/<int:person_id>")
@requires(Permission.REGISTRATIONS)
def show(conference: str, edition: str, person_id: int) -> tuple[str, int]:
    found = get_edition(conference, edition)
    return _show(found, get_registration(found.id, person_id))


@registration_person.post("/<int:person_id>")
@requires(Permission.REGISTRATIONS)
def save(conference: str, edition: str, person_id: int) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    form = PersonForm()
    if not form.validate_on_submit():
        return _show(found, person, form, 422)
    try:
        with transaction():
            mailed = _save(person.id, form)
    except Conflict as error:
        if error.code != "registration.email_known":
            raise
        form.email.errors = [_("Somebody else is registered with this address.")]
        return _show(found, person, form, 409, known=_holder(found, form))
    flash(_("Saved. The ticket is mailed to the new address.") if mailed else _("Saved."))
    return redirect(_url(found, person), 303)


def _save(person_id: int, form: PersonForm) -> bool:
    """Write what differs; return whether the address was changed and mailed to."""
    common: dict[str, Any] = {"actor": principal().actor, "now": now(), "registration_id": person_id}
    rename(
        **common,
        given_name=form.text("given_name"),
        family_name=form.text("family_name"),
        organisation=form.text("organisation"),
    )
    change_role(**common, role=form.badge_role)
    set_assistance(**common, needs_assistance=bool(form.needs_assistance.data))
    correct_facts(**common, profession=form.chosen_profession, language=form.text("language"))
    save_details(actor=common["actor"], now=common["now"], registration_id=person_id, **form.details_kept())
    return change_email(**common, email=form.text("email")) and bool(form.email.data)


def _holder(edition: Edition, form: PersonForm) -> Registration | None:
    return find_active_by_email(edition.id, normalise_email(form.text("email"))[1])


@registration_person.post("/<int:person_id>/mode")
@requires(Permission.REGISTRATIONS)
def switch(conference: str, edition: str, person_id: int) -> Response:
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    form = ModeForm()
    if not form.validate_on_submit():
        raise Invalid("mode.unknown")
    mode = Mode(form.mode.data)
    with transaction():
        moved = switch_mode(actor=principal().actor, now=now(), registration_id=person.id, to=mode)
    waits = moved.wants is Place.of(mode)
    flash(_("It is full: on the waiting list now. A mail says so.") if waits else _("Switched. A mail says so."))
    return redirect(_url(found, person), 303)


@registration_person.post("/<int:person_id>/place")
@requires(Permission.REGISTRATIONS)
def give(conference: str, edition: str, person_id: int) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    form = OutOfTurnForm()
    if not form.validate_on_submit():
        return _show(found, person, None, 422, given=form)
    with transaction():
        give_place(
            actor=principal().actor, now=now(), registration_id=person.id, mode=Mode(form.mode.data),
            reason=form.reason.data or "",
        )  # fmt: skip
    flash(_("The place is given. A mail says so."))
    return redirect(_url(found, person), 303)


@registration_person.route("/<int:person_id>/cancel", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS)
def cancel(conference: str, edition: str, person_id: int) -> str | Response:
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    if request.method == "GET":
        return _ask(found, person, "cancel")
    with transaction():
        cancel_registration(actor=principal().actor, now=now(), registration_id=person.id)
    flash(_("Cancelled. A mail says so.") if person.email else _("Cancelled."))
    return redirect(_url(found, person), 303)


@registration_person.route("/<int:person_id>/ticket", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS)
def new_ticket(conference: str, edition: str, person_id: int) -> str | Response:
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    if request.method == "GET":
        return _ask(found, person, "ticket")
    with transaction():
        reissue_ticket(actor=principal().actor, now=now(), registration_id=person.id)
    flash(_("The ticket is replaced. The new one is mailed.") if person.email else _("The ticket is replaced."))
    return redirect(_url(found, person), 303)


def _ask(edition: Edition, person: Registration, deed: str) -> str:
    return render_page(
        "registration/manage/ask.html",
        manage_frame(edition),
        person=person,
        deed=deed,
        base=_url(edition),
        url=_url(edition, person),
    )


@registration_person.post("/<int:person_id>/resend")
@requires(Permission.REGISTRATIONS)
def send_again(conference: str, edition: str, person_id: int) -> Response:
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    with transaction():
        resend(actor=principal().actor, now=now(), registration_id=person.id)
    flash(_("The mail is sent again."))
    return redirect(_url(found, person), 303)


@registration_person.post("/<int:person_id>/link")
@requires(Permission.REGISTRATIONS)
def show_link(conference: str, edition: str, person_id: int) -> Response:
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    with transaction():
        path = reveal_link(actor=principal().actor, now=now(), registration_id=person.id)
    page, _status = _show(found, get_registration(found.id, person_id), revealed=f"{settings().base_url}{path}")
    return keep_secret(make_response(page))


@registration_person.route("/new", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS)
def add(conference: str, edition: str) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    form = _new_form(found)
    if request.method == "GET":
        return _show_new(found, form, blank_fields(found.id, found.form_rev))
    answers = check_sent(form_for_organizers(found), request.form, form.facts())
    if not form.validate_on_submit() or answers.checked.problems:
        return _show_new(found, form, answers.blocks(), 422)
    try:
        with transaction():
            receipt = _add(found, form, answers.checked)
    except Conflict as error:
        if error.code != "registration.email_known":
            raise
        form.email.errors = [_("Somebody is registered with this address already.")]
        return _show_new(found, form, answers.blocks(), 409, _holder(found, form))
    flash(_added(receipt))
    return redirect(manage_url(found, f"registrations/{receipt.registration_id}"), 303)


def _new_form(edition: Edition) -> NewPersonForm:
    """Return the form, filled with the facts of somebody who comes back after having cancelled."""
    values: dict[str, Any] = {"language": edition.languages[0]}
    again = request.args.get("again", "")
    if again.isascii() and again.isdigit() and len(again) <= 9:
        values = PersonForm.values_of(get_registration(edition.id, int(again)))
    form = NewPersonForm(data=values)
    form.offer([row.mode for row in edition.modes])
    return form


def _show_new(
    edition: Edition, form: NewPersonForm, questions: Blocks, status: int = 200, known: Registration | None = None
) -> tuple[str, int]:
    page = render_page(
        "registration/manage/new.html",
        manage_frame(edition),
        form=form,
        questions=questions,
        base=_url(edition),
        known=known,
        counts=count_modes(edition.id),
        place_words=place_words(),
    )
    return page, status


def _add(edition: Edition, form: NewPersonForm, answers: Checked) -> Receipt:
    receipt = add_by_hand(
        actor=principal().actor,
        now=now(),
        edition_id=edition.id,
        details=form.details(),
        mode=Mode(form.mode.data),
        meanwhile_digital=bool(form.meanwhile_digital.data),
        answers=answers,
        override=form.text("reason") if form.override.data else "",
        role=form.badge_role,
    )
    if any(form.details_kept().values()):
        save_details(actor=principal().actor, now=now(), registration_id=receipt.registration_id, **form.details_kept())
    return receipt


def _added(receipt: Receipt) -> str:
    if receipt.status is Status.WAITING:
        return _("Added to the waiting list, %(place)s in line.", place=ordinal(receipt.position or 1))
    return _("Added, with a place.")
