"""Answers from a mail or the personal page: take an offered place, decline it, say whether one comes.

Each is a page with one button; looking at it changes nothing. A link from a mail opens only its own answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import edition_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Gone, NotFound
from crosslinks.kernel.tokens import LinkKind
from crosslinks.registration.links import answer_path, place_path
from crosslinks.registration.models import Registration
from crosslinks.registration.offers import accept_offer, leave_line
from crosslinks.registration.operations import cancel, switch_mode
from crosslinks.registration.place_view import moment_words, must_answer
from crosslinks.registration.queries import count_modes, get_by_link_token
from crosslinks.registration.reconfirm import confirm_coming
from crosslinks.registration.rules import Place, Status
from crosslinks.registration.steps import offer_is_open, open_registration
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request
from crosslinks.web.pages import render_page
from crosslinks.web.security import keep_secret

registration_replies = Blueprint("registration_replies", __name__)
registration_replies.after_request(keep_secret)

WRITES_PER_LINK = 20
"""An hour, as on the personal page."""
_SWITCH = "digital"


@dataclass(frozen=True)
class Answer:
    """Who answers, and where they came from: ``back`` is where "leave it as it is" leads to."""

    registration: Registration
    back: str
    here: str
    is_own_page: bool

    @property
    def edition(self) -> Edition:
        """The edition that it is about."""
        return self.registration.edition

    @property
    def actor(self) -> Actor:
        """Who does it."""
        return Actor.registrant(self.registration.id)

    @property
    def to_stream(self) -> bool:
        """Whether they want to follow the stream instead."""
        return request.values.get("to") == _SWITCH or request.values.get("answer") == _SWITCH


Act = Callable[[Answer], BaseResponse]


def _answer(token: str, kind: LinkKind, *, own_page: bool) -> Answer:
    if request.method == "POST":
        spend_client_request()
    try:
        registration = get_by_link_token(token, LinkKind.MANAGE if own_page else kind)
    except NotFound:
        spend_bad_token()
        raise
    if request.method == "POST":
        spend("place", str(registration.id), WRITES_PER_LINK, "hour")
    edition = registration.edition
    if own_page:
        return Answer(registration, place_path(token), place_path(token, kind.value), is_own_page=True)
    return Answer(registration, edition_url(edition), answer_path(kind, token), is_own_page=False)


def _route(kind: LinkKind, act: Act) -> None:
    """Serve an answer behind its own link and behind the personal one."""

    def from_mail(token: str) -> BaseResponse:
        return act(_answer(token, kind, own_page=False))

    def from_own_page(token: str) -> BaseResponse:
        return act(_answer(token, kind, own_page=True))

    methods = ["GET", "POST"]
    registration_replies.add_url_rule(f"/{kind.value}/<token>", kind.value, from_mail, methods=methods)
    registration_replies.add_url_rule(f"/r/<token>/{kind.value}", f"own_{kind.value}", from_own_page, methods=methods)


def _ask(
    answer: Answer, question: str, lines: list[str], act: str, *, hidden: tuple[tuple[str, str], ...] = (),
    grave: bool = False, others: tuple[tuple[str, str], ...] = (),
) -> BaseResponse:  # fmt: skip
    page = render_page(
        "registration/public/answer.html",
        public_frame(answer.edition),
        edition=answer.edition,
        registration=answer.registration,
        question=question,
        lines=lines,
        act=act,
        here=answer.here,
        hidden=hidden,
        grave=grave,
        others=others,
        back=answer.back if answer.is_own_page else "",
    )
    return make_response(page)


def _done(answer: Answer, news: str) -> BaseResponse:
    return redirect(f"{answer.back}?news={news}" if answer.is_own_page else answer.here, 303)


def _tell(answer: Answer, others: tuple[tuple[str, str], ...] = ()) -> BaseResponse:
    """Say how somebody stands, when there is nothing (more) to answer."""
    heading, lines, may_register = _standing(answer.registration)
    page = render_page(
        "registration/public/answered.html",
        public_frame(answer.edition),
        edition=answer.edition,
        registration=answer.registration,
        heading=heading,
        lines=lines,
        register_url=edition_url(answer.edition, "register") if may_register else "",
        others=others,
        back=answer.back if answer.is_own_page else "",
    )
    return make_response(page)


def _standing(registration: Registration) -> tuple[str, list[str], bool]:
    if registration.status is Status.CANCELLED:
        return _("You are no longer registered"), [_("Thank you for letting us know. You are welcome back.")], True
    if registration.place is Place.ONSITE and registration.asked_at is not None and not must_answer(registration):
        return _("Thank you. We look forward to seeing you"), [_("Your place in the room is kept.")], False
    if registration.place is Place.ONSITE:
        lines = [_("Your ticket is in your mail, and behind the personal link there.")]
        return _("You have a place in the room"), lines, False
    if registration.place is Place.DIGITAL and registration.wants is Place.NONE:
        return (
            _("You have a place on the stream"),
            [_("The way there is behind the personal link in your mail.")],
            False,
        )
    return _("You wait for a place"), [_("We write to you when one is yours.")], False


def _refuse_late(answer: Answer) -> None:
    if now() >= answer.edition.ends_at:
        raise Conflict("edition.over")


def accept(answer: Answer) -> BaseResponse:
    """Take the place that is offered."""
    registration = answer.registration
    if request.method == "POST":
        _refuse_late(answer)
        with transaction():
            accept_offer(actor=answer.actor, now=now(), registration_id=registration.id)
        return _done(answer, "accepted")
    if registration.offer_until is not None and not offer_is_open(registration, now()):
        raise Gone("offer.lapsed")
    if registration.offer_until is None or registration.cancelled_at is not None:
        return _tell(answer)
    until = moment_words(registration.offer_until, answer.edition)
    onsite = registration.wants is Place.ONSITE
    lines = [_("It is kept for you until %(until)s. After that it goes to the next in line.", until=until)]
    if registration.place is Place.DIGITAL:
        lines.append(_("Your place on the stream goes to somebody else."))
    question = _("Take the place in the room?") if onsite else _("Take the place on the stream?")
    return _ask(answer, question, lines, _("Take the place"))


def decline(answer: Answer) -> BaseResponse:
    """Decline an offer, leave the line, or give a place back that was given."""
    registration = answer.registration
    if registration.cancelled_at is not None:
        return _tell(answer)
    _refuse_late(answer)
    if request.method == "POST":
        with transaction():
            if not _stands_as_shown(answer):
                return redirect(answer.here, 303)
            if answer.to_stream:
                _to_stream(answer)
            elif registration.wants is not Place.NONE:
                leave_line(actor=answer.actor, now=now(), registration_id=registration.id)
            else:
                cancel(actor=answer.actor, now=now(), registration_id=registration.id)
        return _done(answer, "switched" if answer.to_stream else "left")
    if answer.to_stream and _may_stream(registration):
        return _ask_stream(answer)
    question, lines = _what_declining_does(registration)
    act = _("Decline the place") if registration.offer_until is not None else _("Leave the line")
    others: tuple[tuple[str, str], ...] = ()
    if registration.wants is Place.NONE:
        act = _("Give the place back")
    if _may_stream(registration):
        others = ((f"{answer.here}?to={_SWITCH}", _("Follow the stream instead")),)
    return _ask(answer, question, lines, act, hidden=_shown(registration), grave=True, others=others)


def _shown(registration: Registration) -> tuple[tuple[str, str], ...]:
    """Return how somebody stands as a page carries it along: its button must do what the page says, or nothing."""
    offered = "offered" if registration.offer_until is not None else ""
    return (("stands", f"{registration.place.value} {registration.wants.value} {offered}".strip()),)


def _stands_as_shown(answer: Answer) -> bool:
    """Say, under the lock, whether somebody still stands as when the page was made: an offer may have lapsed since."""
    registration, _book = open_registration(answer.registration.id)
    ((name, stands),) = _shown(registration)
    return request.form.get(name, stands) == stands


def _what_declining_does(registration: Registration) -> tuple[str, list[str]]:
    if registration.wants is Place.NONE:
        question = _("Give your place to someone else?")
    elif registration.offer_until is not None:
        question = _("Decline the place?")
    else:
        question = _("Leave the line?")
    lines = [] if question == _("Leave the line?") else [_("The place goes to the next in line.")]
    if registration.wants is not Place.NONE and registration.place is Place.DIGITAL:
        return question, [*lines, _("You keep your place on the stream.")]
    if registration.wants is not Place.NONE and registration.place is Place.ONSITE:
        return question, [*lines, _("You keep your place in the room.")]
    ends = _("Your registration will be cancelled. You can register again as long as there are places.")
    return question, [*lines, ends]


def _may_stream(registration: Registration) -> bool:
    """Say whether somebody without a place on the stream could have one now."""
    if registration.place is Place.DIGITAL:
        return False
    counts = count_modes(registration.edition_id)
    return Mode.DIGITAL in counts and counts[Mode.DIGITAL].has_room


def _ask_stream(answer: Answer) -> BaseResponse:
    held = answer.registration.place is Place.ONSITE
    lines = [
        _("Your place in the room goes to the next person waiting, and your ticket no longer opens the door.")
        if held
        else _("You leave the line for the room.")
    ]
    name = "answer" if request.args.get("answer") else "to"
    return _ask(answer, _("Follow the stream instead?"), lines, _("Follow the stream"), hidden=((name, _SWITCH),))


def _to_stream(answer: Answer) -> None:
    switch_mode(actor=answer.actor, now=now(), registration_id=answer.registration.id, to=Mode.DIGITAL, or_wait=False)


def coming(answer: Answer) -> BaseResponse:
    """Say that one comes, cannot come, or follows the stream instead."""
    registration = answer.registration
    if registration.cancelled_at is not None or registration.place is not Place.ONSITE:
        return _tell(answer)
    _refuse_late(answer)
    cannot = request.values.get("answer") == "no"
    if request.method == "POST":
        return _note_coming(answer, cannot=cannot)
    stream, no, yes = (f"{answer.here}{query}" for query in (f"?answer={_SWITCH}", "?answer=no", ""))
    to_stream = ((stream, _("I’ll follow the stream")),) if _may_stream(registration) else ()
    if answer.to_stream and to_stream:
        return _ask_stream(answer)
    if cannot:
        question, lines = _what_declining_does(registration)
        others = ((yes, _("I am coming")), *to_stream)
        hidden = (("answer", "no"), *_shown(registration))
        return _ask(answer, question, lines, _("I can’t come"), hidden=hidden, grave=True, others=others)
    others = ((no, _("I can’t come")), *to_stream)
    if not must_answer(registration):
        return _tell(answer, others=others)
    lines = [_("Then your place in the room is kept.")]
    return _ask(answer, _("Are you coming?"), lines, _("I am coming"), others=others)


def _note_coming(answer: Answer, *, cannot: bool) -> BaseResponse:
    number = answer.registration.id
    with transaction():
        if not _stands_as_shown(answer):
            return redirect(answer.here, 303)
        if answer.to_stream:
            _to_stream(answer)
        elif cannot:
            cancel(actor=answer.actor, now=now(), registration_id=number)
        else:
            confirm_coming(actor=answer.actor, now=now(), registration_id=number)
    return _done(answer, "switched" if answer.to_stream else "cancelled" if cannot else "coming")


_route(LinkKind.ACCEPT, accept)
_route(LinkKind.DECLINE, decline)
_route(LinkKind.COMING, coming)
