"""Organizer pages of the speakers and moderators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.accounts.log_words import field_words
from crosslinks.editions.frames import edition_url, manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.programme.gap_words import gap_words
from crosslinks.programme.gaps import get_standing, list_standings
from crosslinks.programme.manage_speaking import forget_pictures
from crosslinks.programme.material_models import PersonEdit
from crosslinks.programme.models import Person
from crosslinks.programme.people import change_person, create_person, delete_person, find_by_address, list_duties
from crosslinks.programme.person_forms import PersonForm, coming_words, take_portrait
from crosslinks.programme.queries import get_person
from crosslinks.programme.rules import Coming, Gap
from crosslinks.programme.self_service import changed_by_themselves, list_edits
from crosslinks.programme.slide_store import drop_files
from crosslinks.programme.slides import list_slides, list_stored_of
from crosslinks.web.arguments import PageOf, chosen, page_of, search_words
from crosslinks.web.frames import Link
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

people_manage = Blueprint("people_manage", __name__, url_prefix="/manage/<conference>/<edition>/people")

ID = "<int(max=2147483647):number>"
PAGE_SIZE = 100
FILTERS = ("all", "speakers", "moderators", "missing", "changed", "idle")
GAPS = ("", *Gap)
SORTS = ("name", "affiliation", "missing")

Answer = tuple[str, int] | Response


@dataclass(frozen=True)
class PersonRow:
    """A person in the organizer's list."""

    person: Person
    speaks: bool
    moderates: bool
    gaps: frozenset[Gap]
    missing: tuple[str, ...]
    changed: bool

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
    lacks = chosen("lacks", GAPS, "")
    matching = [row for row in rows if _FILTERS[kind](row) and row.matches(words)]
    shown = [row for row in matching if not lacks or lacks in row.gaps]
    shown.sort(key=_SORTS[sort], reverse=falling)
    page = page_of(len(shown), PAGE_SIZE)
    return render_page(
        "programme/manage/people.html",
        manage_frame(found),
        rows=shown[page.first - 1 if shown else 0 : page.last],
        anybody=bool(rows),
        words=words,
        kind=kind,
        lacks=lacks,
        sort=sort,
        falling=falling,
        sort_urls={
            name: _address(found, sort=name, order="desc" if name == sort and not falling else "") for name in SORTS
        },
        chips=_chips(found, rows, kind, words),
        lack_chips=_lack_chips(found, matching, lacks),
        coming=coming_words(),
        page=page,
        pages=_pages(found, page),
        url=manage_url(found, "people"),
    )


def _rows(edition: Edition) -> list[PersonRow]:
    changed = changed_by_themselves(edition.id)
    words = gap_words()
    return [
        PersonRow(
            one.person,
            one.speaks,
            one.moderates,
            frozenset(one.gaps),
            (*(words[gap] for gap in one.gaps), *_also_missing(one.person)),
            one.person.id in changed,
        )
        for one in list_standings(edition.id)
    ]


def _also_missing(person: Person) -> list[str]:
    """Return what only an organizer can add, in words."""
    wanted = [(person.affiliation, _("affiliation")), (person.email, _("e-mail"))]
    return [words for given, words in wanted if not given]


_FILTERS: dict[str, Callable[[PersonRow], bool]] = {
    "all": lambda row: True,
    "speakers": lambda row: row.speaks,
    "moderators": lambda row: row.moderates,
    "missing": lambda row: bool(row.missing),
    "changed": lambda row: row.changed,
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
        "changed": _("Changed by themselves"),
        "idle": _("Not in the programme"),
    }
    matching = [row for row in rows if row.matches(words)]
    return [
        Link(label, _address(edition, show=kind), kind == current, count=sum(map(_FILTERS[kind], matching)))
        for kind, label in labels.items()
    ]


def _lack_chips(edition: Edition, rows: list[PersonRow], current: str) -> list[Link]:
    """Return a filter for each thing that somebody lacks, with how many do."""
    counts = {gap: sum(gap in row.gaps for row in rows) for gap in Gap}
    words = gap_words()
    return [
        Link(words[gap], _address(edition, lacks="" if gap == current else gap.value), gap == current, count=count)
        for gap, count in counts.items()
        if count or gap == current
    ]


def _address(edition: Edition, **changed: str) -> str:
    """Return the list's address with what is asked for now, changed; back on the first page."""
    kept = {name: value for name, value in request.args.items() if name in {"q", "show", "lacks", "sort", "order"}}
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
    portrait = _picture(found, form)
    if portrait is None:
        return _page(found, form)
    with transaction():
        person = create_person(actor=principal().actor, now=now(), edition=found, **form.changes() | portrait)
    flash(_("%(name)s is added.", name=person.name))
    return redirect(manage_url(found, "people"), 303)


def _picture(edition: Edition, form: PersonForm, person: Person | None = None) -> dict[str, object] | None:
    """Check the form, and store its picture; return the fields that follow from it, None when something is wrong."""
    if not form.validate_on_submit():
        return None
    other = find_by_address(edition.id, form.email.data or "", person.id if person else 0)
    if other is not None and (person is None or (form.email.data or "").casefold() != person.email.casefold()):
        form.email.errors = [
            _("%(name)s has this address already. One person is one entry: make one of the two.", name=other.name)
        ]
        return None
    sent = take_portrait(form.portrait)
    if sent == {} and form.remove_portrait.data:
        return {"portrait": "", "portrait_source": "", "portrait_box": {}}
    return sent


@people_manage.route(f"/{ID}", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def edit(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    person = get_person(found.id, number)
    form = PersonForm.of(person)
    picture = _picture(found, form, person)
    if picture is None:
        return _page(found, form, person)
    with transaction():
        person = get_person(found.id, number)
        before = (person.portrait, person.portrait_source)
        changes = form.changes() | picture
        if changes["coming"] is not person.coming:
            changes["answered_at"] = None if changes["coming"] is Coming.INVITED else now()
        change_person(actor=principal().actor, now=now(), edition=found, person=person, changes=changes)
    forget_pictures(*before)
    flash(_("Saved."))
    page = f"people/{number}/portrait" if picture.get("portrait") else "people"
    return redirect(manage_url(found, page), 303)


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
            name, pictures, files = person.name, (person.portrait, person.portrait_source), list_stored_of(person.id)
            delete_person(
                actor=principal().actor, now=now(), edition=found, person=person,
                from_programme=request.form.get("from_programme") == "yes",
            )  # fmt: skip
    except Conflict:
        return _question(found, get_person(found.id, number)), 409
    forget_pictures(*pictures)
    drop_files(files)
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


def _page(edition: Edition, form: PersonForm, person: Person | None = None) -> tuple[str, int]:
    duties = list_duties(person) if person else None
    talks = [talk.id for talk in duties.talks] if duties else []
    standing = get_standing(person) if person else None
    words = gap_words()
    page = render_page(
        "programme/manage/person.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        person=person,
        duties=duties,
        missing=[words[gap] for gap in standing.gaps] if standing else [],
        coming=coming_words(),
        edits=[(edit, _edited(edit)) for edit in list_edits(person.id)] if person else [],
        slides=list_slides(talks),
        url=manage_url(edition, "people"),
        public_url=edition_url(edition, f"speakers/{person.slug}") if person else "",
    )
    return page, 422 if request.method == "POST" else 200


def _edited(edit: PersonEdit) -> list[tuple[str, str, str]]:
    """Return the fields of a change by their names, with what was and what is; of pictures only that they changed."""
    return [
        (field_words(name), _shown(name, edit.before.get(name)), _shown(name, value))
        for name, value in edit.after.items()
        if name not in {"portrait_source", "portrait_box"}
    ]


def _shown(name: str, value: object) -> str:
    if name == "portrait":
        return _("A picture") if value else ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, part)) for part in value)
    return str(value or "")
