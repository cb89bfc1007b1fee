"""The organizer's list of participants."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from crosslinks.accounts.audit import record
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import CrosslinksError, Invalid
from crosslinks.questions.fields import countable_questions
from crosslinks.registration.exchange import FileFormat, detail_heads, export, heads
from crosslinks.registration.list_filter import ListFilter, Show, SortBy, read_filter
from crosslinks.registration.listing import ChosenPerson, ListPage, count_shown, list_chosen, list_people
from crosslinks.registration.operations import cancel, resend
from crosslinks.registration.words import ordinal, profession_words, role_words, source_words
from crosslinks.web.formats import format_short_day
from crosslinks.web.frames import Link
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires

registration_manage = Blueprint("registration_manage", __name__, url_prefix="/manage/<conference>/<edition>")

MOST_CHOSEN = 200
AT_ONCE = 10
"""So many people change in one transaction: other writers wait for it."""


@registration_manage.get("/registrations")
@requires(Permission.REGISTRATIONS)
def list_registrations(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    wanted = read_filter(request.args)
    page = list_people(found.id, wanted)
    base = manage_url(found, "registrations")
    return render_page(
        "registration/manage/list.html",
        manage_frame(found),
        edition=found,
        base=base,
        import_url=manage_url(found, "import"),
        wanted=wanted,
        page=page,
        chips=_chips(base, wanted, page),
        heads=_heads(base, wanted),
        ordinal=ordinal,
        days=_days(page, found.zone),
        previous_url=base + wanted.query(page=page.page - 1) if page.page > 1 else "",
        next_url=base + wanted.query(page=page.page + 1) if page.has_next else "",
        choices={"role": role_words(), "profession": profession_words(), "source": source_words()},
        orders=_orders(),
        answers=countable_questions(found.id),
    )


def _days(page: ListPage, zone: ZoneInfo) -> dict[int, str]:
    """Return the day of each registration in words; writing a date is slow, so each day is written once."""
    days = {person.id: person.created_at.astimezone(zone).date() for person in page.people}
    words = {day: format_short_day(day) for day in set(days.values())}
    return {person_id: words[day] for person_id, day in days.items()}


def _chips(base: str, wanted: ListFilter, page: ListPage) -> list[Link]:
    words = {
        Show.ALL: _("All"),
        Show.ONSITE: _("In the room"),
        Show.DIGITAL: _("Stream"),
        Show.WAITING: _("Waiting"),
        Show.CANCELLED: _("Cancelled"),
    }
    return [
        Link(words[show], base + wanted.query(show=show, page=1), wanted.show is show, count=page.counts[show])
        for show in Show
    ]


def _heads(base: str, wanted: ListFilter) -> dict[str, tuple[str, str]]:
    """Return ``(address, direction)`` of each head that sorts; the one in use turns the order around."""
    heads = {}
    for sort in SortBy:
        mine = wanted.sort is sort
        direction = ("descending" if wanted.descending else "ascending") if mine else ""
        down = not wanted.descending if mine else sort is SortBy.REGISTERED
        heads[sort.value] = (base + wanted.query(sort=sort, descending=down, page=1), direction)
    return heads


def _orders() -> dict[str, str]:
    return {
        "": _("By name"),
        "-name": _("By name, last first"),
        "-registered": _("Last registered first"),
        "registered": _("First registered first"),
        "mode": _("In the room first"),
        "status": _("Confirmed first"),
        "-status": _("Cancelled first"),
    }


@registration_manage.post("/registrations/chosen")
@requires(Permission.REGISTRATIONS)
def act_on_chosen(conference: str, edition: str) -> str | Response:
    found = get_edition(conference, edition)
    chosen = _chosen(found)
    act = request.form.get("act", "")
    if act == "badges":
        people = urlencode([("person", person.id) for person in chosen])
        return redirect(manage_url(found, f"badges?{people}"), 303)
    if act == "cancel":
        return _ask_cancel(found, chosen)
    if act == "resend":
        return _resend(found, chosen)
    raise Invalid("act.unknown")


def _chosen(edition: Edition) -> list[ChosenPerson]:
    typed = request.form.getlist("ids")
    if not typed:
        raise Invalid("chosen.nobody", _("Nobody is chosen. Tick somebody in the list first."))
    if len(typed) > MOST_CHOSEN or not all(text.isascii() and text.isdigit() and len(text) <= 9 for text in typed):
        raise Invalid("chosen.unusable")
    return list_chosen(edition.id, [int(text) for text in typed])


def _back(edition: Edition) -> str:
    """Return the address of the list as it was; what cannot be read leads to the whole list."""
    try:
        wanted = read_filter(dict(parse_qsl(request.form.get("back", "").removeprefix("?"), max_num_fields=20)))
    except (CrosslinksError, ValueError):
        wanted = ListFilter()
    return manage_url(edition, "registrations") + wanted.query()


def _ask_cancel(edition: Edition, chosen: list[ChosenPerson]) -> str:
    return render_page(
        "registration/manage/cancel_chosen.html",
        manage_frame(edition),
        people=[person for person in chosen if not person.is_cancelled],
        already=sum(person.is_cancelled for person in chosen),
        silent=sum(not person.has_address for person in chosen if not person.is_cancelled),
        base=manage_url(edition, "registrations"),
        back_url=_back(edition),
        back=request.form.get("back", ""),
    )


@registration_manage.post("/registrations/chosen/cancel")
@requires(Permission.REGISTRATIONS)
def cancel_chosen(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    ids = [person.id for person in _chosen(found) if not person.is_cancelled]
    back = _back(found)
    for start in range(0, len(ids), AT_ONCE):
        with transaction():
            for number in ids[start : start + AT_ONCE]:
                cancel(actor=principal().actor, now=now(), registration_id=number)
    flash(ngettext("%(num)s registration is cancelled.", "%(num)s registrations are cancelled.", len(ids)))
    return redirect(back, 303)


def _resend(edition: Edition, chosen: list[ChosenPerson]) -> Response:
    ids = [person.id for person in chosen if person.has_address]
    back = _back(edition)
    for start in range(0, len(ids), AT_ONCE):
        with transaction():
            for number in ids[start : start + AT_ONCE]:
                resend(actor=principal().actor, now=now(), registration_id=number)
    said = ngettext("%(num)s mail is sent again.", "%(num)s mails are sent again.", len(ids))
    left = len(chosen) - len(ids)
    if left:
        said += " " + ngettext("%(num)s has no address.", "%(num)s have no address.", left)
    flash(said)
    return redirect(back, 303)


@registration_manage.get("/registrations/export")
@requires(Permission.REGISTRATIONS)
def ask_export(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    wanted = read_filter(request.args)
    base = manage_url(found, "registrations")
    return render_page(
        "registration/manage/export.html",
        manage_frame(found),
        base=base,
        wanted=wanted,
        total=count_shown(found.id, wanted)[wanted.show],
        back_url=base + wanted.query(),
        heads=heads(found),
        detail_heads=detail_heads(),
    )


@registration_manage.post("/registrations/export")
@requires(Permission.REGISTRATIONS)
def download(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    wanted = replace(read_filter(request.form), page=1)
    try:
        file_format = FileFormat(request.form.get("format", ""))
    except ValueError as error:
        raise Invalid("export.format_unknown") from error
    with_details = request.form.get("details") == "yes"
    file = export(found, wanted, file_format, with_details=with_details)
    at = now()
    with transaction():
        record(
            actor=principal().actor,
            action="registrations.exported",
            object_kind="edition",
            object_id=found.id,
            now=at,
            conference_id=found.conference_id,
            edition_id=found.id,
            after={"rows": file.rows, "filter": urlencode(wanted.as_dict()), "format": file_format.value}
            | ({"details": True} if with_details else {}),
        )
    what = _("participants")
    name = f"{what}-{found.conference.slug}-{found.slug}-{at.astimezone(found.zone):%Y-%m-%d}"
    response = make_response(file.content)
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{file_format.value}"'
    return keep_secret(response)
