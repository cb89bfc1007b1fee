"""Organizer pages of the speakers and moderators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import edition_url, manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.programme.forms import PersonForm, person_values, seen_version
from crosslinks.programme.models import Person
from crosslinks.programme.people import change_person, create_person, delete_person, list_duties
from crosslinks.programme.queries import get_person, list_people, list_session_rows, picture_in_use
from crosslinks.programme.versions import Stale, check_version
from crosslinks.programme.wording_changes import Meanwhile, meanwhile
from crosslinks.web.arguments import PageOf, chosen, page_of, search_words
from crosslinks.web.frames import Link
from crosslinks.web.pages import render_page
from crosslinks.web.pictures import drop_picture, take_picture
from crosslinks.web.security import principal, requires
from crosslinks.web.uploads import PORTRAIT

people_manage = Blueprint("people_manage", __name__, url_prefix="/manage/<conference>/<edition>/people")

ID = "<int(max=2147483647):number>"
PAGE_SIZE = 100
FILTERS = ("all", "speakers", "moderators", "missing", "idle")
SORTS = ("name", "affiliation", "missing")

Answer = tuple[str, int] | Response


@dataclass(frozen=True)
class PersonRow:
    """A person in the organizer's list."""

    person: Person
    speaks: bool
    moderates: bool
    missing: tuple[str, ...]

    def matches(self, words: str) -> bool:
        """Say whether every word occurs in what the list shows of this person."""
        shown = f"{self.person.name} {self.person.affiliation} {self.person.email}".casefold()
        return all(word in shown for word in words.casefold().split())


@people_manage.get("")
@requires(Permission.PROGRAMME)
def show(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    rows = _rows(found)
    words, kind, sort = search_words(), chosen("show", FILTERS, "all"), chosen("sort", SORTS, "name")
    falling = chosen("order", ("asc", "desc"), "asc") == "desc"
    shown = [row for row in rows if _FILTERS[kind](row) and row.matches(words)]
    shown.sort(key=_SORTS[sort], reverse=falling)
    page = page_of(len(shown), PAGE_SIZE)
    return render_page(
        "programme/manage/people.html",
        manage_frame(found),
        rows=shown[page.first - 1 if shown else 0 : page.last],
        anybody=bool(rows),
        words=words,
        kind=kind,
        sort=sort,
        falling=falling,
        sort_urls={
            name: _address(found, sort=name, order="desc" if name == sort and not falling else "") for name in SORTS
        },
        chips=_chips(found, rows, kind, words),
        page=page,
        pages=_pages(found, page),
        url=manage_url(found, "people"),
    )


def _rows(edition: Edition) -> list[PersonRow]:
    sessions = list_session_rows(edition.id)
    speaking = {person.id for row in sessions for talk in row.talks for person in talk.speakers}
    moderating = {person.id for row in sessions for person in row.moderators}
    return [
        PersonRow(person, person.id in speaking, person.id in moderating, _missing(person, person.id in speaking))
        for person in list_people(edition.id)
    ]


def _missing(person: Person, speaks: bool) -> tuple[str, ...]:
    """Return what is still to be had of a person, in words."""
    wanted = [
        (person.portrait, _("portrait")),
        (person.affiliation, _("affiliation")),
        (person.biography, _("text")),
        (person.disclosure or not speaks, _("disclosure")),
        (person.email, _("e-mail")),
    ]
    return tuple(words for given, words in wanted if not given)


_FILTERS: dict[str, Callable[[PersonRow], bool]] = {
    "all": lambda row: True,
    "speakers": lambda row: row.speaks,
    "moderators": lambda row: row.moderates,
    "missing": lambda row: bool(row.missing),
    "idle": lambda row: not row.speaks and not row.moderates,
}
_SORTS: dict[str, Callable[[PersonRow], tuple[object, ...]]] = {
    "name": lambda row: (row.person.family_name.casefold(), row.person.given_name.casefold(), row.person.id),
    "affiliation": lambda row: (row.person.affiliation.casefold(), row.person.family_name.casefold(), row.person.id),
    "missing": lambda row: (-len(row.missing), row.person.family_name.casefold(), row.person.id),
}


def _chips(edition: Edition, rows: list[PersonRow], current: str, words: str) -> list[Link]:
    labels = {
        "all": _("All"),
        "speakers": _("Speakers"),
        "moderators": _("Moderators"),
        "missing": _("Something missing"),
        "idle": _("Not in the programme"),
    }
    matching = [row for row in rows if row.matches(words)]
    return [
        Link(label, _address(edition, show=kind), kind == current, count=sum(map(_FILTERS[kind], matching)))
        for kind, label in labels.items()
    ]


def _address(edition: Edition, **changed: str) -> str:
    """Return the list's address with what is asked for now, changed; back on the first page."""
    kept = {name: value for name, value in request.args.items() if name in {"q", "show", "sort", "order"}}
    from_now = {name: value for name, value in (kept | changed).items() if value}
    return manage_url(edition, "people") + ("?" + urlencode(from_now) if from_now else "")


def _pages(edition: Edition, page: PageOf) -> tuple[str, str]:
    before = _address(edition, page=str(page.number - 1)) if page.number > 1 else ""
    return before, _address(edition, page=str(page.number + 1)) if page.has_next else ""


@people_manage.route("/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def create(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    form = PersonForm.of(None)
    portrait = take_picture(form.portrait, PORTRAIT) if form.validate_on_submit() else None
    if portrait is None:
        return _page(found, form)
    with transaction():
        person = create_person(actor=principal().actor, now=now(), edition=found, portrait=portrait, **form.changes())
    flash(_("%(name)s is added.", name=person.name))
    return redirect(manage_url(found, "people"), 303)


@people_manage.route(f"/{ID}", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def edit(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    person = get_person(found.id, number)
    form = PersonForm.of(person)
    sent = take_picture(form.portrait, PORTRAIT) if form.validate_on_submit() else None
    if sent is None:
        return _page(found, form, person)
    try:
        with transaction():
            touch_public(found.id)
            person = get_person(found.id, number)
            check_version(found, person, seen_version(form))
            before = person.portrait
            kept = "" if form.remove_portrait.data else before
            change_person(
                actor=principal().actor, now=now(), edition=found, person=person,
                changes=form.changes() | {"portrait": sent or kept},
            )  # fmt: skip
    except Stale as stale:
        _forget(sent)
        person = get_person(found.id, number)
        told = meanwhile(found, stale, form, person_values(person))
        form.version.data = str(person.version)
        return _page(found, form, person, told)
    _forget(before)
    flash(_("Saved."))
    return redirect(manage_url(found, "people"), 303)


@people_manage.route(f"/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def delete(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    person = get_person(found.id, number)
    if request.method == "GET":
        return _question(found, person), 200
    try:
        with transaction():
            person = get_person(found.id, number)
            name, portrait = person.name, person.portrait
            delete_person(
                actor=principal().actor, now=now(), edition=found, person=person,
                from_programme=request.form.get("from_programme") == "yes",
            )  # fmt: skip
    except Conflict:
        return _question(found, get_person(found.id, number)), 409
    _forget(portrait)
    flash(_("%(name)s is deleted.", name=name))
    return redirect(manage_url(found, "people"), 303)


def _question(edition: Edition, person: Person) -> str:
    return render_page(
        "programme/manage/delete_person.html",
        manage_frame(edition),
        edition=edition,
        person=person,
        duties=list_duties(person),
        url=manage_url(edition, "people"),
    )


def _forget(portrait: str) -> None:
    if portrait and not picture_in_use(portrait):
        drop_picture(portrait)


def _page(
    edition: Edition, form: PersonForm, person: Person | None = None, told: Meanwhile | None = None
) -> tuple[str, int]:
    page = render_page(
        "programme/manage/person.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        person=person,
        duties=list_duties(person) if person else None,
        meanwhile=told,
        url=manage_url(edition, "people"),
        public_url=edition_url(edition, f"speakers/{person.slug}") if person else "",
    )
    return page, 409 if told else 422 if request.method == "POST" else 200
