"""Organizer pages of consents: what is asked, who agrees, and the files of those who do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.accounts.audit import record
from crosslinks.consents.forms import AskForm, WithdrawalForm
from crosslinks.consents.operations import change_consent, set_asked
from crosslinks.consents.queries import list_asks
from crosslinks.consents.rules import ASKED_BY_EDITION, Purpose, Topic, read_topic
from crosslinks.consents.standing import find_wording
from crosslinks.consents.words import compose_texts, purpose_words
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Invalid
from crosslinks.registration.consent_files import (
    contact_heads,
    export_contacts,
    export_participants,
    list_heads,
)
from crosslinks.registration.consent_lists import PAGE_SIZE, ConsentCount, count_agreeing, count_consents, list_agreeing
from crosslinks.registration.exchange import Exported, FileFormat
from crosslinks.registration.queries import get_registration
from crosslinks.sponsors.queries import get_sponsor, list_all_tiers
from crosslinks.web.arguments import page_of
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires

registration_consent_pages = Blueprint(
    "registration_consent_pages", __name__, url_prefix="/manage/<conference>/<edition>"
)

NUMBER = "<int(max=2147483647):number>"
_LIST = Topic(Purpose.PARTICIPANT_LIST)


@registration_consent_pages.route("/consents", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS)
def settings(conference: str, edition: str) -> tuple[str, int] | Response:
    found = get_edition(conference, edition)
    form = AskForm.of(list_asks(found.id))
    if form.validate_on_submit():
        _save(found, form)
        flash(_("Saved."))
        return redirect(manage_url(found, "consents"), 303)
    page = render_page(
        "registration/manage/consents.html",
        manage_frame(found),
        form=form,
        purposes=[
            (purpose.value, purpose_words(purpose), compose_texts(purpose), Topic(purpose).field)
            for purpose in ASKED_BY_EDITION
        ],
        counts=_counts(found),
        sponsors=[sponsor for tier in list_all_tiers(found.id) for sponsor in tier.sponsors],
        may_edit_sponsors=principal().may(Permission.SPONSORS, found.conference_id),
        url=manage_url(found, "consents"),
        sponsors_url=manage_url(found, "sponsors"),
    )
    return page, 422 if request.method == "POST" else 200


def _save(edition: Edition, form: AskForm) -> None:
    with transaction():
        for purpose in ASKED_BY_EDITION:
            set_asked(
                actor=principal().actor,
                now=now(),
                conference_id=edition.conference_id,
                edition_id=edition.id,
                purpose=purpose,
                asked=form.is_asked(purpose),
                texts=form.texts(purpose),
            )


def _counts(edition: Edition) -> dict[str, ConsentCount]:
    """Return the counts by the name of the box; what nobody has agreed to is nothing."""
    counts = count_consents(edition.id)
    none = {Topic(purpose).field: ConsentCount() for purpose in ASKED_BY_EDITION}
    return none | {topic.field: count for topic, count in counts.items()}


@registration_consent_pages.get("/consents/participants")
@requires(Permission.REGISTRATIONS)
def participants(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    total = count_agreeing(found.id, _LIST)
    page = page_of(total, PAGE_SIZE)
    url = manage_url(found, "consents")
    return render_page(
        "registration/manage/participant_list.html",
        manage_frame(found),
        people=list_agreeing(found.id, _LIST, page.number) if total else [],
        total=total,
        page=page,
        people_url=manage_url(found, "registrations"),
        heads=list_heads(),
        url=url,
    )


@registration_consent_pages.post("/consents/participants")
@requires(Permission.REGISTRATIONS)
def download_participants(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    file_format = _file_format()
    file = export_participants(found, file_format)
    _log(found, "registrations.exported", "edition", found.id, {"rows": file.rows, "consent": _LIST.purpose.value})
    return _as_file(found, file, file_format, _("list of participants"))


@registration_consent_pages.get(f"/sponsors/{NUMBER}/contacts")
@requires(Permission.REGISTRATIONS)
def contacts(conference: str, edition: str, number: int) -> str:
    found = get_edition(conference, edition)
    sponsor = get_sponsor(found.id, number)
    return render_page(
        "registration/manage/contacts.html",
        manage_frame(found),
        sponsor=sponsor,
        total=count_agreeing(found.id, Topic(Purpose.SPONSOR, sponsor.id)),
        heads=contact_heads(),
        url=manage_url(found, f"sponsors/{sponsor.id}/contacts"),
        back_url=manage_url(found, "consents"),
    )


@registration_consent_pages.post(f"/sponsors/{NUMBER}/contacts")
@requires(Permission.REGISTRATIONS)
def download_contacts(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    sponsor = get_sponsor(found.id, number)
    name = sponsor.name
    file_format = _file_format()
    file = export_contacts(found, sponsor.id, file_format)
    told = {"name": name, "rows": file.rows, "format": file_format.value}
    _log(found, "sponsor.contacts_exported", "sponsor", sponsor.id, told)
    return _as_file(found, file, file_format, _("contacts"))


def _file_format() -> FileFormat:
    try:
        return FileFormat(request.form.get("format", ""))
    except ValueError as error:
        raise Invalid("export.format_unknown") from error


def _log(edition: Edition, action: str, kind: str, object_id: int, after: dict[str, Any]) -> None:
    """Log a file before it is handed out."""
    with transaction():
        record(
            actor=principal().actor,
            action=action,
            object_kind=kind,
            object_id=object_id,
            now=now(),
            conference_id=edition.conference_id,
            edition_id=edition.id,
            after=after,
        )


def _as_file(edition: Edition, file: Exported, file_format: FileFormat, what: str) -> Response:
    day = now().astimezone(edition.zone)
    name = f"{what.replace(' ', '-')}-{edition.conference.slug}-{edition.slug}-{day:%Y-%m-%d}"
    response = make_response(file.content)
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{file_format.value}"'
    return keep_secret(response)


@registration_consent_pages.post(f"/registrations/{NUMBER}/consents")
@requires(Permission.REGISTRATIONS)
def note_withdrawal(conference: str, edition: str, number: int) -> Response:
    """Note that somebody withdrew a consent by mail or at the desk. Giving one is for the person alone."""
    found = get_edition(conference, edition)
    person = get_registration(found.id, number)
    form = WithdrawalForm()
    topic = read_topic(request.form.get("topic", ""))
    wording = find_wording(found.id, person.id, topic) if topic is not None else None
    if wording is None:
        raise Invalid("consent.unknown")
    form.topic.choices = {wording.topic.field: ""}
    back = redirect(manage_url(found, f"registrations/{person.id}#consents"), 303)
    if not form.validate_on_submit():
        flash(_("Write how and when you heard of it. Nothing is noted yet."))
        return back
    with transaction():
        changed = change_consent(
            actor=principal().actor,
            now=now(),
            conference_id=found.conference_id,
            edition_id=found.id,
            registration_id=person.id,
            wording=wording,
            given=False,
            language=current_language(),
            reason=form.reason.data or "",
        )
    flash(_("The withdrawal is noted.") if changed else _("That was withdrawn already."))
    return back
