"""What will happen by itself: the edition's moments, its letters, its erasures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import pick
from crosslinks.mailings.rules import StepState
from crosslinks.mailings.schedule import plan_steps
from crosslinks.mailings.schedule_people import count_receivers
from crosslinks.mailings.words import kind_words
from crosslinks.questions.queries import list_questions
from crosslinks.web.languages import current_language

MOST = 7


@dataclass(frozen=True)
class Coming:
    """One thing that happens by itself; ``page`` is where it is changed, below the edition's organizer address."""

    when: datetime
    what: str
    page: str = ""


def list_coming(edition: Edition, now: datetime) -> list[Coming]:
    """Return what comes after ``now``, soonest first, at most ``MOST``; a fixed number of statements."""
    found = [*_moments(edition), *_letters(edition, now), *_erasures(edition)]
    return sorted((one for one in found if one.when > now), key=lambda one: one.when)[:MOST]


def _moments(edition: Edition) -> list[Coming]:
    known = (
        (edition.registration_opens_at, _("Registration opens")),
        (edition.registration_closes_at, _("Registration closes")),
        (edition.starts_at, _("The home page shows what is on now")),
        (edition.ends_at, _("The home page thanks those who came")),
    )
    return [Coming(when, what, "settings") for when, what in known if when is not None]


def _letters(edition: Edition, now: datetime) -> list[Coming]:
    planned = [one for one in plan_steps(edition, now) if one.state is StepState.COMING]
    receivers = count_receivers(edition.id) if planned else {}
    return [
        Coming(
            one.due,
            ngettext(
                "%(letter)s to %(num)s person", "%(letter)s to %(num)s people", receivers[one.step],
                letter=kind_words(one.step.kind),
            ),
            "mail/schedule",
        )
        for one in planned
    ]  # fmt: skip


def _erasures(edition: Edition) -> list[Coming]:
    language = current_language()
    answers = [
        Coming(
            _morning(question.erase_after, edition),
            _("Answers to “%(question)s” are erased", question=pick(question.label, language, edition.languages)),
            "form",
        )
        for question in list_questions(edition.id)
        if question.erase_after is not None
    ]
    return [*answers, Coming(_morning(edition.erase_on, edition), _("All registrations are erased"), "privacy")]


def _morning(day: date, edition: Edition) -> datetime:
    return datetime.combine(day, time(), edition.zone)
