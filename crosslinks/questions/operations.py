"""Making and changing an edition's form. No change ever loses an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from crosslinks.accounts.audit import plain
from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_form
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.questions.models import Question
from crosslinks.questions.queries import has_answers, list_questions, options_in_use
from crosslinks.questions.rules import (
    MOST_OPTIONS,
    MOST_QUESTIONS,
    AskedOf,
    Condition,
    Kind,
    Option,
    Texts,
    dangling,
    in_order,
    misplaced,
)

ONSITE_PRESETS = frozenset({"diet", "diet_more"})
_LOGGED = (
    "kind", "label", "help", "required", "asked_of", "shown_if", "shown_values", "erase_after", "explicit_consent",
    "consent_text",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """What an organizer says of a question; an option without an id is new."""

    kind: Kind
    label: Texts
    help: Texts = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    required: bool = False
    asked_of: AskedOf = AskedOf.BOTH
    condition: Condition | None = None
    erase_after: date | None = None
    explicit_consent: bool = False
    consent_text: Texts = field(default_factory=dict)


def create_question(*, actor: Actor, now: datetime, edition: Edition, draft: Draft, preset: str = "") -> Question:
    """Add a question after the others; raises ``Invalid`` where it cannot be asked like that."""
    known = list_questions(edition.id)
    if len(known) >= MOST_QUESTIONS:
        raise Conflict("question.too_many")
    question = Question(
        edition_id=edition.id, kind=draft.kind, preset=preset, created_at=now, options=[], consent_version=0,
        position=max((one.position for one in known), default=-1) + 1,
    )  # fmt: skip
    _fill(question, draft, frozenset())
    db.session.add(question)
    _settle(edition)
    log_write(actor, now, edition, "question.created", question.id, after=_facts(question))
    return question


def change_question(*, actor: Actor, now: datetime, edition: Edition, question: Question, draft: Draft) -> None:
    """Change a question; a choice that somebody took is retired when it is left out.

    Raises ``Conflict`` for what answers that were given do not allow: another kind, or consent asked for afterwards.
    """
    answered = has_answers(question.id)
    if answered and draft.kind is not question.kind:
        raise Conflict("question.kind_has_answers")
    if answered and draft.explicit_consent and not question.explicit_consent:
        raise Conflict("question.consent_has_answers")
    before = _facts(question)
    _fill(question, draft, frozenset(options_in_use(question.id)))
    _settle(edition)
    log_write(actor, now, edition, "question.changed", question.id, before, _facts(question))


def _fill(question: Question, draft: Draft, in_use: frozenset[str]) -> None:
    if not draft.label:
        raise Invalid("question.label_missing")
    if question.preset in ONSITE_PRESETS and draft.asked_of is not AskedOf.ONSITE:
        raise Invalid("question.diet_onsite")
    if draft.explicit_consent and not draft.consent_text:
        raise Invalid("question.consent_missing")
    question.kind, question.label, question.help = draft.kind, draft.label, draft.help
    question.required, question.asked_of = draft.required, draft.asked_of
    question.shown_if = draft.condition.source if draft.condition else ""
    question.shown_values = list(draft.condition.values) if draft.condition else []
    question.erase_after, question.explicit_consent = draft.erase_after, draft.explicit_consent
    if draft.explicit_consent and draft.consent_text != question.consent_text:
        question.consent_version += 1
    question.consent_text = draft.consent_text
    question.options = _options(question, draft, in_use) if draft.kind.has_options else []


def _options(question: Question, draft: Draft, in_use: frozenset[str]) -> list[dict[str, Any]]:
    """Return the choices to keep: new ones get ids of their own, left out ones that were taken are retired."""
    known = {one["id"]: one for one in question.options}
    highest = max((int(one[1:]) for one in known), default=0)
    kept: list[dict[str, Any]] = []
    for option in draft.options:
        number = option.id
        if number and number not in known:
            raise Invalid("question.option_unknown")
        if not number:
            highest += 1
            number = f"o{highest}"
        kept.append({"id": number, "label": option.label, "retired": option.retired})
    named = {one["id"] for one in kept}
    kept += [{**one, "retired": True} for name, one in known.items() if name in in_use and name not in named]
    if len(kept) > MOST_OPTIONS:
        raise Invalid("question.too_many_options")
    if not any(not one["retired"] for one in kept):
        raise Invalid("question.options_missing")
    return kept


def move_question(*, actor: Actor, now: datetime, edition: Edition, question: Question, up: bool) -> None:
    """Let a question change places with its neighbour in its group; at the end nothing happens."""
    rows = [one for one in list_questions(edition.id) if one.retired_at is None]
    group = [one for one in rows if _in_room(one) == _in_room(question)]
    place = [one.id for one in group].index(question.id) if question in group else -1
    neighbour = place - 1 if up else place + 1
    if place < 0 or not 0 <= neighbour < len(group):
        return
    group[place], group[neighbour] = group[neighbour], group[place]
    _number(edition, [*(one.id for one in group)])
    _settle(edition)
    log_write(actor, now, edition, "question.moved", question.id, after={"position": neighbour + 1})


def order_questions(*, actor: Actor, now: datetime, edition: Edition, ids: Sequence[int]) -> None:
    """Put the questions with these ids into this order; the others keep their places behind them.

    Raises ``Invalid`` for an id that is not of this edition, ``Conflict`` when a question would come before what it
    depends on.
    """
    rows = {one.id: one for one in list_questions(edition.id)}
    if len(set(ids)) != len(ids) or not set(ids) <= rows.keys() or not ids:
        raise Invalid("question.unknown")
    if [one for one in rows if one in set(ids)] == list(ids):
        return
    _number(edition, ids)
    _settle(edition)
    log_write(actor, now, edition, "question.reordered", rows[ids[0]].id, after={})


def _number(edition: Edition, ids: Sequence[int]) -> None:
    """Give the questions with ``ids`` this order among the places that they have now."""
    rows = list_questions(edition.id)
    wanted = iter(ids)
    by_id = {one.id: one for one in rows}
    order = [by_id[next(wanted)] if one.id in set(ids) else one for one in rows]
    for place, one in enumerate(order):
        one.position = place


def _in_room(question: Question) -> bool:
    return question.asked_of is AskedOf.ONSITE


def remove_question(*, actor: Actor, now: datetime, edition: Edition, question: Question) -> bool:
    """Retire a question that was answered, else delete it; return whether it was retired.

    Raises ``Conflict`` while another question depends on it.
    """
    retired = has_answers(question.id)
    before = _facts(question)
    if retired:
        question.retired_at = now
    else:
        db.session.delete(question)
    _settle(edition)
    log_write(actor, now, edition, "question.retired" if retired else "question.deleted", question.id, before)
    return retired


def restore_question(*, actor: Actor, now: datetime, edition: Edition, question: Question) -> None:
    """Ask a retired question again, with the answers that it has."""
    if question.retired_at is None:
        return
    question.retired_at = None
    _settle(edition)
    log_write(actor, now, edition, "question.restored", question.id)


def copy_questions(*, actor: Actor, now: datetime, source: Edition, target: Edition) -> int:
    """Add the questions that ``source`` asks to ``target``, their erase dates as far from the day; return how many."""
    shift = target.starts_at.date() - source.starts_at.date()
    renamed: dict[str, str] = {}
    copied = 0
    rows = [one for one in list_questions(source.id) if one.retired_at is None]
    for row in sorted(rows, key=_in_room):
        asked = row.as_asked()
        condition = asked.condition
        if condition is not None and condition.question_id is not None:
            condition = replace(condition, source=renamed.get(condition.source, condition.source))
        draft = Draft(
            kind=row.kind, label=row.label, help=row.help, required=row.required, asked_of=row.asked_of,
            options=asked.offered, condition=condition, explicit_consent=row.explicit_consent,
            consent_text=row.consent_text, erase_after=row.erase_after + shift if row.erase_after else None,
        )  # fmt: skip
        made = _copy(actor, now, target, row, draft)
        renamed[f"q{row.id}"] = f"q{made.id}"
        copied += 1
    return copied


def _copy(actor: Actor, now: datetime, target: Edition, row: Question, draft: Draft) -> Question:
    """Add a copy whose choices keep their ids, so that conditions hold."""
    bare = replace(draft, options=tuple(replace(option, id="") for option in draft.options))
    ids = [option.id for option in draft.options]
    condition = bare.condition
    made = create_question(actor=actor, now=now, edition=target, preset=row.preset, draft=replace(bare, condition=None))
    made.options = [{**one, "id": name} for one, name in zip(made.options, ids, strict=True)]
    if condition is not None:
        made.shown_if, made.shown_values = condition.source, list(condition.values)
    _settle(target)
    return made


def _settle(edition: Edition) -> None:
    """Write, check that every condition can be met, and let public pages follow."""
    db.session.flush()
    form = in_order(one.as_asked() for one in list_questions(edition.id, with_retired=False))
    wrong = misplaced(form)
    if wrong is not None:
        raise Conflict("question.misplaced", _name(edition, wrong[0].label))
    loose = dangling(form)
    if loose is not None:
        raise Conflict("question.option_needed", _name(edition, loose.label))
    touch_form(edition.id)


def _name(edition: Edition, label: Texts) -> str:
    return next((label[code] for code in (*edition.languages, *label) if label.get(code)), "")


def _facts(question: Question) -> dict[str, Any]:
    found = {name: plain(getattr(question, name)) for name in _LOGGED}
    found["options"] = [one["label"] for one in question.options if not one.get("retired")]
    found["retired_options"] = [one["label"] for one in question.options if one.get("retired")]
    return found
