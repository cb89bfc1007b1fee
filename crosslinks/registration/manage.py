"""The organizer's list of participants."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask_babel import gettext as _

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.registration.list_filter import ListFilter, Show, SortBy, read_filter
from crosslinks.registration.listing import ListPage, list_people
from crosslinks.registration.words import ordinal, profession_words, role_words, source_words
from crosslinks.web.formats import format_short_day
from crosslinks.web.frames import Link
from crosslinks.web.pages import render_page
from crosslinks.web.security import requires

registration_manage = Blueprint("registration_manage", __name__, url_prefix="/manage/<conference>/<edition>")


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
