"""Organizer pages of the door: gates, links, phones, who is in, and every scan."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.checkin.forms import GateForm, LinkForm, ScanLogForm
from crosslinks.checkin.log_words import conflict_words, outcome_kind, outcome_words
from crosslinks.checkin.operations import (
    approve_device,
    create_gate,
    make_door_link,
    rename_gate,
    revoke_device,
    usual_window,
)
from crosslinks.checkin.queries import (
    count_conflicts,
    count_door,
    count_scans,
    get_device,
    get_gate,
    list_arrivals,
    list_devices,
    list_gates,
    list_scans,
)
from crosslinks.checkin.rules import GateKind, Outcome
from crosslinks.config import settings
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.times import to_local
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.registration.codes import code_path
from crosslinks.web.formats import format_clock
from crosslinks.web.frames import Link
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires

checkin_manage = Blueprint("checkin_manage", __name__, url_prefix="/manage/<conference>/<edition>/door")

PAGE_LENGTH = 50
SEEN_LATELY = timedelta(minutes=2)

Page = tuple[str, int]


def _door_page(edition: Edition, gate_form: GateForm | None = None, link_form: LinkForm | None = None) -> Page:
    moment = now()
    gates = list_gates(edition.id)
    count = count_door(edition.id)
    arrivals = list_arrivals(edition.id)
    page = render_page(
        "checkin/manage/door.html",
        manage_frame(edition),
        edition=edition,
        url=manage_url(edition, "door"),
        gates=gates,
        devices=list_devices(edition.id),
        count=count,
        scans=count_scans(edition.id),
        conflicts=count_conflicts(edition.id),
        arrivals=[people for _start, people in arrivals],
        arrival_times=[format_clock(start, edition.zone) for start, _people in arrivals],
        gate_form=gate_form or GateForm(formdata=None),
        link_form=link_form or _link_form(edition, moment),
        moment=moment,
        lately=moment - SEEN_LATELY,
    )
    return page, 422 if gate_form or link_form else 200


def _link_form(edition: Edition, moment: datetime, *, sent: bool = False) -> LinkForm:
    valid_from, valid_until = (to_local(at, edition.zone) for at in usual_window(edition, moment))
    usual = {"valid_from": valid_from.replace(second=0, microsecond=0), "valid_until": valid_until}
    form = LinkForm() if sent else LinkForm(formdata=None, data=usual)
    form.offer([(str(gate.id), gate.name) for gate in list_gates(edition.id)])
    return form


@checkin_manage.get("")
@requires(Permission.DOOR)
def overview(conference: str, edition: str) -> Page:
    """Show who is in, the gates and the phones."""
    return _door_page(get_edition(conference, edition))


@checkin_manage.post("/gates")
@requires(Permission.DOOR)
def add_gate(conference: str, edition: str) -> Page | BaseResponse:
    """Make a gate."""
    found = get_edition(conference, edition)
    form = GateForm()
    if not form.validate_on_submit():
        return _door_page(found, gate_form=form)
    try:
        with transaction():
            create_gate(actor=principal().actor, now=now(), edition=found, name=form.name.data or "")
    except Conflict:
        form.name.errors = [_("There is already a gate with that name.")]
        return _door_page(found, gate_form=form)
    flash(_("Saved."))
    return redirect(manage_url(found, "door"), 303)


@checkin_manage.route("/gates/<int:gate_id>", methods=["GET", "POST"])
@requires(Permission.DOOR)
def edit_gate(conference: str, edition: str, gate_id: int) -> Page | BaseResponse:
    """Rename a gate."""
    found = get_edition(conference, edition)
    gate = get_gate(found.id, gate_id)
    form = GateForm(data={"name": gate.name})
    if form.validate_on_submit():
        try:
            with transaction():
                rename_gate(
                    actor=principal().actor,
                    now=now(),
                    edition=found,
                    gate=get_gate(found.id, gate_id),
                    name=form.name.data or "",
                )
            flash(_("Saved."))
            return redirect(manage_url(found, "door"), 303)
        except Conflict:
            form.name.errors = [_("There is already a gate with that name.")]
    url = manage_url(found, "door")
    page = render_page("checkin/manage/gate.html", manage_frame(found), edition=found, gate=gate, form=form, url=url)
    return page, 200 if request.method == "GET" else 422


@checkin_manage.post("/links")
@requires(Permission.DOOR)
def make_link(conference: str, edition: str) -> Page | Response:
    """Make a door link and show it, this once."""
    found = get_edition(conference, edition)
    form = _link_form(found, now(), sent=True)
    window = form.window(found.zone) if form.validate_on_submit() else None
    if window is None:
        return _door_page(found, link_form=form)
    kind = GateKind(form.kind.data)
    gate = get_gate(found.id, int(form.gate.data))
    try:
        with transaction():
            token = make_door_link(
                actor=principal().actor,
                now=now(),
                real=real_now(),
                edition=found,
                gate=get_gate(found.id, gate.id),
                kind=kind,
                valid_from=window[0],
                valid_until=window[1],
                approved=False,
            )
    except Invalid:
        form.valid_until.errors = [_("That time is over.")]
        return _door_page(found, link_form=form)
    address = f"{settings().base_url}/door/{token}"
    page = render_page(
        "checkin/manage/link.html",
        manage_frame(found),
        edition=found,
        gate=gate,
        kind=kind,
        address=address,
        code=code_path(address),
        valid_until=window[1],
        insecure=not settings().secure,
        url=manage_url(found, "door"),
    )
    return keep_secret(make_response(page))


@checkin_manage.post("/devices/<int:device_id>/approve")
@requires(Permission.DOOR)
def approve(conference: str, edition: str, device_id: int) -> BaseResponse:
    """Let a waiting desk work."""
    found = get_edition(conference, edition)
    with transaction():
        approve_device(actor=principal().actor, now=now(), edition=found, device=get_device(found.id, device_id))
    flash(_("Approved. The phone goes on by itself."))
    return redirect(manage_url(found, "door"), 303)


@checkin_manage.route("/devices/<int:device_id>/revoke", methods=["GET", "POST"])
@requires(Permission.DOOR)
def revoke(conference: str, edition: str, device_id: int) -> str | BaseResponse:
    """Ask, then end a phone's access."""
    found = get_edition(conference, edition)
    if request.method == "GET":
        device = get_device(found.id, device_id)
        url = manage_url(found, "door")
        return render_page("checkin/manage/revoke.html", manage_frame(found), edition=found, device=device, url=url)
    with transaction():
        revoke_device(actor=principal().actor, now=now(), edition=found, device=get_device(found.id, device_id))
    flash(_("Ended. The phone wipes itself at its next contact."))
    return redirect(manage_url(found, "door"), 303)


@checkin_manage.get("/scans")
@requires(Permission.DOOR)
def scans(conference: str, edition: str) -> Page:
    """Show every scan, or those that need a look."""
    found = get_edition(conference, edition)
    gates = list_gates(found.id)
    form = ScanLogForm(request.args)
    form.outcome.choices = {"": _("Any answer")} | {outcome.value: outcome_words(outcome) for outcome in Outcome}
    valid = form.validate()
    conflicts = bool(form.conflicts.data)
    page = form.page.data or 1 if valid else 1
    rows, total = list_scans(
        found.id,
        typed=(form.q.data or "") if valid else "",
        outcome=form.outcome.data if valid else "",
        gate_id=form.gate.data if valid else None,
        conflicts=conflicts,
        offset=(page - 1) * PAGE_LENGTH,
        limit=PAGE_LENGTH,
    )
    asked = {name: value for name, value in request.args.items() if name in form.data and value and name != "page"}
    url = manage_url(found, "door/scans")
    html = render_page(
        "checkin/manage/scans.html",
        manage_frame(found),
        edition=found,
        form=form,
        rows=rows,
        chips=_chips(url, asked, found.id, conflicts=conflicts),
        kept=[("conflicts", "1")] if conflicts else [],
        gates=gates,
        filtered=bool(asked),
        door_url=manage_url(found, "door"),
        url=url,
        first=(page - 1) * PAGE_LENGTH + 1,
        last=(page - 1) * PAGE_LENGTH + len(rows),
        total=total,
        previous_url=f"{url}?{urlencode(asked | {'page': page - 1})}" if page > 1 else "",
        next_url=f"{url}?{urlencode(asked | {'page': page + 1})}" if page * PAGE_LENGTH < total else "",
        outcome_words=outcome_words,
        outcome_kind=outcome_kind,
        conflict_words=conflict_words,
    )
    return html, 200 if valid else 422


def _chips(url: str, asked: dict[str, str], edition_id: int, *, conflicts: bool) -> tuple[Link, Link]:
    others = {name: value for name, value in asked.items() if name != "conflicts"}
    return (
        Link(_("All scans"), f"{url}?{urlencode(others)}", not conflicts, count=count_scans(edition_id)),
        Link(
            _("Needs a look"),
            f"{url}?{urlencode(others | {'conflicts': '1'})}",
            conflicts,
            count=count_conflicts(edition_id),
        ),
    )
