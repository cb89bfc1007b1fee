"""Questions and answers for tests. Call them inside ``transaction()``."""

from __future__ import annotations

from typing import Any

from crosslinks.editions.models import Edition
from crosslinks.questions.models import Question
from crosslinks.questions.operations import Draft, create_question
from crosslinks.questions.rules import Condition, Kind, Option
from tests.factories import NOW, TESTER

CHOICES = (Option("", {"en": "Red", "nb": "Rød"}), Option("", {"en": "Blue", "nb": "Blå"}))


def make_question(edition: Edition, kind: Kind = Kind.TEXT, label: str = "Why?", **more: Any) -> Question:
    """Ask something; choices are Red (``o1``) and Blue (``o2``) unless told otherwise."""
    values: dict[str, Any] = {"options": CHOICES if kind.has_options else ()}
    shown = more.pop("shown", None)
    if shown:
        values["condition"] = Condition(*shown)
    if more.get("explicit_consent"):
        values["consent_text"] = {"en": "I agree that you keep this.", "nb": "Jeg godtar at dere lagrer dette."}
    preset = more.pop("preset", "")
    draft = Draft(kind=kind, label={"en": label, "nb": f"{label} (nb)"}, **(values | more))
    return create_question(actor=TESTER, now=NOW, edition=edition, draft=draft, preset=preset)


def make_every_kind(edition: Edition) -> dict[Kind, Question]:
    """Ask one question of each kind."""
    return {kind: make_question(edition, kind, f"Of {kind.value}") for kind in Kind}
