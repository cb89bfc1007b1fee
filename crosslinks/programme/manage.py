"""Organizer pages of the day: sessions, breaks, talks, with every conflict in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.editions.times import to_local
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Invalid, NotFound
from crosslinks.programme.deeds import deed
from crosslinks.programme.forms import (
    ALONE,
    MoveForm,
    SessionForm,
    TalkForm,
    chosen_people,
    seen_version,
    session_values,
    talk_values,
)
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
from crosslinks.programme.versions import Stale, check_version, gone
from crosslinks.programme.wording import word_conflicts
from crosslinks.programme.wording_changes import Meanwhile, meanwhile
from crosslinks.web.arguments import chosen, chosen_id
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

programme_manage = Blueprint("programme_manage", __name__, url_prefix="/manage/<conference>/<edition>/programme")

ID = "<int(max=2147483647):number>"
USUAL_TALK = timedelta(minutes=30)
USUAL_SESSION = timedelta(minutes=60)

Answer = tuple[str, int] | Response


def back_to_day(edition: Edition, anchor: str = "") -> Response:
    """Return the way back to the list of the day, or to the timetable for who came from there."""
    return redirect(_day_url(edition) + (f"#{anchor}" if anchor else ""), 303)


def _day_url(edition: Edition) -> str:
    timetable = chosen("back", ("timetable",), "")
    return manage_url(edition, "programme/timetable" if timetable else "programme")


def _by(edition: Edition) -> dict[str, Any]:
    """Return who acts, when and on what; the edition's row is locked first, so that no version is read too early."""
    touch_public(edition.id)
    return {"actor": principal().actor, "now": now(), "edition": edition}


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
        by = _by(found)
        with deed(**by, name="part.created"):
            made = create_session(
                **by, kind=kind, room=find_room(found.id, form.room.data),
                moderators=chosen_people(form.moderators, list_people(found.id)), **changes,
            )  # fmt: skip
    flash(_("Added."))
    return back_to_day(found, f"part-{made.id}")


@programme_manage.route(f"/sessions/{ID}", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def edit_session(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    session = _find_here("session", found, number)
    if session is None:
        return _deleted_session(found, number)
    if session.kind is SessionKind.SINGLE and session.talks:
        return redirect(_beside(found, f"programme/talks/{session.talks[0].id}"), 303)
    moderators = [row.person_id for row in session.moderators]
    form = SessionForm.of(found, session, list_rooms(found.id), list_people(found.id), moderators)
    changes = form.changes() if form.validate_on_submit() else None
    if changes is None:
        return _session_page(found, form, session.kind, session)
    try:
        with transaction():
            _save_session(found, number, form, changes)
    except Stale as stale:
        session = get_session(found.id, number)
        values = session_values(session, found, [row.person_id for row in session.moderators])
        told = meanwhile(found, stale, form, values)
        form.version.data = str(session.version)
        return _session_page(found, form, session.kind, session, told)
    flash(_("Saved."))
    return back_to_day(found, f"part-{number}")


def _save_session(edition: Edition, number: int, form: SessionForm, changes: dict[str, Any]) -> None:
    by = _by(edition)
    session = get_session(edition.id, number)
    check_version(edition, session, seen_version(form))
    room = find_room(edition.id, form.room.data)
    with deed(**by, name="part.changed"):
        change_session(
            **by,
            session=session,
            changes=changes | {"room_id": room.id if room else None},
            moderators=chosen_people(form.moderators, list_people(edition.id)),
            move_talks=bool(form.move_talks.data),
        )


def _deleted_session(edition: Edition, number: int) -> Answer:
    """Keep what was typed about a session that somebody deleted meanwhile: saving adds it again."""
    stale = _refuse_unknown(edition, "session", number)
    starts = edition.starts_at
    draft = Session(starts_at=starts, ends_at=starts + USUAL_SESSION, title={}, summary={}, streamed=True)
    form = SessionForm.of(edition, draft, list_rooms(edition.id), list_people(edition.id))
    return _session_page(edition, form, SessionKind.SESSION, told=meanwhile(edition, stale))


def _refuse_unknown(edition: Edition, kind: str, number: int) -> Stale:
    """Return who deleted what was being changed; raises ``NotFound`` when only looked for, or never there."""
    stale = gone(edition, kind, number) if request.method == "POST" else None
    if stale is None:
        raise NotFound(f"{kind}.unknown")
    return stale


def _find_here(kind: str, edition: Edition, number: int) -> Any:
    try:
        return (get_session if kind == "session" else get_talk)(edition.id, number)
    except NotFound:
        return None


def _beside(edition: Edition, page: str) -> str:
    """Return the address of another page of the programme that knows the same way back."""
    return manage_url(edition, page) + ("?back=timetable" if chosen("back", ("timetable",), "") else "")


def _session_page(
    edition: Edition,
    form: SessionForm,
    kind: SessionKind,
    session: Session | None = None,
    told: Meanwhile | None = None,
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
        day_url=_day_url(edition),
        action=_beside(edition, "programme/sessions/new") if told and told.gone else "",
        meanwhile=told,
    )
    return page, 409 if told else 422 if request.method == "POST" else 200


@programme_manage.route(f"/sessions/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def remove_session(conference: str, edition: str, number: int) -> str | Response:
    found = get_edition(conference, edition)
    session = get_session(found.id, number)
    if request.method == "POST":
        with transaction():
            by = _by(found)
            with deed(**by, name="part.deleted"):
                delete_session(**by, session=get_session(found.id, number))
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
        by = _by(found)
        with deed(**by, name="part.created"):
            made = create_talk(
                **by,
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
    talk = _find_here("talk", found, number)
    stale = _refuse_unknown(found, "talk", number) if talk is None else None
    rows = list_session_rows(found.id)
    values = talk_values(talk, found) if talk else {"speakers": []}
    version = talk.version if talk else None
    form = TalkForm.of(found, values | {"version": version}, rows, list_rooms(found.id), list_people(found.id))
    if stale:
        return _talk_page(found, form, told=meanwhile(found, stale))
    changes = form.changes() if form.validate_on_submit() else None
    if changes is None:
        return _talk_page(found, form, talk)
    try:
        with transaction():
            _save_talk(found, number, form, changes)
    except Stale as late:
        talk = get_talk(found.id, number)
        told = meanwhile(found, late, form, talk_values(talk, found))
        form.version.data = str(talk.version)
        return _talk_page(found, form, talk, told)
    flash(_("Saved."))
    return back_to_day(found, f"talk-{number}")


def _save_talk(edition: Edition, number: int, form: TalkForm, changes: dict[str, Any]) -> None:
    by = _by(edition)
    talk = get_talk(edition.id, number)
    check_version(edition, talk, seen_version(form))
    with deed(**by, name="part.changed"):
        place_talk(**by, talk=talk, session=_session_of(edition, form))
        change_talk(**by, talk=talk, changes=changes, speakers=chosen_people(form.speakers, list_people(edition.id)))
        if talk.session.kind is SessionKind.SINGLE:
            room = find_room(edition.id, form.room.data)
            frame = {"room_id": room.id if room else None, "streamed": bool(form.streamed.data)}
            change_session(**by, session=talk.session, changes=frame)


def _session_of(edition: Edition, form: TalkForm) -> Session | None:
    return get_session(edition.id, form.session.data) if form.session.data else None


def _talk_page(
    edition: Edition, form: TalkForm, talk: Talk | None = None, told: Meanwhile | None = None
) -> tuple[str, int]:
    page = render_page(
        "programme/manage/talk.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        talk=talk,
        has_stream=edition.mode(Mode.DIGITAL) is not None,
        url=manage_url(edition, "programme"),
        people_url=manage_url(edition, "people"),
        day_url=_day_url(edition),
        action=_beside(edition, "programme/talks/new") if told and told.gone else "",
        meanwhile=told,
    )
    return page, 409 if told else 422 if request.method == "POST" else 200


@programme_manage.post(f"/talks/{ID}/move")
@requires(Permission.PROGRAMME)
def reorder_talk(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    form = MoveForm()
    if not form.validate_on_submit():
        raise Invalid("direction.unknown")
    with transaction():
        by = _by(found)
        with deed(**by, name="part.moved"):
            move_talk(**by, talk=get_talk(found.id, number), earlier=form.direction.data == "earlier")
    return back_to_day(found, f"talk-{number}")


@programme_manage.route(f"/talks/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def remove_talk(conference: str, edition: str, number: int) -> str | Response:
    found = get_edition(conference, edition)
    talk = get_talk(found.id, number)
    if request.method == "POST":
        with transaction():
            by = _by(found)
            with deed(**by, name="part.deleted"):
                delete_talk(**by, talk=get_talk(found.id, number))
        flash(_("Deleted."))
        return back_to_day(found)
    return render_page(
        "programme/manage/delete_talk.html", manage_frame(found), talk=talk, url=manage_url(found, "programme")
    )


def _free_from(edition: Edition, rows: list[SessionRow]) -> datetime:
    """Return when something new may begin: after everything that is there."""
    return max((row.ends_at for row in rows), default=edition.starts_at)
