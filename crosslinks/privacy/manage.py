"""The organizer's side: one person's file, erasing one person, what was erased and what will be."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.queries import get_edition
from crosslinks.jobs.operations import queue_job
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import clock, now
from crosslinks.kernel.db import forget_old_pages, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.privacy.exchange import export_person, in_words, json_file
from crosslinks.privacy.forms import EraseForm
from crosslinks.privacy.operations import erase_person, note_export
from crosslinks.privacy.queries import count_people, find_next_round, list_proofs
from crosslinks.privacy.retention import ERASE_JOB, ROUND_NAME
from crosslinks.privacy.rules import ErasureKind, ErasureReason, is_past_erase_date
from crosslinks.privacy.wording import kind_words, reason_words, table_words
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import get_registration
from crosslinks.registration.rules import Place
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires

privacy_manage = Blueprint("privacy_manage", __name__, url_prefix="/manage/<conference>/<edition>")


@privacy_manage.get("/privacy")
@requires(Permission.REGISTRATIONS)
def show(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    due = find_next_round(ROUND_NAME)
    return render_page(
        "privacy/manage/privacy.html",
        manage_frame(found),
        edition=found,
        people=count_people(found.id),
        proofs=list_proofs(found.id),
        next_round=due + clock.offset if due else None,
        is_past=is_past_erase_date(now(), found.erase_on, found.zone),
        is_over=now() >= found.ends_at,
        url=manage_url(found, "privacy"),
        settings_url=manage_url(found, "settings"),
        may_settings=principal().may(Permission.EDITION, found.conference_id),
        kind_words=kind_words,
        reason_words={**reason_words(), ErasureReason.NONE: ""},
        table_words=table_words,
    )


@privacy_manage.route("/privacy/erase", methods=["GET", "POST"])
@requires(Permission.EDITION)
def erase_everybody(conference: str, edition: str) -> str | Response:
    """Ask, then erase an edition's people without waiting for the date; only once it is over."""
    found = get_edition(conference, edition)
    if now() < found.ends_at:
        raise Conflict(
            "privacy.not_over", _("People are needed until the edition is over. Erase one person at a time.")
        )
    people = count_people(found.id)
    url = manage_url(found, "privacy")
    if request.method == "GET":
        return render_page(
            "privacy/manage/erase_everybody.html", manage_frame(found), edition=found, people=people, url=url
        )
    actor = principal().actor
    with transaction():
        job = queue_job(
            kind=ERASE_JOB, payload={"account": actor.id, "by": actor.label}, actor=actor, now=now(),
            conference_id=found.conference_id, edition_id=found.id, permission=Permission.EDITION, total=people,
        )  # fmt: skip
    return redirect(manage_url(found, f"jobs/{job.id}"), 303)


@privacy_manage.get("/registrations/<int:person_id>/data")
@requires(Permission.REGISTRATIONS)
def export(conference: str, edition: str, person_id: int) -> Response:
    """Show everything that we have of one person."""
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    page = render_page(
        "privacy/manage/person_data.html",
        manage_frame(found),
        person=person,
        parts=in_words(export_person(person, found, now()), found),
        base=manage_url(found, "registrations"),
        url=manage_url(found, f"registrations/{person.id}"),
    )
    return keep_secret(make_response(page))


@privacy_manage.post("/registrations/<int:person_id>/data.json")
@requires(Permission.REGISTRATIONS)
def export_file(conference: str, edition: str, person_id: int) -> Response:
    """Hand the same out as a file; the log says that it was."""
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    exported = export_person(person, found, now())
    name = f"{found.conference.slug}-{found.slug}-{person.reference}"
    with transaction():
        note_export(actor=principal().actor, now=now(), edition=found, registration_id=person_id)
    return keep_secret(json_file(exported, name))


@privacy_manage.route("/registrations/<int:person_id>/erase", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS)
def erase(conference: str, edition: str, person_id: int) -> tuple[str, int] | Response:
    """Ask for the reason, then erase one person; the log says that somebody was erased, not who."""
    found = get_edition(conference, edition)
    person = get_registration(found.id, person_id)
    form = EraseForm()
    if not form.validate_on_submit():
        page = render_page(
            "privacy/manage/erase.html",
            manage_frame(found),
            form=form,
            person=person,
            frees_place=_frees_place(person),
            base=manage_url(found, "registrations"),
            url=manage_url(found, f"registrations/{person.id}"),
        )
        return page, 422 if form.is_submitted() else 200
    with transaction():
        erase_person(
            actor=principal().actor, now=now(), registration_id=person_id, kind=ErasureKind.ORGANIZER,
            reason=ErasureReason(form.reason.data),
        )  # fmt: skip
    forget_old_pages()
    flash(_("Erased. Nothing of the person is left."))
    return redirect(manage_url(found, "registrations"), 303)


def _frees_place(person: Registration) -> bool:
    return person.place is not Place.NONE and now() < person.edition.ends_at
