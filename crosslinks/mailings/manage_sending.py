"""Organizer pages of a mailing on its way: test, start, pause, call back, and who got it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.accounts.audit import record
from crosslinks.accounts.queries import get_account
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.mail.operations import queue_mail
from crosslinks.mail.reasons import reason_words
from crosslinks.mail.rules import MailState
from crosslinks.mailings.audiences import count_reached
from crosslinks.mailings.campaign_forms import audience_in_words, purpose_words
from crosslinks.mailings.campaigns import (
    CHUNK,
    audience_of,
    call_back_messages,
    hold_messages,
    let_messages_go,
    letter_kind,
    pause_mailing,
    resume_mailing,
    retry_messages,
    start_mailing,
    stop_mailing,
)
from crosslinks.mailings.list_address import ListAddress
from crosslinks.mailings.mailing_letters import TEST
from crosslinks.mailings.manage_mailings import ID, mailing_url, subject_of
from crosslinks.mailings.models import Mailing
from crosslinks.mailings.progress import view_progress
from crosslinks.mailings.purposes import MailingState
from crosslinks.mailings.recipients import (
    SORTS,
    count_recipients,
    get_mailing,
    iterate_recipients,
    list_recipients,
    select_recipients,
)
from crosslinks.mailings.words import state_words
from crosslinks.web.arguments import chosen, page_of, search_words
from crosslinks.web.frames import Link
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret, principal, requires
from crosslinks.web.sheets import cell

sending_manage = Blueprint("sending_manage", __name__, url_prefix=f"/manage/<conference>/<edition>/mailings/{ID}")

PAGE_SIZE = 50


def _back(edition: Edition, number: int) -> BaseResponse:
    return redirect(manage_url(edition, f"mailings/{number}"), 303)


@sending_manage.post("/test")
@requires(Permission.MAIL)
def send_test(conference: str, edition: str, number: int) -> BaseResponse:
    found = get_edition(conference, edition)
    mailing = get_mailing(found.id, number)
    account = get_account(int(principal().actor.id))
    with transaction():
        for language in mailing.body:
            queue_mail(
                kind=letter_kind(mailing.purpose), language=language, to_address=account.email, to_name=account.name,
                data={"mailing": number, TEST: True}, now=now(), edition_id=found.id,
            )  # fmt: skip
        record(actor=principal().actor, action="mailing.tested", object_kind="mailing", object_id=number, now=now(),
               conference_id=found.conference_id, edition_id=found.id)  # fmt: skip
    flash(_("A test is on its way to %(address)s", address=account.email))
    return _back(found, number)


@sending_manage.get("/send")
@requires(Permission.MAIL)
def ask_send(conference: str, edition: str, number: int) -> str | BaseResponse:
    found = get_edition(conference, edition)
    mailing = get_mailing(found.id, number)
    if mailing.state is not MailingState.DRAFT:
        return _back(found, number)
    return _ask(found, mailing)


def _ask(edition: Edition, mailing: Mailing, refusal: str = "") -> str:
    audience = audience_of(mailing)
    return render_page(
        "mailings/manage/ask_send.html",
        manage_frame(edition),
        subject=subject_of(edition, mailing),
        base=mailing_url(edition, mailing),
        people=count_reached(edition, mailing.purpose, audience),
        purpose=purpose_words()[mailing.purpose],
        audience=audience_in_words(edition, mailing.purpose, audience),
        refusal=refusal,
    )


@sending_manage.post("/send")
@requires(Permission.MAIL)
def send(conference: str, edition: str, number: int) -> tuple[str, int] | BaseResponse:
    found = get_edition(conference, edition)
    typed = request.form.get("people", "")
    confirmed = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
    try:
        with transaction():
            start_mailing(
                actor=principal().actor, now=now(), edition=found, mailing=get_mailing(found.id, number),
                confirmed=confirmed,
            )  # fmt: skip
    except Conflict as error:
        mailing = get_mailing(found.id, number)
        if mailing.state is not MailingState.DRAFT:
            return _back(found, number)
        return _ask(found, mailing, _refusal(error.code)), 409
    flash(ngettext("On its way to %(num)s person", "On its way to %(num)s people", confirmed))
    return _back(found, number)


def _refusal(code: str) -> str:
    return {
        "mailing.nobody": _("It reaches nobody. Change whom it is for."),
        "mailing.empty": _("It says nothing yet. Write a subject and a text."),
        "mailing.count_changed": _("The number of people has just changed. Look at it once more."),
    }.get(code, code)


@sending_manage.post("/pause")
@requires(Permission.MAIL)
def pause(conference: str, edition: str, number: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        pause_mailing(actor=principal().actor, now=now(), edition=found, mailing=get_mailing(found.id, number))
    _move_all(hold_messages, number)
    flash(_("Paused. What is not sent yet waits"))
    return _back(found, number)


@sending_manage.post("/resume")
@requires(Permission.MAIL)
def resume(conference: str, edition: str, number: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        resume_mailing(actor=principal().actor, now=now(), edition=found, mailing=get_mailing(found.id, number))
    _move_all(let_messages_go, number)
    flash(_("It goes on"))
    return _back(found, number)


@sending_manage.get("/stop")
@requires(Permission.MAIL)
def ask_stop(conference: str, edition: str, number: int) -> str | BaseResponse:
    found = get_edition(conference, edition)
    mailing = get_mailing(found.id, number)
    progress = view_progress(mailing, count_recipients(number))
    left = progress.total - progress.done
    return render_page(
        "mailings/manage/ask_stop.html", manage_frame(found), subject=subject_of(found, mailing), left=left,
        sent=progress.sent, base=mailing_url(found, mailing),
    )  # fmt: skip


@sending_manage.post("/stop")
@requires(Permission.MAIL)
def stop(conference: str, edition: str, number: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        stop_mailing(actor=principal().actor, now=now(), edition=found, mailing=get_mailing(found.id, number))
    _move_all(call_back_messages, number)
    flash(_("Stopped. What was not sent yet is called back"))
    return _back(found, number)


def _move_all(move: Callable[..., int], number: int) -> None:
    """Move a mailing's messages in short transactions until none is left."""
    while True:
        with transaction():
            moved = move(mailing_id=number)
        if moved < CHUNK:
            return


@sending_manage.post("/retry")
@requires(Permission.MAIL)
def retry(conference: str, edition: str, number: int) -> BaseResponse:
    found = get_edition(conference, edition)
    total = 0
    while True:
        with transaction():
            mailing = get_mailing(found.id, number)
            moved = retry_messages(actor=principal().actor, now=now(), edition=found, mailing=mailing)
        total += moved
        if moved < CHUNK:
            break
    flash(ngettext("%(num)s message is sent again", "%(num)s messages are sent again", total))
    return redirect(manage_url(found, f"mailings/{number}/recipients"), 303)


def _wanted_state() -> MailState | None:
    asked = chosen("state", [state.value for state in MailState], "")
    return MailState(asked) if asked else None


@sending_manage.get("/recipients")
@requires(Permission.MAIL)
def recipients(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    mailing = get_mailing(found.id, number)
    words, state = search_words(), _wanted_state()
    order = chosen("sort", [sign + name for name in SORTS for sign in ("", "-")], "name")
    selected = select_recipients(number, words=words, state=state)
    counts = count_recipients(number)
    _rows, total = list_recipients(selected, limit=1)
    page = page_of(total, PAGE_SIZE)
    rows, _total = list_recipients(
        selected, sort=order.removeprefix("-"), descending=order.startswith("-"), offset=(page.number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )  # fmt: skip
    base = mailing_url(found, mailing, "/recipients")
    ask = ListAddress(base, words, state.value if state else "", order)
    page_html = render_page(
        "mailings/manage/recipients.html",
        manage_frame(found),
        edition=found,
        subject=subject_of(found, mailing),
        mailing_url=mailing_url(found, mailing),
        base=base,
        export_url=f"{base}.csv{ask.query()}",
        retry_url=mailing_url(found, mailing, "/retry"),
        outbox_url=manage_url(found, "mail"),
        words=words,
        state=state,
        order=order,
        rows=rows,
        page=page,
        chips=_chips(ask, counts),
        heads={sort: ask.head(sort) for sort in SORTS},
        failed=counts[MailState.FAILED],
        state_words=state_words,
        reason_words=reason_words,
        is_everything=not (words or state),
        previous_url=ask.url(page=page.number - 1) if page.number > 1 else "",
        next_url=ask.url(page=page.number + 1) if page.has_next else "",
    )
    return keep_secret(Response(page_html))


def _chips(ask: ListAddress, counts: dict[MailState, int]) -> list[Link]:
    everybody = Link(_("All"), ask.url(state=""), not ask.state, count=sum(counts.values()))
    return [everybody] + [
        Link(state_words(state), ask.url(state=state.value), ask.state == state.value, count=counts[state])
        for state in MailState
        if counts[state] or ask.state == state.value
    ]


@sending_manage.get("/recipients.csv")
@requires(Permission.MAIL)
def export(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    get_mailing(found.id, number)
    selected = select_recipients(number, words=search_words(), state=_wanted_state())
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["name", "address", "language", "state", "attempts", "sent_at", "reason"])
    total = 0
    for one in iterate_recipients(selected):
        total += 1
        sent = one.sent_at.astimezone(found.zone).isoformat(timespec="minutes") if one.sent_at else ""
        sheet.writerow([cell(one.name), cell(one.address), one.language, one.state.value, one.attempts, sent,
                        cell(reason_words(one.reason))])  # fmt: skip
    db.session.rollback()
    with transaction():
        record(actor=principal().actor, action="mailing.exported", object_kind="mailing", object_id=number, now=now(),
               conference_id=found.conference_id, edition_id=found.id, after={"rows": total})  # fmt: skip
    response = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="mailing-{number}.csv"'
    return keep_secret(response)
