"""The organizer's pages of the letters' words: which are theirs, changing them, and seeing what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.accounts.models import Account
from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import NotFound
from crosslinks.mail.delivery import LetterBroken
from crosslinks.mail.masking import with_pictures
from crosslinks.mail.operations import queue_mail
from crosslinks.mail.reasons import reason_words
from crosslinks.mail.rules import Rendered, Words
from crosslinks.mailings.catalogue import placeholders_of
from crosslinks.mailings.forms import WordsForm
from crosslinks.mailings.models import LetterTemplate
from crosslinks.mailings.rewording import list_changes, list_templates, reword, take_back, take_ours_back
from crosslinks.mailings.sample_letters import sample_letter
from crosslinks.mailings.trial import KIND as TEST_KIND
from crosslinks.mailings.wording import EDITABLE, PARTS, LetterKey, find_template, words_of
from crosslinks.mailings.words import letter_words, variant_words
from crosslinks.web.clients import spend
from crosslinks.web.languages import LANGUAGES, current_language
from crosslinks.web.pages import render_page
from crosslinks.web.security import allow_in_csp, keep_secret, principal, requires

templates_manage = Blueprint("templates_manage", __name__, url_prefix="/manage/<conference>/<edition>/mail/templates")

TESTS_AN_HOUR = 30
LONGEST_ADDRESS = 7_000
"""Of a preview's address: proxies commonly take 8 kB."""
ENTRY = "<int(max=2147483647):entry_id>"


@dataclass(frozen=True)
class TemplateLine:
    """One letter in the list: ``changed`` are the languages in which an organizer has words of their own."""

    key: LetterKey
    title: str
    variant: str
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A letter with words that are not saved: as text, and where its HTML can be looked at; or why it cannot be."""

    made: Rendered | None
    address: str = ""
    error: str = ""


def _key(letter: str) -> LetterKey:
    found = EDITABLE.get(letter)
    if found is None:
        raise NotFound("template.unknown")
    return found


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="letter draft")


@templates_manage.get("")
@requires(Permission.MAIL)
def list_letters(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    rows = list_templates(found.id)
    lines = [_line(key, rows.get((key.kind, key.variant))) for key in EDITABLE.values()]
    return render_page(
        "mailings/manage/templates.html",
        manage_frame(found),
        edition=found,
        base=manage_url(found, "mail"),
        groups=(
            (_("About a registration"), [line for line in lines if line.key.step is None]),
            (_("By the schedule"), [line for line in lines if line.key.step is not None]),
        ),
    )


def _line(key: LetterKey, row: LetterTemplate | None) -> TemplateLine:
    texts = [getattr(row, part) for part in PARTS] if row else []
    changed = tuple(name for code, name in LANGUAGES.items() if any(text.get(code) for text in texts))
    return TemplateLine(key, letter_words(key.kind), variant_words(key.variant), changed)


@templates_manage.route("/<letter>", methods=["GET", "POST"])
@requires(Permission.MAIL)
def edit(conference: str, edition: str, letter: str) -> tuple[str, int] | BaseResponse:
    found, key = get_edition(conference, edition), _key(letter)
    form = _form(found, key)
    if request.method == "GET":
        return _page(found, key, form), 200
    if not form.validate_on_submit():
        return _page(found, key, form), 422
    with transaction():
        changed = reword(actor=principal().actor, now=now(), edition=found, key=key, texts=form.texts())
    _tell(found, key, _("Saved.") if changed else _("Nothing was changed."), undo=changed)
    return redirect(_address(found, key), 303)


@templates_manage.post("/<letter>/preview")
@requires(Permission.MAIL)
def preview(conference: str, edition: str, letter: str) -> tuple[str, int]:
    """Show what is typed without saving it."""
    found, key = get_edition(conference, edition), _key(letter)
    form = _form(found, key)
    form.validate()
    return _page(found, key, form), 200


@templates_manage.get("/<letter>/letter")
@requires(Permission.MAIL)
def letter_page(conference: str, edition: str, letter: str) -> Response:
    """Show a letter's HTML by itself, for the frame on its page: no script, no form, nothing from elsewhere.

    The words that it shows are signed, so that nobody else's can be shown under our name.
    """
    found, key = get_edition(conference, edition), _key(letter)
    code, words = _read_draft(found, key, request.args.get("draft", ""))
    try:
        html = with_pictures(sample_letter(found, key, code, words))
    except LetterBroken:
        html = ""
    allow_in_csp("style-src", "'unsafe-inline'")
    allow_in_csp("frame-ancestors", "'self'")
    allow_in_csp("sandbox", "allow-popups")
    return keep_secret(Response(html))


def _read_draft(edition: Edition, key: LetterKey, text: str) -> tuple[str, Words]:
    try:
        edition_id, slug, code, parts = _signer().loads(text)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound("page.unknown") from error
    if (edition_id, slug) != (edition.id, key.slug):
        raise NotFound("page.unknown")
    return code, words_of(dict(zip(PARTS, parts, strict=True)))


@templates_manage.post("/<letter>/test")
@requires(Permission.MAIL)
def send_test(conference: str, edition: str, letter: str) -> tuple[str, int] | BaseResponse:
    """Send what is typed to whoever asks, with an invented person's facts."""
    found, key = get_edition(conference, edition), _key(letter)
    form = _form(found, key)
    if not form.validate_on_submit():
        return _page(found, key, form), 422
    actor = principal().actor
    spend("mail.test", actor.id, TESTS_AN_HOUR, "hour")
    with transaction():
        account = db.session.get_one(Account, int(actor.id))
        words = form.words(form.shown.data)
        queue_mail(
            kind=TEST_KIND, language=form.shown.data, to_address=account.email, to_name=account.name,
            data={"letter": key.slug, "words": {part: getattr(words, part) for part in PARTS}}, now=now(),
            edition_id=found.id, account_id=account.id,
        )  # fmt: skip
    page = _page(found, key, form, told=_("The test is on its way to %(address)s.", address=account.email))
    return page, 200


@templates_manage.post("/<letter>/reset")
@requires(Permission.MAIL)
def reset(conference: str, edition: str, letter: str) -> BaseResponse:
    found, key = get_edition(conference, edition), _key(letter)
    with transaction():
        changed = take_ours_back(actor=principal().actor, now=now(), edition=found, key=key)
    _tell(
        found,
        key,
        _("The letter has its standard words again.") if changed else _("Nothing was changed."),
        undo=changed,
    )
    return redirect(_address(found, key), 303)


@templates_manage.post(f"/<letter>/history/{ENTRY}")
@requires(Permission.MAIL)
def undo(conference: str, edition: str, letter: str, entry_id: int) -> BaseResponse:
    found, key = get_edition(conference, edition), _key(letter)
    with transaction():
        take_back(actor=principal().actor, now=now(), edition=found, key=key, entry_id=entry_id)
    _tell(found, key, _("The words are as they were before."), undo=True)
    return redirect(_address(found, key), 303)


def _form(edition: Edition, key: LetterKey) -> WordsForm:
    form = WordsForm(edition, key, find_template(edition.id, key))
    if request.method == "GET":
        code = request.args.get("shown", current_language())
        form.shown.data = code if code in form.codes else form.codes[0]
    elif form.shown.data not in form.codes:
        form.shown.data = form.codes[0]
    return form


def _address(edition: Edition, key: LetterKey) -> str:
    return manage_url(edition, f"mail/templates/{key.slug}")


def _tell(edition: Edition, key: LetterKey, words: str, *, undo: bool) -> None:
    template = find_template(edition.id, key)
    changes = list_changes(template.id) if template and undo else []
    if changes:
        with_undo: Any = {"text": words, "undo_url": f"{_address(edition, key)}/history/{changes[0].id}"}
        flash(with_undo)
    else:
        flash(words)


def _page(edition: Edition, key: LetterKey, form: WordsForm, *, told: str = "") -> str:
    template = find_template(edition.id, key)
    allow_in_csp("frame-src", "'self'")
    return render_page(
        "mailings/manage/template.html",
        manage_frame(edition),
        edition=edition,
        letter=key,
        title=letter_words(key.kind),
        variant=variant_words(key.variant),
        form=form,
        languages=LANGUAGES,
        parts=PARTS,
        address=_address(edition, key),
        base=manage_url(edition, "mail"),
        placeholders=placeholders_of(key.kind),
        draft=_draft(edition, key, form),
        is_changed=bool(template and any(getattr(template, part) for part in PARTS)),
        changes=list_changes(template.id) if template else [],
        told=told,
    )


def _draft(edition: Edition, key: LetterKey, form: WordsForm) -> Draft:
    code = str(form.shown.data)
    wrong: list[Any] = [form.field(part, code) for part in PARTS if form.field(part, code).errors]
    if wrong:
        return Draft(None, error=" ".join(f"{field.label.text}: {field.errors[0]}" for field in wrong))
    words = form.words(code)
    try:
        made = sample_letter(edition, key, code, words)
    except LetterBroken as error:
        return Draft(None, error=reason_words(str(error)))
    packed = _signer().dumps([edition.id, key.slug, code, [getattr(words, part) for part in PARTS]])
    address = f"{_address(edition, key)}/letter?draft={packed}"
    return Draft(made, address if len(address) <= LONGEST_ADDRESS else "")
