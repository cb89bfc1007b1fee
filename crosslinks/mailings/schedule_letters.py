"""The letters that go by themselves: reminders, the link to the stream on the morning, and the thanks afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.editions.queries import get_edition_by_id
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db
from crosslinks.mail.reasons import DAY_OVER, PLACE_GIVEN_BACK
from crosslinks.mail.rules import Letter, LetterKept, Outcome, Rendered
from crosslinks.mailings.rules import Step
from crosslinks.registration.letters import letter_about
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from crosslinks.web.languages import speaking


def _place_now(letter: Letter) -> Place:
    """Return the place that somebody holds as the letter goes out: they may have moved since it was queued.

    Raises ``LetterKept`` for somebody who has none any more, and for a letter that comes too late: nobody has to act.
    """
    if letter.preview:
        return Place(letter.data["mode"])
    registration = db.session.get(Registration, letter.registration_id)
    place = registration.place if registration else Place.NONE
    if place is Place.NONE:
        raise LetterKept(Outcome.WITHHELD, PLACE_GIVEN_BACK)
    if not letter.kind.endswith(Step.THANKS.value) and now() >= datetime.fromisoformat(letter.data["ends_at"]):
        raise LetterKept(Outcome.WITHHELD, DAY_OVER)
    return place


def distance_words(days_left: int) -> str:
    """Return how far away the day is, as a sentence's end."""
    if days_left <= 0:
        return _("today")
    return _("tomorrow") if days_left == 1 else ngettext("in %(num)s day", "in %(num)s days", days_left)


def reminder_letter(letter: Letter) -> Rendered:
    """Render a reminder: the ticket for the room or the way to the stream, and the ways out."""
    place = _place_now(letter)
    edition = get_edition_by_id(letter.edition_id or 0)
    with speaking(letter.language):
        distance = distance_words(letter.data["days_left"])
    return letter_about(
        "mailings/mail/reminder",
        letter,
        place=place,
        variant=place.value,
        with_ticket=place is Place.ONSITE,
        distance=distance,
        can_follow=edition.mode(Mode.DIGITAL) is not None,
    )


def join_letter(letter: Letter) -> Rendered:
    """Render the way to the stream, on the morning; who has moved to the room meanwhile is reminded of that."""
    place = _place_now(letter)
    if place is Place.ONSITE:
        return reminder_letter(letter)
    return letter_about("mailings/mail/join", letter, place=place, variant=place.value)


def thanks_letter(letter: Letter) -> Rendered:
    """Render the thanks, or that somebody was missed, and the way to the feedback form."""
    place = _place_now(letter)
    variant = letter.data["variant"]
    return letter_about("mailings/mail/thanks", letter, place=place, variant=variant, came=variant == "attended")


LETTERS: dict[str, Callable[[Letter], Rendered]] = {
    **{step.kind: reminder_letter for step in Step if step.is_reminder},
    Step.JOIN.kind: join_letter,
    Step.THANKS.kind: thanks_letter,
}
