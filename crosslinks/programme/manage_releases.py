"""Organizer pages of releases: what publishing would change, publishing it, and the letters drafted about it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url, manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.programme.publishing import digest, freeze, publish_release
from crosslinks.programme.queries import list_session_rows
from crosslinks.programme.release_changes import OwnChanges, changes_json, compare
from crosslinks.programme.release_drafts import (
    MOST_AT_ONCE,
    count_drafts,
    discard_letters,
    get_draft,
    list_addressed,
    list_drafts,
    send_letters,
    word_letter,
)
from crosslinks.programme.release_forms import AllDraftsForm, DraftForm, PublishForm
from crosslinks.programme.release_letters import render_draft
from crosslinks.programme.release_rules import FrozenProgramme
from crosslinks.programme.release_words import word_changes
from crosslinks.programme.released import find_latest, list_person_lines, list_releases, read_release
from crosslinks.programme.wording import word_conflicts
from crosslinks.web.forms import typed_texts
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

releases_manage = Blueprint("releases_manage", __name__, url_prefix="/manage/<conference>/<edition>/programme/releases")

ID = "<int(max=2147483647):number>"

Answer = tuple[str, int] | Response


@releases_manage.route("", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def show(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    form = PublishForm()
    refused = ""
    if form.validate_on_submit():
        try:
            with transaction():
                release = publish_release(
                    actor=principal().actor,
                    now=now(),
                    edition=found,
                    note=typed_texts(form, "note"),
                    seen=form.seen.data,
                )
                number, drafts = release.number, count_drafts(found.id)
        except Conflict as conflict:
            refused = _why(conflict)
        else:
            flash(_("Release %(number)s is published.", number=number))
            return redirect(manage_url(found, "programme/releases" + ("#letters" if drafts else "")), 303)
    page = _page(get_edition(conference, edition), form, refused)
    return page, 422 if request.method == "POST" else 200


def _why(conflict: Conflict) -> str:
    if conflict.code == "release.changed_meanwhile":
        return _("The programme was changed while you read this page. Look again, then publish.")
    return _("There is nothing new to publish.")


def _page(edition: Edition, form: PublishForm, refused: str) -> str:
    latest = find_latest(edition.id)
    old, new = read_release(latest) if latest else FrozenProgramme(), freeze(edition.id)
    form.seen.data = digest(new)
    people = list_person_lines(edition.id)
    touched = [number for number in OwnChanges(old, new).people if number in people] if latest else []
    token = make_link(settings().keys, LinkKind.PREVIEW, edition.id, edition.preview_epoch)
    return render_page(
        "programme/manage/releases.html",
        manage_frame(edition),
        edition=edition,
        form=form,
        refused=refused,
        latest=latest,
        next_number=latest.number + 1 if latest else 1,
        is_empty=not new.sessions,
        has_news=new != old,
        groups=word_changes(changes_json(compare(old, new)), edition.zone, people) if latest else [],
        warnings=word_conflicts(edition, list_session_rows(edition.id)).all,
        touched=[people[number] for number in touched],
        addressed=list_addressed(edition.id, touched),
        drafts=list_drafts(edition.id),
        releases=list_releases(edition.id),
        url=manage_url(edition, "programme/releases"),
        public_url=edition_url(edition, "programme"),
        preview_url=f"{settings().base_url}{edition_url(edition, 'programme')}?preview={token}",
    )


@releases_manage.route(f"/letters/{ID}", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def letter(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    draft = get_draft(found.id, number)
    form = DraftForm.of(draft.opening, draft.language)
    if form.validate_on_submit():
        try:
            return _settle(found, number, form)
        except Conflict:
            form.form_errors.append(_("There is no e-mail address any more. Give one on the person’s page."))
            draft = get_draft(found.id, number)
    page = render_page(
        "programme/manage/release_letter.html",
        manage_frame(found),
        form=form,
        draft=draft,
        rendered=render_draft(draft, draft.language),
        url=manage_url(found, "programme/releases"),
    )
    return page, 422 if request.method == "POST" else 200


def _settle(edition: Edition, number: int, form: DraftForm) -> Response:
    actor = principal().actor
    with transaction():
        draft = get_draft(edition.id, number)
        if form.deed.data == "discard":
            discard_letters(actor=actor, now=now(), edition=edition, letters=[draft])
        else:
            word_letter(
                actor=actor, now=now(), edition=edition, letter=draft, opening=form.opening.data or "",
                language=form.language.data,
            )  # fmt: skip
        if form.deed.data == "send":
            send_letters(actor=actor, now=now(), edition=edition, letters=[draft])
    flash({"discard": _("Discarded."), "send": _("The letter is on its way.")}.get(form.deed.data or "", _("Saved.")))
    back = f"programme/releases/letters/{number}" if form.deed.data == "save" else "programme/releases#letters"
    return redirect(manage_url(edition, back), 303)


@releases_manage.post("/letters")
@requires(Permission.PROGRAMME)
def all_letters(conference: str, edition: str) -> Response:
    """Send or discard all that wait, in writes of ``MOST_AT_ONCE``; who has no address any more stays."""
    found = get_edition(conference, edition)
    form = AllDraftsForm()
    if not form.validate_on_submit():
        raise Invalid("deed.unknown")
    send, done, some = form.deed.data == "send", 0, MOST_AT_ONCE
    while some == MOST_AT_ONCE:
        with transaction():
            letters = [one for one in list_drafts(found.id) if one.person.email or not send][:MOST_AT_ONCE]
            act = send_letters if send else discard_letters
            some = act(actor=principal().actor, now=now(), edition=found, letters=letters)
        done += some
    flash(_said(done, send=send))
    return redirect(manage_url(found, "programme/releases#letters"), 303)


def _said(done: int, *, send: bool) -> str:
    if send:
        return ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", done)
    return ngettext("%(num)s letter discarded.", "%(num)s letters discarded.", done)
