"""Organizer pages of what speakers give: links and reminders, their changes, files, portraits, two that are one."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from crosslinks.config import settings
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.programme.asking import AT_ONCE, send_links, send_reminders, to_write
from crosslinks.programme.gaps import list_standings
from crosslinks.programme.merging import merge_people
from crosslinks.programme.models import Person
from crosslinks.programme.people import change_person, revoke_link
from crosslinks.programme.person_forms import PortraitForm
from crosslinks.programme.queries import get_person, list_people, picture_in_use
from crosslinks.programme.self_service import accept_edits, undo_edit
from crosslinks.programme.slide_store import drop_files
from crosslinks.programme.slides import delete_slides, get_slides
from crosslinks.programme.speaker_slides import send_slides
from crosslinks.web.pages import render_page
from crosslinks.web.portraits import drop_portrait
from crosslinks.web.security import principal, requires

speaking_manage = Blueprint("speaking_manage", __name__, url_prefix="/manage/<conference>/<edition>/people")

ID = "<int(max=2147483647):number>"
SLIDES = "<int(max=2147483647):slides_id>"


def _back(edition: Edition, number: int | None = None) -> Response:
    return redirect(manage_url(edition, "people" if number is None else f"people/{number}"), 303)


def _write(edition: Edition, ids: list[int], send: Callable[..., int]) -> int:
    """Queue letters in short transactions."""
    sent = 0
    for start in range(0, len(ids), AT_ONCE):
        with transaction():
            sent += send(
                actor=principal().actor, now=now(), edition=get_edition(edition.conference.slug, edition.slug),
                person_ids=ids[start : start + AT_ONCE],
            )  # fmt: skip
    return sent


@speaking_manage.route("/letters/<any(links, reminders):kind>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def write_to_all(conference: str, edition: str, kind: str) -> str | Response:
    """Say to how many people the link, or what is missing, would be sent; and send it."""
    found = get_edition(conference, edition)
    reminds = kind == "reminders"
    standings = list_standings(found.id)
    ids = to_write(standings, reminder=reminds)
    if request.method == "POST":
        sent = _write(found, ids, send_reminders if reminds else send_links)
        flash(ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", sent))
        return _back(found)
    chosen = set(ids)
    return render_page(
        "programme/manage/write_to_all.html",
        manage_frame(found),
        reminds=reminds,
        people=[one.person for one in standings if one.person.id in chosen],
        unreachable=[one.person for one in standings if one.has_part and not one.person.email],
        url=manage_url(found, "people"),
        action=manage_url(found, f"people/letters/{kind}"),
    )


@speaking_manage.post(f"/{ID}/<any(link, reminder):kind>")
@requires(Permission.PROGRAMME)
def write_to_one(conference: str, edition: str, number: int, kind: str) -> Response:
    found = get_edition(conference, edition)
    person = get_person(found.id, number)
    if not person.email:
        raise Conflict("person.no_address", _("There is no e-mail address to write to. Add it first."))
    sent = _write(found, [number], send_reminders if kind == "reminder" else send_links)
    flash(_("The letter is on its way.") if sent else _("Nothing is missing, so nothing was sent."))
    return _back(found, number)


@speaking_manage.post(f"/{ID}/revoke")
@requires(Permission.PROGRAMME)
def revoke(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    with transaction():
        revoke_link(actor=principal().actor, now=now(), edition=found, person=get_person(found.id, number))
    flash(_("The link opens nothing any more. Send a new one when you like."))
    return _back(found, number)


@speaking_manage.post(f"/{ID}/changes/seen")
@requires(Permission.PROGRAMME)
def accept(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    with transaction():
        accept_edits(actor=principal().actor, now=now(), edition=found, person=get_person(found.id, number))
    flash(_("Noted as seen."))
    return _back(found, number)


@speaking_manage.post(f"/{ID}/changes/<int(max=2147483647):edit_id>/undo")
@requires(Permission.PROGRAMME)
def undo(conference: str, edition: str, number: int, edit_id: int) -> Response:
    found = get_edition(conference, edition)
    with transaction():
        undo_edit(
            actor=principal().actor, now=now(), edition=found, person=get_person(found.id, number), edit_id=edit_id
        )
    flash(_("Put back as it was."))
    return _back(found, number)


@speaking_manage.route(f"/{ID}/portrait", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def portrait(conference: str, edition: str, number: int) -> Response | tuple[str, int]:
    found = get_edition(conference, edition)
    person = get_person(found.id, number)
    form = PortraitForm.of(person)
    changes = form.changes(person) if form.validate_on_submit() else None
    if changes is not None:
        with transaction():
            person = get_person(found.id, number)
            before = (person.portrait, person.portrait_source)
            change_person(actor=principal().actor, now=now(), edition=found, person=person, changes=changes)
        forget_pictures(*before)
        flash(_("Saved."))
        return redirect(request.path, 303) if form.portrait.data else _back(found, number)
    page = render_page(
        "programme/manage/portrait.html",
        manage_frame(found),
        person=person,
        form=form,
        url=manage_url(found, f"people/{number}"),
        people_url=manage_url(found, "people"),
    )
    return page, 422 if request.method == "POST" else 200


def forget_pictures(*names: str) -> None:
    """Delete stored pictures that nobody shows, and that no change of a speaker could bring back."""
    drop_portrait(settings().uploads, *(name for name in names if name and not picture_in_use(name)))


@speaking_manage.route(f"/{ID}/merge", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def merge(conference: str, edition: str, number: int) -> str | Response:
    """Ask which other entry is the same person, and make one of both."""
    found = get_edition(conference, edition)
    person = get_person(found.id, number)
    if request.method == "POST":
        typed = request.form.get("other", "")
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
            raise Invalid("person.choose", _("Choose the other entry."))
        with transaction():
            keep, drop = get_person(found.id, number), get_person(found.id, int(typed))
            merge_people(actor=principal().actor, now=now(), edition=found, keep=keep, drop=drop)
        flash(_("The two are one now."))
        return _back(found, number)
    others: list[Person] = [other for other in list_people(found.id) if other.id != person.id]
    return render_page(
        "programme/manage/merge.html",
        manage_frame(found),
        person=person,
        others=sorted(others, key=lambda other: (other.family_name != person.family_name, other.family_name)),
        url=manage_url(found, f"people/{number}"),
        people_url=manage_url(found, "people"),
    )


@speaking_manage.get(f"/slides/{SLIDES}")
@requires(Permission.PROGRAMME)
def download(conference: str, edition: str, slides_id: int) -> Response:
    found = get_edition(conference, edition)
    return send_slides(get_slides(found.id, slides_id))


@speaking_manage.post(f"/slides/{SLIDES}/delete")
@requires(Permission.PROGRAMME)
def delete_file(conference: str, edition: str, slides_id: int) -> Response:
    found = get_edition(conference, edition)
    with transaction():
        row = get_slides(found.id, slides_id)
        number = row.person_id
        stored = delete_slides(actor=principal().actor, now=now(), edition=found, slides=row)
    drop_files([stored])
    flash(_("Deleted."))
    return _back(found, number)
