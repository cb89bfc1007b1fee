"""Organizer pages of mailings to many: the list, writing a draft, looking at it, deleting it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.config import settings
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.columns import pick
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.mail.delivery import LetterBroken, make_letter
from crosslinks.mail.masking import mask_links, with_pictures
from crosslinks.mail.reasons import reason_words
from crosslinks.mail.rules import Letter, Rendered
from crosslinks.mailings.audiences import count_reached, list_reached
from crosslinks.mailings.campaign_forms import MailingForm, audience_in_words, purpose_words
from crosslinks.mailings.campaigns import audience_of, delete_mailing, is_stalled, letter_kind, write_mailing
from crosslinks.mailings.catalogue import placeholders_of
from crosslinks.mailings.interest import count_followers
from crosslinks.mailings.models import Mailing
from crosslinks.mailings.placeholders import render_line
from crosslinks.mailings.progress import view_progress
from crosslinks.mailings.purposes import MailingState
from crosslinks.mailings.recipients import count_recipients, get_mailing, list_mailings
from crosslinks.mailings.sandbox import UnfilledText
from crosslinks.registration.letter_facts import edition_facts
from crosslinks.web.frames import Link
from crosslinks.web.languages import LANGUAGES, current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import allow_in_csp, keep_secret, principal, requires

campaigns_manage = Blueprint("campaigns_manage", __name__, url_prefix="/manage/<conference>/<edition>/mailings")

ID = "<int(max=2147483647):number>"
COUNT, SAVE = "count", "save"

Answer = tuple[str, int] | BaseResponse


@dataclass(frozen=True)
class Look:
    """A mailing as somebody will read it, or why it cannot be made."""

    made: Rendered | None
    error: str = ""


@campaigns_manage.get("")
@requires(Permission.MAIL)
def overview(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    listed = list_mailings(found.id)
    followers, _unconfirmed = count_followers(found.conference_id)
    return render_page(
        "mailings/manage/mailings.html",
        manage_frame(found),
        edition=found,
        base=manage_url(found, "mailings"),
        outbox_url=manage_url(found, "mail"),
        followers_url=manage_url(found, "followers"),
        followers=followers,
        listed=[(one.mailing, view_progress(one.mailing, one.counts)) for one in listed],
        purposes=purpose_words(),
        subject_of=partial(subject_of, found),
    )


def subject_of(edition: Edition, mailing: Mailing) -> str:
    """Return a mailing's subject in the reader's language, else in another, filled as far as all have it in common."""
    subject = pick(mailing.subject, current_language())
    try:
        return render_line(subject, edition_facts(edition, current_language())) or _("Without a subject")
    except UnfilledText:
        return subject


@campaigns_manage.route("/new", methods=["GET", "POST"])
@requires(Permission.MAIL)
def create(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    return _write(found, MailingForm.of(found), None)


@campaigns_manage.route(f"/{ID}/edit", methods=["GET", "POST"])
@requires(Permission.MAIL)
def edit(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    mailing = get_mailing(found.id, number)
    if mailing.state is not MailingState.DRAFT:
        return redirect(mailing_url(found, mailing), 303)
    return _write(found, MailingForm.of(found, mailing), mailing)


def mailing_url(edition: Edition, mailing: Mailing, page: str = "") -> str:
    """Return the address of a page of one mailing."""
    return manage_url(edition, f"mailings/{mailing.id}{page}")


def _write(edition: Edition, form: MailingForm, mailing: Mailing | None) -> Answer:
    wants_count = request.form.get("act") == COUNT
    if form.is_submitted() and form.validate() and not wants_count:
        return _save(edition, form, mailing)
    if wants_count:
        _leave_only_choices(form)
    page = render_page(
        "mailings/manage/mailing_form.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        mailing=mailing,
        base=manage_url(edition, "mailings"),
        back_url=mailing_url(edition, mailing) if mailing else manage_url(edition, "mailings"),
        people=count_reached(edition, form.chosen_purpose, form.audience()),
        placeholders=placeholders_of("mailings.about"),
        language_names={code: LANGUAGES[code] for code in form.languages},
    )
    return page, 422 if form.is_submitted() and not wants_count else 200


def _leave_only_choices(form: MailingForm) -> None:
    """Forget what is wrong with the words while somebody only counts people."""
    for field in form:
        field.errors = ()


def _save(edition: Edition, form: MailingForm, mailing: Mailing | None) -> BaseResponse:
    with transaction():
        made = write_mailing(
            actor=principal().actor, now=now(), edition=edition,
            mailing=get_mailing(edition.id, mailing.id) if mailing else None, purpose=form.chosen_purpose,
            subject=form.texts("subject"), body=form.texts("body"), audience=form.audience(),
        )  # fmt: skip
    flash(_("Saved. Nothing is sent yet"))
    return redirect(mailing_url(edition, made), 303)


@campaigns_manage.get("/count")
@requires(Permission.MAIL)
def count(conference: str, edition: str) -> str:
    """Answer htmx with how many people the chosen filters reach."""
    found = get_edition(conference, edition)
    form = MailingForm(formdata=request.args)
    form.offer(found)
    people = count_reached(found, form.chosen_purpose, form.audience())
    return render_page("mailings/manage/count.html", manage_frame(found), people=people)


@campaigns_manage.get(f"/{ID}")
@requires(Permission.MAIL)
def show(conference: str, edition: str, number: int) -> Response:
    """Show a draft with what it says and whom it reaches, a started one with how far it is."""
    found = get_edition(conference, edition)
    mailing = get_mailing(found.id, number)
    base = mailing_url(found, mailing)
    audience = audience_of(mailing)
    is_draft = mailing.state is MailingState.DRAFT
    looks = {language: _look(found, mailing, language) for language in _languages(mailing)}
    page = render_page(
        "mailings/manage/mailing.html",
        manage_frame(found),
        edition=found,
        mailing=mailing,
        subject=subject_of(found, mailing),
        base=base,
        back_url=manage_url(found, "mailings"),
        purpose=purpose_words()[mailing.purpose],
        audience=audience_in_words(found, mailing.purpose, audience),
        people=count_reached(found, mailing.purpose, audience) if is_draft else mailing.total,
        stalled=is_stalled(mailing),
        progress=None if is_draft else view_progress(mailing, count_recipients(mailing.id)),
        language=_language(mailing),
        languages=_language_links(base, mailing),
        look=looks[_language(mailing)],
        problems=[look.error for look in looks.values() if look.error],
    )
    allow_in_csp("frame-src", "'self'")
    return keep_secret(Response(page))


def _languages(mailing: Mailing) -> list[str]:
    return [code for code in LANGUAGES if code in mailing.body] or [current_language()]


def _language(mailing: Mailing) -> str:
    asked = request.args.get("in", "")
    offered = _languages(mailing)
    return next((code for code in (asked, current_language()) if code in offered), offered[0])


def _language_links(base: str, mailing: Mailing) -> list[Link]:
    chosen = _language(mailing)
    return [Link(LANGUAGES[code], f"{base}?in={code}", code == chosen) for code in _languages(mailing)]


@campaigns_manage.get(f"/{ID}/preview")
@requires(Permission.MAIL)
def preview_page(conference: str, edition: str, number: int) -> Response:
    """Show the mailing's HTML by itself, for the frame on its page: no script, no form, nothing from elsewhere."""
    found = get_edition(conference, edition)
    mailing = get_mailing(found.id, number)
    made = _look(found, mailing, _language(mailing)).made
    allow_in_csp("style-src", "'unsafe-inline'")
    allow_in_csp("frame-ancestors", "'self'")
    allow_in_csp("sandbox", "allow-popups")
    return keep_secret(Response(with_pictures(made) if made else ""))


def _look(edition: Edition, mailing: Mailing, language: str) -> Look:
    """Render it for the first person it reaches who reads that language, links masked; else for an invented one."""
    reached = list_reached(edition, mailing.purpose, audience_of(mailing), limit=1, language=language)
    someone = reached[0] if reached else None
    letter = Letter(
        kind=letter_kind(mailing.purpose), language=language, to_address=someone.email if someone else "",
        to_name=someone.name if someone else "", data={"mailing": mailing.id}, message_id="", edition_id=edition.id,
        registration_id=someone.registration_id if someone else None, account_id=None, preview=True,
    )  # fmt: skip
    try:
        return Look(mask_links(make_letter(letter), settings().base_url))
    except LetterBroken as error:
        return Look(None, reason_words(str(error)))


@campaigns_manage.route(f"/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.MAIL)
def delete(conference: str, edition: str, number: int) -> str | BaseResponse:
    found = get_edition(conference, edition)
    mailing = get_mailing(found.id, number)
    if mailing.state is not MailingState.DRAFT:
        raise Conflict("mailing.started", _("It was sent to somebody, and that must stay known."))
    if request.method == "POST":
        with transaction():
            delete_mailing(actor=principal().actor, now=now(), edition=found, mailing=get_mailing(found.id, number))
        flash(_("Deleted."))
        return redirect(manage_url(found, "mailings"), 303)
    return render_page(
        "mailings/manage/delete_mailing.html",
        manage_frame(found),
        subject=subject_of(found, mailing),
        base=mailing_url(found, mailing),
    )
