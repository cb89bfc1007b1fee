"""The organizer's page of invitations: list, invite, one invitation, and places for people on stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, Response, flash, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.accounts.audit import record
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.invitations.forms import ExtendForm, InviteForm, end_of_day
from crosslinks.invitations.inviting import (
    Guest,
    Sent,
    extend_invitation,
    invite,
    resend_invitation,
    state_of,
    withdraw_invitation,
)
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.queries import (
    InvitationFilter,
    InvitationPage,
    all_invitations,
    get_invitation,
    list_invitations,
    read_invitation_filter,
)
from crosslinks.invitations.rules import MOST_AT_ONCE, InvitationKind, InvitationState
from crosslinks.invitations.stage import people_on_stage
from crosslinks.invitations.words import kind_words, sent_words, state_words
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import CrosslinksError, Invalid
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import Place
from crosslinks.registration.words import place_words, role_words
from crosslinks.sponsors.models import Sponsor
from crosslinks.web.frames import Link
from crosslinks.web.languages import LANGUAGES
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires
from crosslinks.web.sheets import csv_download

invitations_manage = Blueprint("invitations_manage", __name__, url_prefix="/manage/<conference>/<edition>/invitations")
AT_ONCE = 10
"""So many are invited in one transaction: other writers wait for it."""


def _base(edition: Edition, page: str = "") -> str:
    return manage_url(edition, f"invitations/{page}" if page else "invitations")


@invitations_manage.get("")
@requires(Permission.REGISTRATIONS)
def show(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    wanted = read_invitation_filter(request.args)
    page = list_invitations(found.id, wanted, now())
    base = _base(found)
    return render_page(
        "invitations/manage/list.html",
        manage_frame(found),
        edition=found,
        base=base,
        import_url=manage_url(found, "import"),
        wanted=wanted,
        page=page,
        chips=_chips(base, wanted, page),
        kinds=kind_words(),
        states=state_words(),
        state_kinds=STATE_KINDS,
        previous_url=base + wanted.query(page=page.page - 1) if page.page > 1 else "",
        next_url=base + wanted.query(page=page.page + 1) if page.last < page.total else "",
    )


STATE_KINDS = {
    InvitationState.SENT: ("warn", "clock"),
    InvitationState.ACCEPTED: ("ok", "check"),
    InvitationState.DECLINED: ("off", "x"),
    InvitationState.EXPIRED: ("bad", "warning"),
    InvitationState.WITHDRAWN: ("off", "minus"),
}
"""The kind and icon of each state."""


def _chips(base: str, wanted: InvitationFilter, page: InvitationPage) -> list[Link]:
    words: list[tuple[InvitationState | None, str]] = [(None, _("All")), *state_words().items()]
    return [
        Link(text, base + wanted.query(state=state, page=1), wanted.state is state, count=page.counts[state])
        for state, text in words
    ]


def _sponsors(edition: Edition) -> list[Sponsor]:
    return list(db.session.scalars(select(Sponsor).where(Sponsor.edition_id == edition.id).order_by(Sponsor.name)))


def _invite_form(edition: Edition, *, first: bool) -> InviteForm:
    modes = [row.mode for row in edition.modes]
    if not first:
        return InviteForm(modes=modes, sponsors=_sponsors(edition))
    kind = request.args.get("kind", "")
    data = {
        "kind": kind if kind in set(InvitationKind) else InvitationKind.GUEST.value,
        "role": "participant",
        "language": edition.languages[0],
        "reserve": True,
        "people": _stage_lines(edition) if request.args.get("from") == "people" else "",
    }
    return InviteForm(formdata=None, modes=modes, sponsors=_sponsors(edition), data=data)


def _stage_lines(edition: Edition) -> str:
    """Return everybody on stage who has an address and is not registered, a line each."""
    people = [one.person for one in people_on_stage(edition.id) if one.registration is None and one.person.email]
    return "\n".join(
        f"{one.given_name} {one.family_name}; {one.email}; {one.affiliation.replace(';', ',')}" for one in people
    )


def _show_new(edition: Edition, form: InviteForm, left: Sequence[tuple[str, str]] = (), status: int = 200) -> Response:
    counts = count_modes(edition.id)
    page = render_page(
        "invitations/manage/new.html",
        manage_frame(edition),
        edition=edition,
        base=_base(edition),
        form=form,
        left=left,
        most=MOST_AT_ONCE,
        counts=counts,
        place_words={mode: place_words()[Place.of(mode)] for mode in counts},
    )
    return make_response(page, status)


@invitations_manage.get("/new")
@requires(Permission.REGISTRATIONS)
def new(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    return _show_new(found, _invite_form(found, first=True))


@invitations_manage.post("/new")
@requires(Permission.REGISTRATIONS)
def send(conference: str, edition: str) -> BaseResponse:
    found = get_edition(conference, edition)
    form = _invite_form(found, first=False)
    if not form.validate_on_submit():
        return _show_new(found, form, status=422)
    terms = form.terms(now(), found.zone)
    outcomes: list[Sent] = []
    for start in range(0, len(form.guests), AT_ONCE):
        with transaction():
            outcomes += invite(
                actor=principal().actor,
                now=now(),
                edition=get_edition(conference, edition),
                guests=form.guests[start : start + AT_ONCE],
                terms=terms,
            )
    sent = outcomes.count(Sent.SENT)
    left = [(guest, outcome) for guest, outcome in zip(form.guests, outcomes, strict=True) if outcome is not Sent.SENT]
    if not left:
        flash(ngettext("%(num)s person is invited.", "%(num)s people are invited.", sent))
        return redirect(_base(found), 303)
    form.people.data = "\n".join(_line(guest) for guest, _outcome in left)
    words = sent_words()
    if sent:
        flash(ngettext("%(num)s person is invited.", "%(num)s people are invited.", sent))
    return _show_new(found, form, [(guest.name, words[outcome]) for guest, outcome in left], 409)


def _line(guest: Guest) -> str:
    return "; ".join(part for part in (guest.name, guest.email, guest.organisation) if part)


@invitations_manage.get("/<int:invitation_id>")
@requires(Permission.REGISTRATIONS)
def open_one(conference: str, edition: str, invitation_id: int) -> Response:
    found = get_edition(conference, edition)
    return _show_one(found, get_invitation(found.id, invitation_id), ExtendForm(formdata=None))


def _show_one(
    edition: Edition, invitation: Invitation, form: ExtendForm, status: int = 200, refusal: str = ""
) -> Response:
    moment = now()
    kept = db.session.get(Reservation, invitation.reservation_id) if invitation.reservation_id else None
    person = db.session.get(Registration, invitation.registration_id) if invitation.registration_id else None
    sponsor = db.session.get(Sponsor, invitation.sponsor_id) if invitation.sponsor_id else None
    state = state_of(invitation, moment)
    page = render_page(
        "invitations/manage/invitation.html",
        manage_frame(edition),
        edition=edition,
        base=_base(edition),
        url=_base(edition, str(invitation.id)),
        invitation=invitation,
        state=state,
        state_word=state_words()[state],
        state_kind=STATE_KINDS[state],
        kind=kind_words()[invitation.kind],
        role=role_words()[invitation.role],
        mode=place_words()[Place.of(invitation.mode)],
        language=LANGUAGES.get(invitation.language, invitation.language),
        sponsor=sponsor.name if sponsor else "",
        place_line=_place_line(kept, moment),
        person=person,
        person_url=manage_url(edition, f"registrations/{person.id}") if person else "",
        form=form,
        refusal=refusal,
        can_send=state is InvitationState.SENT,
        can_change=state in {InvitationState.SENT, InvitationState.EXPIRED},
    )
    return keep_secret(make_response(page, status))


def _place_line(kept: Reservation | None, moment: datetime) -> str:
    if kept is None:
        return _("No place is kept. They get one as anybody else does.")
    if kept.used_at is not None:
        return _("The place that was kept is taken.")
    if kept.released_at is not None:
        return _("The place that was kept was given back.")
    if kept.expires_at <= moment:
        return _("The place that was kept is given back within minutes.")
    return _("A place is kept.")


def _act(edition: Edition, invitation_id: int, words: str, deed: Callable[[], None]) -> BaseResponse:
    try:
        with transaction():
            deed()
    except CrosslinksError as error:
        if error.status == 404:
            raise
        invitation = get_invitation(edition.id, invitation_id)
        return _show_one(edition, invitation, ExtendForm(formdata=None), error.status, refusal_words(error))
    flash(words)
    return redirect(_base(edition, str(invitation_id)), 303)


def refusal_words(error: CrosslinksError) -> str:
    """Return why nothing was done to an invitation."""
    return {
        "invitation.past": _("That day has passed. Choose a later one."),
        "reservation.past": _("That day has passed. Choose a later one."),
        "reservation.full": _("No place is left to keep. Raise the number of places, or withdraw another invitation."),
    }.get(error.code, _("This invitation is no longer open."))


@invitations_manage.post("/<int:invitation_id>/resend")
@requires(Permission.REGISTRATIONS)
def resend(conference: str, edition: str, invitation_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    actor = principal().actor
    return _act(
        found, invitation_id, _("Sent again."),
        lambda: resend_invitation(actor=actor, now=now(), edition=found, invitation_id=invitation_id),
    )  # fmt: skip


@invitations_manage.post("/<int:invitation_id>/withdraw")
@requires(Permission.REGISTRATIONS)
def withdraw(conference: str, edition: str, invitation_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    actor = principal().actor
    return _act(
        found, invitation_id, _("Withdrawn. The place is free again."),
        lambda: withdraw_invitation(actor=actor, now=now(), edition=found, invitation_id=invitation_id),
    )  # fmt: skip


@invitations_manage.post("/<int:invitation_id>/extend")
@requires(Permission.REGISTRATIONS)
def extend(conference: str, edition: str, invitation_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    invitation = get_invitation(found.id, invitation_id)
    form = ExtendForm()
    if not form.validate_on_submit() or form.until.data is None:
        return _show_one(found, invitation, form, 422)
    day = form.until.data
    if not 2000 <= day.year <= 2200:
        return _show_one(found, invitation, form, 422, refusal_words(Invalid("invitation.past")))
    until = end_of_day(datetime(day.year, day.month, day.day, tzinfo=found.zone), found.zone)
    actor = principal().actor
    return _act(
        found, invitation_id, _("Saved."),
        lambda: extend_invitation(
            actor=actor, now=now(), edition=found, invitation_id=invitation_id, expires_at=until
        ),
    )  # fmt: skip


@invitations_manage.get("/export")
@requires(Permission.REGISTRATIONS)
def ask_export(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    wanted = read_invitation_filter(request.args)
    return render_page(
        "invitations/manage/export.html",
        manage_frame(found),
        base=_base(found),
        wanted=wanted,
        total=list_invitations(found.id, wanted, now()).total,
    )


@invitations_manage.post("/export")
@requires(Permission.REGISTRATIONS)
def export(conference: str, edition: str) -> Response:
    """Send the invitations that a filter asks for as CSV; the log keeps who took them."""
    found = get_edition(conference, edition)
    wanted = read_invitation_filter(request.form)
    rows = all_invitations(found.id, wanted, now())
    heads = [
        _("Given name"), _("Family name"), _("E-mail address"), _("Workplace or place of study"),
        _("Why they are invited"), _("Role on the badge"), _("Takes part"), _("State"), _("Last day to answer"),
    ]  # fmt: skip
    kinds, roles, states, modes = kind_words(), role_words(), state_words(), place_words()
    lines = [
        (one.given_name, one.family_name, one.email, one.organisation, kinds[one.kind], roles[one.role],
         modes[Place.of(one.mode)], states[state], one.answer_by.astimezone(found.zone).strftime("%Y-%m-%d"))
        for one, state in rows
    ]  # fmt: skip
    with transaction():
        record(
            actor=principal().actor, action="invitations.exported", object_kind="edition", object_id=found.id,
            now=now(), conference_id=found.conference_id, edition_id=found.id, after={"rows": len(rows)},
        )  # fmt: skip
    return keep_secret(csv_download(f"{_('invitations')}-{found.slug}", heads, lines))
