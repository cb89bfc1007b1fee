"""What the demo edition asks, and invented answers to it. Nothing is required, so that any form is taken."""

from __future__ import annotations

import random
from datetime import datetime

from crosslinks.demo.people import Invented
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.questions.presets import add_preset
from crosslinks.questions.rules import Asked, Checked, Facts, Form, Given, Kind, check_answers

ASKED = ("profession", "organisation", "heard", "diet")
ANSWERS = 0.85
"""So many of all questions are answered, apart from food."""
EATS_NOT_EVERYTHING = 0.22
SOMETHING_ELSE = ("Celery", "Kiwi", "Raw onions", "Eggs", "Mushrooms")


def ask_questions(edition: Edition, now: datetime) -> None:
    """Put the ready-made questions into the demo edition's form."""
    for key in ASKED:
        add_preset(actor=Actor.system("demo"), now=now, edition=edition, key=key)


def invent_answers(form: Form, person: Invented) -> Checked:
    """Return what an invented person answered; the same for the same person."""
    chance = random.Random(person.email)  # noqa: S311 - repeatable on purpose, nothing secret
    mode = Mode.ONSITE if person.onsite else Mode.DIGITAL
    facts = Facts(mode.value, person.profession.value, person.needs_assistance and person.onsite)
    answers = {question.id: _answer(question, chance) for question in form}
    consents = frozenset(question.id for question in form if question.explicit_consent)
    return check_answers(form, Given(answers, consents), facts)


def _answer(question: Asked, chance: random.Random) -> str | list[str] | None:
    share = EATS_NOT_EVERYTHING if question.explicit_consent and question.condition is None else ANSWERS
    if chance.random() >= share:
        return None
    if question.kind is Kind.TEXT:
        return chance.choice(SOMETHING_ELSE)
    ids = [option.id for option in question.offered]
    weights = [1 / (place + 1) for place in range(len(ids))]
    if question.kind is Kind.CHOICE:
        return chance.choices(ids, weights)[0]
    return sorted(set(chance.choices(ids, weights, k=1 + (chance.random() < 0.3))))
