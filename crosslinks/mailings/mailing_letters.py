"""The letters of mailings and of the interest list. Each is checked as it is made: nobody gets what they left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from crosslinks.editions.frames import edition_url, organiser_line
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.kernel.columns import pick
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.mail.rendering import absolute, render_letter
from crosslinks.mail.rules import Letter, LetterFrame, LetterKept, Outcome, Rendered
from crosslinks.mailings.audiences import still_wants_news
from crosslinks.mailings.interest import FOLLOW_LETTER, follow_path
from crosslinks.mailings.mailing_facts import mailing_facts
from crosslinks.mailings.models import Follower, Mailing
from crosslinks.mailings.placeholders import render_line, render_text
from crosslinks.mailings.purposes import CALLED_BACK, UNSUBSCRIBED, MailingState, Purpose
from crosslinks.mailings.unsubscribe import unsubscribe_path
from crosslinks.registration.models import Registration
from crosslinks.web.formats import format_day
from crosslinks.web.languages import speaking

TEST = "test"
"""In a letter's data: a copy to oneself, which goes whatever the state of its mailing."""
MASKED = "/unsubscribe/…"


@dataclass(frozen=True)
class _Words:
    """What a mailing says in one language."""

    subject: str
    body: str


def mailing_letter(letter: Letter) -> Rendered:
    """Render one message of a mailing; raises ``LetterKept`` when it is paused, called back or not wanted any more."""
    mailing = db.session.get(Mailing, letter.data["mailing"])
    if mailing is None:
        raise NotFound("mailing.unknown")
    edition = get_edition_by_id(mailing.edition_id)
    registration = _registration(letter)
    follower = db.session.get(Follower, letter.data["follower"]) if "follower" in letter.data else None
    is_real = not letter.preview and TEST not in letter.data
    if is_real:
        _require_wanted(mailing, letter)
    words, language = _words(mailing, letter.language)
    with speaking(language):
        facts = mailing_facts(edition, registration, language, masked=not is_real, sample=not is_real)
        subject = render_line(words.subject, facts)
        passage = render_text(words.body, facts)
        if TEST in letter.data:
            subject = _("Test: %(subject)s", subject=subject)
        frame = _frame(edition, language, mailing.purpose)
    unsubscribe = _unsubscribe_url(mailing, registration, follower, is_real=is_real)
    return render_letter(
        "mailings/mail/mailing",
        language,
        frame=frame,
        unsubscribe_url=unsubscribe if unsubscribe.startswith("http") else "",
        heading=subject,
        text=passage.text,
        body=passage.html,
        leave_url=unsubscribe,
        conference=edition.conference.name,
        asked_by_form=registration is None,
    )


def _registration(letter: Letter) -> Registration | None:
    if letter.registration_id is None:
        return None
    return db.session.get(Registration, letter.registration_id)


def _require_wanted(mailing: Mailing, letter: Letter) -> None:
    if mailing.state is MailingState.STOPPED:
        raise LetterKept(Outcome.WITHHELD, CALLED_BACK)
    if mailing.purpose is Purpose.NEWS and not still_wants_news(letter.registration_id, letter.data.get("follower")):
        raise LetterKept(Outcome.WITHHELD, UNSUBSCRIBED)
    if mailing.state is MailingState.PAUSED:
        raise LetterKept(Outcome.PAUSED)


def _words(mailing: Mailing, language: str) -> tuple[_Words, str]:
    chosen = language if language in mailing.body else next(iter(mailing.body), language)
    return _Words(mailing.subject.get(chosen, ""), mailing.body.get(chosen, "")), chosen


def _unsubscribe_url(
    mailing: Mailing, registration: Registration | None, follower: Follower | None, *, is_real: bool
) -> str:
    """Return where this person leaves news: nothing for a mailing about the event, a masked one for a look at it."""
    if mailing.purpose is not Purpose.NEWS:
        return ""
    if not is_real or (registration is None and follower is None):
        return MASKED
    if follower is not None:
        return absolute(follow_path(follower))
    return absolute(unsubscribe_path(registration)) if registration else MASKED


def _frame(edition: Edition, language: str, purpose: Purpose) -> LetterFrame:
    lines = [organiser_line(edition.conference)]
    if purpose is Purpose.ABOUT:
        erased = format_day(edition.erase_on, None, language)
        lines.insert(0, _("Everything about your registration is erased on %(day)s.", day=erased))
    if edition.is_demo:
        lines.append(f"{_('Demonstration.')} {pick(edition.demo_note, language, edition.languages)}")
    return LetterFrame(
        brand=edition.conference.name,
        hue=edition.conference.hue,
        url=absolute(edition_url(edition)),
        reply_to=edition.conference.contact_email,
        last_lines=tuple(lines),
    )


def follow_letter(letter: Letter) -> Rendered:
    """Render the answer to somebody who asked to be told: how to get on the list, or that they are on it."""
    follower = db.session.get(Follower, letter.data["follower"])
    if follower is None:
        raise LetterKept(Outcome.WITHHELD, UNSUBSCRIBED)
    conference = db.session.get_one(Conference, follower.conference_id)
    with speaking(letter.language):
        frame = LetterFrame(
            brand=conference.name, hue=conference.hue, url=absolute(f"/{conference.slug}/"),
            reply_to=conference.contact_email, last_lines=(organiser_line(conference),),
        )  # fmt: skip
    return render_letter(
        "mailings/mail/follow",
        letter.language,
        frame=frame,
        url="/follow/…" if letter.preview else absolute(follow_path(follower)),
        conference=conference.name,
        is_on=follower.confirmed_at is not None,
    )


LETTERS: dict[str, Callable[[Letter], Rendered]] = {
    **{f"mailings.{purpose.value}": mailing_letter for purpose in Purpose},
    FOLLOW_LETTER: follow_letter,
}
