"""The letters of mailings and of the interest list. Each is checked as it is made: nobody gets what they left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from crosslinks.editions.frames import edition_url, organiser_line
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.kernel.columns import pick
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.mail.reasons import CALLED_BACK, UNSUBSCRIBED
from crosslinks.mail.rendering import absolute, render_letter
from crosslinks.mail.rules import Fact, Letter, LetterFrame, LetterKept, Outcome, Rendered
from crosslinks.mailings.audiences import still_wants_news
from crosslinks.mailings.catalogue import OWN_LINKS, PERSON, sample_facts
from crosslinks.mailings.interest import FOLLOW_LETTER, follow_path
from crosslinks.mailings.models import Follower, Mailing
from crosslinks.mailings.placeholders import render_line, render_text
from crosslinks.mailings.purposes import MailingState, Purpose
from crosslinks.mailings.unsubscribe import unsubscribe_path
from crosslinks.registration.letter_facts import edition_facts, person_facts
from crosslinks.registration.links import MASKED as MASKED_TOKEN
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from crosslinks.sponsors.queries import list_thanked
from crosslinks.sponsors.words import thanks_line
from crosslinks.web.formats import format_day
from crosslinks.web.languages import speaking

TEST = "test"
"""In a letter's data: a copy to oneself, which goes whatever the state of its mailing."""
MASKED = "/unsubscribe/…"
KEPT_SECONDS = 5.0
MOST_KEPT = 16


@dataclass(frozen=True)
class _Setting:
    """What all messages of an edition in one language have in common."""

    facts: dict[str, Fact]
    frame: LetterFrame
    conference: str


def _read_setting(edition_id: int, language: str, purpose: Purpose) -> _Setting:
    edition = get_edition_by_id(edition_id)
    with speaking(language):
        facts, frame = edition_facts(edition, language), _frame(edition, language, purpose)
    return _Setting(facts, frame, edition.conference.name)


_kept: dict[tuple[UUID, str, Purpose], tuple[float, _Setting]] = {}


def _setting_of(uuid: UUID, mailing: Mailing, language: str) -> _Setting:
    """Return what ``_read_setting`` does, at most ``KEPT_SECONDS`` old: thousands of messages ask for the same."""
    key = (uuid, language, mailing.purpose)
    read_at, setting = _kept.get(key, (-KEPT_SECONDS, None))
    if setting is None or monotonic() - read_at >= KEPT_SECONDS:
        setting = _read_setting(mailing.edition_id, language, mailing.purpose)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = (monotonic(), setting)
    return setting


def mailing_letter(letter: Letter) -> Rendered:
    """Render one message of a mailing; raises ``LetterKept`` when it is paused, called back or not wanted any more."""
    is_real = not letter.preview and TEST not in letter.data
    mailing, uuid = _mailing(letter)
    if is_real:
        _require_wanted(mailing, letter)
    language = letter.language if letter.language in mailing.body else next(iter(mailing.body), letter.language)
    setting = (
        _setting_of(uuid, mailing, language)
        if is_real
        else _read_setting(mailing.edition_id, language, mailing.purpose)
    )
    registration = _registration(letter)
    facts = setting.facts | _of_reader(registration, masked=not is_real)
    with speaking(language):
        subject = render_line(mailing.subject.get(language, ""), facts)
        passage = render_text(mailing.body.get(language, ""), facts)
        if TEST in letter.data:
            subject = _("Test: %(subject)s", subject=subject)
    leave = _unsubscribe_url(mailing.purpose, registration, letter, is_real=is_real)
    return render_letter(
        "mailings/mail/mailing",
        language,
        frame=setting.frame,
        unsubscribe_url=leave if leave.startswith("http") else "",
        heading=subject,
        text=passage.text,
        body=passage.html,
        leave_url=leave,
        conference=setting.conference,
        asked_by_form=registration is None,
    )


def _mailing(letter: Letter) -> tuple[Mailing, UUID]:
    found = db.session.execute(
        select(Mailing, Edition.uuid)
        .join(Edition, Edition.id == Mailing.edition_id)
        .where(Mailing.id == letter.data["mailing"])
    ).first()
    if found is None:
        raise NotFound("mailing.unknown")
    return found[0], found[1]


def _of_reader(registration: Registration | None, *, masked: bool) -> dict[str, Fact]:
    """Return what is known of the reader; of an invented one in a look at the letter."""
    if registration is not None:
        return person_facts(registration, MASKED_TOKEN if masked else place_token(registration))
    invented = sample_facts() if masked else {}
    return {name: value for name, value in invented.items() if name in (*PERSON, *OWN_LINKS, "place")}


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


def _unsubscribe_url(purpose: Purpose, registration: Registration | None, letter: Letter, *, is_real: bool) -> str:
    """Return where this person leaves news: nothing for a mailing about the event, a masked one for a look at it."""
    if purpose is not Purpose.NEWS:
        return ""
    follower = db.session.get(Follower, letter.data["follower"]) if "follower" in letter.data else None
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
    if thanks := thanks_line(list_thanked(edition.id)):
        lines.append(thanks)
    if edition.is_demo:
        lines.append(f"{_('Demonstration.')} {pick(edition.demo_note, language, edition.languages)}")
    return LetterFrame(
        brand=edition.conference.name,
        hue=edition.conference.hue,
        url=absolute(edition_url(edition)),
        reply_to=edition.conference.contact_email,
        last_lines=tuple(lines),
        logo=edition.conference.logo,
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
            logo=conference.logo,
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
