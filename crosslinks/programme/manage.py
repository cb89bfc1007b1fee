"""Organizer pages of the day: sessions, breaks, talks, with every conflict in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.editions.times import to_local
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Invalid
from crosslinks.programme.forms import ALONE, MoveForm, SessionForm, TalkForm, chosen_people, talk_values
from crosslinks.programme.models import Session, Talk
from crosslinks.programme.operations import (
    change_session,
    change_talk,
    create_session,
    create_talk,
    delete_session,
    delete_talk,
    move_talk,
    place_talk,
)
from crosslinks.programme.queries import (
    find_room,
    get_session,
    get_talk,
    list_people,
    list_rooms,
    list_session_rows,
)
from crosslinks.programme.rules import SessionKind
from crosslinks.programme.timeline import SessionRow, build_timeline
from crosslinks.programme.wording import word_conflicts
from crosslinks.web.arguments import chosen_id
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

programme_manage = Blueprint("programme_manage", __name__, url_prefix="/manage/<conference>/<edition>/programme")

ID = "<int(max=2147483647):number>"
USUAL_TALK = timedelta(minutes=30)
USUAL_SESSION = timedelta(minutes=60)

Answer = tuple[str, int] | Response


def back_to_day(edition: Edition, anchor: str = "") -> Response:
    """Return the way back to the list of the day."""
    return redirect(manage_url(edition, "programme") + (f"#{anchor}" if anchor else ""), 303)


@programme_manage.get("")
@requires(Permission.PROGRAMME)
def show_day(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    rows = list_session_rows(found.id)
    return render_page(
        "programme/manage/day.html",
        manage_frame(found),
        edition=found,
        timeline=build_timeline(rows, now=now(), zone=found.zone, has_stream=found.mode(Mode.DIGITAL) is not None),
        warnings=word_conflicts(found, rows),
        rooms=list_rooms(found.id),
        url=manage_url(found, "programme"),
    )


@programme_manage.route("/sessions/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def new_session(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    kind = SessionKind.BREAK if request.args.get("kind") == "break" else SessionKind.SESSION
    people = list_people(found.id)
    starts = _free_from(found, list_session_rows(found.id))
    draft = Session(
        starts_at=starts, ends_at=starts + USUAL_SESSION, title={}, summary={}, streamed=kind is SessionKind.SESSION
    )
    form = SessionForm.of(found, draft, list_rooms(found.id), people)
    changes = form.changes() if form.validate_on_submit() else None
    if changes is None:
        return _session_page(found, form, kind)
    with transaction():
        made = create_session(
            actor=principal().actor, now=now(), edition=found, kind=kind, room=find_room(found.id, form.room.data),
            moderators=chosen_people(form.moderators, list_people(found.id)), **changes,
        )  # fmt: skip
    flash(_("Added."))
    return back_to_day(found, f"part-{made.id}")


@programme_manage.route(f"/sessions/{ID}", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def edit_session(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    session = get_session(found.id, number)
    if session.kind is SessionKind.SINGLE and session.talks:
        return redirect(manage_url(found, f"programme/talks/{session.talks[0].id}"), 303)
    moderators = [row.person_id for row in session.moderators]
    form = SessionForm.of(found, session, list_rooms(found.id), list_people(found.id), moderators)
    changes = form.changes() if form.validate_on_submit() else None
    if changes is None:
        return _session_page(found, form, session.kind, session)
    with transaction():
        room = find_room(found.id, form.room.data)
        change_session(
            actor=principal().actor,
            now=now(),
            edition=found,
            session=get_session(found.id, number),
            changes=changes | {"room_id": room.id if room else None},
            moderators=chosen_people(form.moderators, list_people(found.id)),
            move_talks=bool(form.move_talks.data),
        )
    flash(_("Saved."))
    return back_to_day(found, f"part-{number}")


def _session_page(
    edition: Edition, form: SessionForm, kind: SessionKind, session: Session | None = None
) -> tuple[str, int]:
    page = render_page(
        "programme/manage/session.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        is_break=kind is SessionKind.BREAK,
        session=session,
        has_stream=edition.mode(Mode.DIGITAL) is not None,
        url=manage_url(edition, "programme"),
    )
    return page, 422 if request.method == "POST" else 200


@programme_manage.route(f"/sessions/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def remove_session(conference: str, edition: str, number: int) -> str | Response:
    found = get_edition(conference, edition)
    session = get_session(found.id, number)
    if request.method == "POST":
        with transaction():
            delete_session(actor=principal().actor, now=now(), edition=found, session=get_session(found.id, number))
        flash(_("Deleted."))
        return back_to_day(found)
    return render_page(
        "programme/manage/delete_session.html",
        manage_frame(found),
        session=session,
        url=manage_url(found, "programme"),
    )


@programme_manage.route("/talks/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def new_talk(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    rows = list_session_rows(found.id)
    within = next((row for row in rows if row.id == chosen_id("session") and row.kind is SessionKind.SESSION), None)
    starts = within.starts_at if within else _free_from(found, rows)
    if within and within.talks:
        starts = max(talk.ends_at for talk in within.talks)
    values = {
        "session": within.id if within else ALONE,
        "starts_at": to_local(starts, found.zone),
        "minutes": USUAL_TALK.seconds // 60,
        "streamed": True,
        "speakers": [],
    }
    form = TalkForm.of(found, values, rows, list_rooms(found.id), list_people(found.id))
    changes = form.changes() if form.validate_on_submit() else None
    if changes is None:
        return _talk_page(found, form)
    with transaction():
        made = create_talk(
            actor=principal().actor,
            now=now(),
            edition=found,
            session=_session_of(found, form),
            speakers=chosen_people(form.speakers, list_people(found.id)),
            room=find_room(found.id, form.room.data),
            streamed=bool(form.streamed.data),
            **changes,
        )
    flash(_("Added."))
    return back_to_day(found, f"talk-{made.id}")


@programme_manage.route(f"/talks/{ID}", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def edit_talk(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    talk = get_talk(found.id, number)
    rows = list_session_rows(found.id)
    form = TalkForm.of(found, talk_values(talk, found), rows, list_rooms(found.id), list_people(found.id))
    changes = form.changes() if form.validate_on_submit() else None
    if changes is None:
        return _talk_page(found, form, talk)
    with transaction():
        _save_talk(found, get_talk(found.id, number), form, changes)
    flash(_("Saved."))
    return back_to_day(found, f"talk-{number}")


def _save_talk(edition: Edition, talk: Talk, form: TalkForm, changes: dict[str, Any]) -> None:
    by: dict[str, Any] = {"actor": principal().actor, "now": now(), "edition": edition}
    place_talk(**by, talk=talk, session=_session_of(edition, form))
    change_talk(**by, talk=talk, changes=changes, speakers=chosen_people(form.speakers, list_people(edition.id)))
    if talk.session.kind is SessionKind.SINGLE:
        room = find_room(edition.id, form.room.data)
        frame = {"room_id": room.id if room else None, "streamed": bool(form.streamed.data)}
        change_session(**by, session=talk.session, changes=frame)


def _session_of(edition: Edition, form: TalkForm) -> Session | None:
    return get_session(edition.id, form.session.data) if form.session.data else None


def _talk_page(edition: Edition, form: TalkForm, talk: Talk | None = None) -> tuple[str, int]:
    page = render_page(
        "programme/manage/talk.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        talk=talk,
        has_stream=edition.mode(Mode.DIGITAL) is not None,
        url=manage_url(edition, "programme"),
        people_url=manage_url(edition, "people"),
    )
    return page, 422 if request.method == "POST" else 200


@programme_manage.post(f"/talks/{ID}/move")
@requires(Permission.PROGRAMME)
def reorder_talk(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    form = MoveForm()
    if not form.validate_on_submit():
        raise Invalid("direction.unknown")
    with transaction():
        talk = get_talk(found.id, number)
        move_talk(
            actor=principal().actor, now=now(), edition=found, talk=talk, earlier=form.direction.data == "earlier"
        )
    return back_to_day(found, f"talk-{number}")


@programme_manage.route(f"/talks/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def remove_talk(conference: str, edition: str, number: int) -> str | Response:
    found = get_edition(conference, edition)
    talk = get_talk(found.id, number)
    if request.method == "POST":
        with transaction():
            delete_talk(actor=principal().actor, now=now(), edition=found, talk=get_talk(found.id, number))
        flash(_("Deleted."))
        return back_to_day(found)
    return render_page(
        "programme/manage/delete_talk.html", manage_frame(found), talk=talk, url=manage_url(found, "programme")
    )


def _free_from(edition: Edition, rows: list[SessionRow]) -> datetime:
    """Return when something new may begin: after everything that is there."""
    return max((row.ends_at for row in rows), default=edition.starts_at)
