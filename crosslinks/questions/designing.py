"""What an organizer types about a question beside its form: rows of choices, and when it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from crosslinks.kernel.writing import clean_line
from crosslinks.questions.forms import QuestionForm
from crosslinks.questions.models import Question
from crosslinks.questions.operations import Draft
from crosslinks.questions.queries import options_in_use
from crosslinks.questions.rules import (
    MOST_OPTIONS,
    SOURCE_VALUES,
    Asked,
    AskedOf,
    Condition,
    Form,
    Kind,
    Option,
    Texts,
    possible_picks,
)
from crosslinks.questions.sending import Fields
from crosslinks.questions.words import choice_words, source_value_words, source_words
from crosslinks.web.forms import typed_texts
from crosslinks.web.languages import LANGUAGES
from crosslinks.web.pages import texts

LONGEST_OPTION = 200
LONGEST_SOURCE = 40
EMPTY_ROWS = 3


@dataclass
class OptionRow:
    """One choice as it is typed; a row without an id is new, one without words is left out."""

    id: str = ""
    label: Texts = field(default_factory=dict)
    retired: bool = False


@dataclass
class Options:
    """All choices as they are typed, with what is wrong with them."""

    rows: list[OptionRow]
    error: str = ""

    def act(self, deed: str, place: int, in_use: set[str]) -> None:
        """Do what a button of row ``place`` says: ``up``, ``down``, ``drop`` or ``bring`` back."""
        if not 0 <= place < len(self.rows):
            return
        row = self.rows[place]
        if deed == "drop" and row.id not in in_use:
            del self.rows[place]
        elif deed in {"drop", "bring"}:
            row.retired = deed == "drop"
        else:
            other = place - 1 if deed == "up" else place + 1
            if 0 <= other < len(self.rows):
                self.rows[place], self.rows[other] = self.rows[other], row

    def pad(self) -> None:
        """Offer empty rows to write in."""
        self.rows += [OptionRow() for _number in range(min(EMPTY_ROWS, MOST_OPTIONS - len(self.rows)))]

    def filled(self) -> tuple[Option, ...]:
        """Return the choices that have words."""
        return tuple(Option(row.id, row.label, row.retired) for row in self.rows if row.label)


def options_of(question: Question | None) -> Options:
    """Return the rows of a question's choices."""
    known = question.as_asked().options if question else ()
    return Options([OptionRow(one.id, dict(one.label), one.retired) for one in known])


def typed_options(sent: Fields) -> Options:
    """Return the rows as they were sent, each text a clean line; notes what cannot be kept."""
    ids, retired = sent.getlist("option_id[]"), sent.getlist("option_retired[]")
    columns = {code: sent.getlist(f"option_{code}[]") for code in LANGUAGES}
    found = Options([])
    for place, number in enumerate(ids[: MOST_OPTIONS + EMPTY_ROWS]):
        label: Texts = {}
        for code, column in columns.items():
            typed = column[place] if place < len(column) else ""
            cleaned = clean_line(typed[: LONGEST_OPTION * 2])
            if cleaned is None:
                found.error = _("There is a character in it that cannot be kept.")
            elif len(cleaned) > LONGEST_OPTION:
                found.error = _("At most %(most)s characters.", most=LONGEST_OPTION)
            if cleaned:
                label[code] = cleaned[:LONGEST_OPTION]
        if label or number:
            gone = place < len(retired) and retired[place] == "yes"
            found.rows.append(OptionRow(number[:LONGEST_SOURCE], label, gone))
    return found


@dataclass(frozen=True)
class ConditionGroup:
    """One thing that a question may depend on, and its answers: ``(value, words, is chosen)``."""

    label: str
    choices: tuple[tuple[str, str, bool], ...]


@dataclass
class Shown:
    """When a question is shown, as it is typed: pairs ``source:value``."""

    pairs: list[str]
    error: str = ""

    def condition(self) -> Condition | None:
        """Return the condition, None for always; notes when it looks at more than one thing."""
        split = [pair.partition(":") for pair in self.pairs]
        sources = {source for source, _colon, _value in split}
        if len(sources) > 1:
            self.error = _("Tick answers to one question only")
            return None
        return Condition(sources.pop(), tuple(value for _s, _c, value in split)) if sources else None


def shown_of(question: Question | None) -> Shown:
    """Return the pairs of a question's condition."""
    return Shown([f"{question.shown_if}:{value}" for value in question.shown_values] if question else [])


def typed_shown(sent: Fields, groups: Sequence[ConditionGroup]) -> Shown:
    """Return the pairs that were ticked, as far as they are offered; notes those that are not."""
    offered = {value for group in groups for value, _words, _chosen in group.choices}
    sent_pairs = sent.getlist("shown_if")
    found = Shown([pair for pair in dict.fromkeys(sent_pairs) if pair in offered])
    if len(found.pairs) < len(set(sent_pairs)):
        found.error = _("What it depends on has changed. Choose again.")
    return found


def condition_groups(form: Form, question: Question | None, chosen: Sequence[str]) -> list[ConditionGroup]:
    """Return everything that a question may depend on: fields of every form, and the questions before it."""
    words = source_words()
    groups = [_group(str(words[source]), source, source_value_words(source), chosen) for source in SOURCE_VALUES]
    for other in form:
        if question is not None and other.id == question.id:
            if question.retired_at is None:
                break
            continue
        if other.kind.can_be_counted:
            known = choice_words(other)
            offered = {value: known[value] for value in possible_picks(other)}
            groups.append(_group(texts(other.label), f"q{other.id}", offered, chosen))
    return groups


def _group(label: str, source: str, words: dict[str, str], chosen: Sequence[str]) -> ConditionGroup:
    pairs = ((f"{source}:{value}", said) for value, said in words.items())
    return ConditionGroup(label, tuple((pair, said, pair in chosen) for pair, said in pairs))


@dataclass
class Design:
    """One question as it is being written."""

    form: QuestionForm
    options: Options
    shown: Shown

    def draft(self) -> Draft:
        """Return what was typed, as far as it can be read."""
        kind = Kind(self.form.kind.data) if self.form.kind.data in set(Kind) else Kind.TEXT
        asked_of = AskedOf(self.form.asked_of.data) if self.form.asked_of.data in set(AskedOf) else AskedOf.BOTH
        return Draft(
            kind=kind,
            label=typed_texts(self.form, "label"),
            help=typed_texts(self.form, "help"),
            options=self.options.filled() if kind.has_options else (),
            required=bool(self.form.required.data),
            asked_of=asked_of,
            condition=self.shown.condition(),
            erase_after=self.form.erase_after.data,
            explicit_consent=bool(self.form.explicit_consent.data),
            consent_text=typed_texts(self.form, "consent"),
        )

    def is_valid(self) -> bool:
        """Check everything that needs no look at answers; notes what is wrong where it was typed."""
        valid = self.form.validate_on_submit()
        valid = self.form.is_worded(_("Write the question")) and valid
        draft = self.draft()
        if draft.kind.has_options and not any(not one.retired for one in draft.options):
            self.options.error = self.options.error or _("Write at least one choice")
        if draft.explicit_consent and not draft.consent_text:
            self.form.consent_en.errors = [_("Write what they agree to")]
            valid = False
        return valid and not self.options.error and not self.shown.error


def preview_of(draft: Draft, number: int) -> Asked:
    """Return a draft as a form would ask it, under a number that no question has."""
    options = tuple(Option(one.id or f"new{place}", one.label, one.retired) for place, one in enumerate(draft.options))
    return Asked(
        id=number, kind=draft.kind, label=draft.label or {"en": "…"}, help=draft.help, options=options,
        required=draft.required, asked_of=draft.asked_of, condition=draft.condition,
        explicit_consent=draft.explicit_consent, consent_text=draft.consent_text,
    )  # fmt: skip


def taken(question: Question | None) -> set[str]:
    """Return the choices that somebody took, which can only be retired."""
    return options_in_use(question.id) if question else set()
