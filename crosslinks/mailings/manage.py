"""The organizer's outbox: every message, what it says, why it was not sent, and sending it again.

These pages stand here and not in ``mail``, because they log what is revealed, and the log is above it on the ladder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, session
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.accounts.audit import record
from crosslinks.config import settings
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.mail.delivery import LetterBroken, make_letter
from crosslinks.mail.masking import mask_links, with_pictures
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter, retry_failed, retry_mail
from crosslinks.mail.queries import count_mails, get_mail, iterate_mails, list_kinds, list_mails, select_mails
from crosslinks.mail.reasons import reason_words
from crosslinks.mail.rules import UNSENT, LetterKept, MailState, Rendered
from crosslinks.mailings.outbox import OutboxFilter, read_outbox_filter
from crosslinks.mailings.words import kind_words, state_words
from crosslinks.web.arguments import page_of
from crosslinks.web.frames import Link
from crosslinks.web.pages import render_page
from crosslinks.web.security import allow_in_csp, keep_secret, principal, requires
from crosslinks.web.sheets import csv_download, exact_moment

mailings_manage = Blueprint("mailings_manage", __name__, url_prefix="/manage/<conference>/<edition>/mail")

PAGE_SIZE = 50
CHUNK = 200
REVEALED_FOR = timedelta(minutes=10)
_REVEALED = "revealed"


@dataclass(frozen=True)
class Preview:
    """A letter as it would be sent, or why it cannot be made."""

    made: Rendered | None
    error: str = ""


@mailings_manage.get("")
@requires(Permission.MAIL)
def list_messages(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    kinds = list_kinds(found.id)
    wanted = read_outbox_filter(kinds)
    selected = _select(found, wanted)
    _rows, total = list_mails(selected, sort=wanted.sort, descending=wanted.descending, offset=0, limit=1)
    page = page_of(total, PAGE_SIZE)
    rows, _total = list_mails(
        selected, sort=wanted.sort, descending=wanted.descending, offset=(page.number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    counts = count_mails(found.id)
    base = manage_url(found, "mail")
    return render_page(
        "mailings/manage/outbox.html",
        manage_frame(found),
        edition=found,
        base=base,
        mailings_url=manage_url(found, "mailings"),
        wanted=wanted,
        rows=rows,
        page=page,
        chips=_chips(base, wanted, counts),
        kinds={kind: kind_words(kind) for kind in kinds},
        kind_words=kind_words,
        state_words=state_words,
        reason_words=reason_words,
        failed=sum(counts[state] for state in UNSENT),
        heads={sort: (base + query, direction) for sort, (query, direction) in _heads(wanted).items()},
        previous_url=base + wanted.query(page=page.number - 1) if page.number > 1 else "",
        next_url=base + wanted.query(page=page.number + 1) if page.has_next else "",
    )


def _heads(wanted: OutboxFilter) -> dict[str, tuple[str, str]]:
    return {sort: wanted.head(sort) for sort in ("name", "kind", "state", "created")}


def _select(edition: Edition, wanted: OutboxFilter) -> Select[OutboxMail]:
    return select_mails(edition.id, words=wanted.q, kind=wanted.kind, state=wanted.state)


def _chips(base: str, wanted: OutboxFilter, counts: dict[MailState, int]) -> list[Link]:
    everything = Link(_("All"), base + wanted.query(state=None), wanted.state is None, count=sum(counts.values()))
    return [everything] + [
        Link(state_words(state), base + wanted.query(state=state), wanted.state is state, count=counts[state])
        for state in MailState
    ]


@mailings_manage.get("/export.csv")
@requires(Permission.MAIL)
def export(conference: str, edition: str) -> Response:
    found = get_edition(conference, edition)
    wanted = read_outbox_filter(list_kinds(found.id))
    selected = _select(found, wanted)
    _first, total = list_mails(selected, sort=wanted.sort, descending=wanted.descending, offset=0, limit=1)
    with transaction():
        record(actor=principal().actor, action="mail.exported", object_kind="edition", object_id=found.id, now=now(),
               conference_id=found.conference_id, edition_id=found.id, after={"messages": total})  # fmt: skip
    heads = ["to_name", "to_address", "kind", "state", "attempts", "written_at", "sent_at", "reason"]
    mails = iterate_mails(selected, sort=wanted.sort, descending=wanted.descending)
    rows = (
        (mail.to_name, mail.to_address, mail.kind, mail.state.value, mail.attempts,
         exact_moment(mail.created_at, found.zone), exact_moment(mail.sent_at, found.zone),
         reason_words(mail.last_error))
        for mail in mails
    )  # fmt: skip
    return keep_secret(csv_download(f"mail-{found.slug}", heads, rows))


@mailings_manage.get("/<int:mail_id>")
@requires(Permission.MAIL)
def show(conference: str, edition: str, mail_id: int) -> Response:
    found = get_edition(conference, edition)
    mail = get_mail(mail_id, found.id)
    revealed = _is_revealed(mail)
    preview = _preview(mail, revealed=revealed)
    base = manage_url(found, "mail")
    page = render_page(
        "mailings/manage/message.html",
        manage_frame(found),
        edition=found,
        mail=mail,
        preview=preview,
        revealed=revealed,
        base=base,
        person_url=manage_url(found, f"registrations/{mail.registration_id}") if mail.registration_id else "",
        kind_words=kind_words,
        state_words=state_words,
        reason_words=reason_words,
        size_words=_size_words,
    )
    allow_in_csp("frame-src", "'self'")
    return keep_secret(Response(page))


@mailings_manage.get("/<int:mail_id>/preview")
@requires(Permission.MAIL)
def preview_page(conference: str, edition: str, mail_id: int) -> Response:
    """Show the letter's HTML by itself, for the frame on its page: no script, no form, nothing from elsewhere."""
    mail = get_mail(mail_id, get_edition(conference, edition).id)
    shown = _preview(mail, revealed=_is_revealed(mail)).made
    allow_in_csp("style-src", "'unsafe-inline'")
    allow_in_csp("frame-ancestors", "'self'")
    allow_in_csp("sandbox", "allow-popups")
    return keep_secret(Response(with_pictures(shown) if shown else ""))


@mailings_manage.post("/<int:mail_id>/reveal")
@requires(Permission.MAIL)
def reveal(conference: str, edition: str, mail_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        mail = get_mail(mail_id, found.id)
        _log(found, mail, "mail.link_revealed")
    session[_REVEALED] = {"mail": mail_id, "until": int((real_now() + REVEALED_FOR).timestamp())}
    return redirect(manage_url(found, f"mail/{mail_id}"), 303)


@mailings_manage.post("/<int:mail_id>/retry")
@requires(Permission.MAIL)
def retry(conference: str, edition: str, mail_id: int) -> BaseResponse:
    found = get_edition(conference, edition)
    with transaction():
        mail = get_mail(mail_id, found.id)
        again = retry_mail(mail=mail)
        if again:
            _log(found, mail, "mail.resent")
    flash(_("It is sent again") if again else _("It was sent already"))
    return redirect(manage_url(found, f"mail/{mail_id}"), 303)


@mailings_manage.post("/retry")
@requires(Permission.MAIL)
def retry_all(conference: str, edition: str) -> BaseResponse:
    found = get_edition(conference, edition)
    total = 0
    while True:
        with transaction():
            done = retry_failed(edition_id=found.id, limit=CHUNK)
            total += done
            if done:
                record(actor=principal().actor, action="mail.resent", object_kind="edition", object_id=found.id,
                       now=now(), conference_id=found.conference_id, edition_id=found.id,
                       after={"messages": done})  # fmt: skip
        if done < CHUNK:
            break
    flash(ngettext("%(num)s message is sent again", "%(num)s messages are sent again", total))
    return redirect(manage_url(found, "mail"), 303)


def _log(edition: Edition, mail: OutboxMail, action: str) -> None:
    log_write(principal().actor, now(), edition, action, mail.id, after={"kind": mail.kind})


def _is_revealed(mail: OutboxMail) -> bool:
    mark = session.get(_REVEALED, {})
    return bool(mark.get("mail") == mail.id and mark["until"] > real_now().timestamp())


def _preview(mail: OutboxMail, *, revealed: bool) -> Preview:
    """Render a message for looking at. A letter that mints its link leaves it out, revealed or not."""
    try:
        made = make_letter(read_letter(mail, preview=not revealed or mail.account_id is not None))
    except LetterKept:
        return Preview(None)
    except LetterBroken as error:
        return Preview(None, str(error))
    return Preview(made if revealed else mask_links(made, settings().base_url))


def _size_words(size: int) -> str:
    return _("%(size)s kB", size=max(1, round(size / 1000)))
