"""The form that people answer, and the forms that organizers make it with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from crosslinks.feedback.models import FeedbackQuestion
from crosslinks.feedback.queries import FormFacts
from crosslinks.feedback.rules import (
    HIGHEST,
    LONGEST_ANSWER,
    MOST_OPTIONS,
    Opening,
    Question,
    QuestionKind,
)
from crosslinks.kernel.columns import Texts
from crosslinks.web.forms import NoNul, has_text, line, passage, spread_texts, stripped, typed_texts
from crosslinks.web.languages import LANGUAGES
from crosslinks.web.pages import texts

MOST_LABEL = 200
MOST_OPTION_TEXT = 2_000
NO_ANSWER = ""


class AnswerForm(FlaskForm):
    """The questions of one edition, all of them optional; ``make_answer_form`` adds a field for each."""

    def answers(self) -> dict[str, int | str]:
        """Return what was answered, by the questions' keys."""
        found: dict[str, int | str] = {}
        for name, field in self._fields.items():
            typed = field.data
            if not name.startswith("a_") or not typed:
                continue
            found[name.removeprefix("a_")] = typed if isinstance(field, TextAreaField) else int(typed)
        return found

    def says_something(self) -> bool:
        """Say whether anything was answered; if not, note it as an error of the whole form."""
        if self.answers():
            return True
        self.form_errors.append(_("Nothing is answered yet. One question is enough."))
        return False


def make_answer_form(questions: Sequence[Question]) -> AnswerForm:
    """Return the form of ``questions``, filled with what was just sent."""
    members: dict[str, Any] = {f"a_{question.key}": _answer_field(question) for question in questions}
    made = type("MadeAnswerForm", (AnswerForm,), members)
    form: AnswerForm = made()
    return form


def _answer_field(question: Question) -> Field:
    label = texts(dict(question.label))
    if question.kind is QuestionKind.TEXT:
        return TextAreaField(label, [Optional(), Length(max=LONGEST_ANSWER), NoNul()], filters=[stripped])
    hint = ""
    if question.kind is QuestionKind.RATING:
        hint = _("1 is poor, 5 is excellent.")
        words = [str(number) for number in range(1, HIGHEST + 1)]
    else:
        words = [texts(dict(option)) for option in question.options]
    choices = {str(number): text for number, text in enumerate(words, 1)} | {NO_ANSWER: _("No answer")}
    return RadioField(label, choices=choices, default=NO_ANSWER, description=hint)


class PeriodForm(FlaskForm):
    """Whether and when the form takes answers."""

    is_on = BooleanField(_l("Ask people how it was"))
    opening = SelectField(_l("From"), [InputRequired()])
    last_day = DateField(_l("Until the end of"), [InputRequired()])

    @classmethod
    def of(cls, facts: FormFacts) -> PeriodForm:
        """Return the form filled with what is set, or with what was just sent."""
        form = cls(data={"is_on": facts.is_on, "opening": facts.opening.value, "last_day": facts.last_day})
        form.opening.choices = {
            Opening.BEGUN.value: _("The start of the programme"),
            Opening.ENDED.value: _("The end of the programme"),
        }
        return form


class QuestionForm(FlaskForm):
    """One question in all languages; the options of a choice stand one on each line."""

    kind = SelectField(_l("Answered by"), [InputRequired()])
    label_en = line(_l("Question, in English"), most=MOST_LABEL)
    label_nb = line(_l("Question, in Norwegian"), most=MOST_LABEL)
    options_en = passage(_l("Options, in English"), most=MOST_OPTION_TEXT)
    options_nb = passage(_l("Options, in Norwegian"), most=MOST_OPTION_TEXT)
    mode = SelectField(_l("Asked of"))

    @classmethod
    def of(cls, question: FeedbackQuestion | None = None) -> QuestionForm:
        """Return the form filled with a question, or with what was just sent; the kind of a question stays."""
        values: dict[str, Any] = {"kind": QuestionKind.RATING.value, "mode": ""}
        if question is not None:
            values = {"kind": question.kind.value, "mode": question.mode} | spread_texts("label", question.label)
            for code in LANGUAGES:
                lines = [option.get(code, "") for option in question.options]
                values[f"options_{code}"] = "\n".join(lines) if any(lines) else ""
        form = cls(data=values)
        kinds = {
            QuestionKind.RATING.value: _("A number from 1 to 5"),
            QuestionKind.CHOICE.value: _("One of several options"),
            QuestionKind.TEXT.value: _("Their own words"),
        }
        known = values["kind"]
        form.kind.choices = kinds if question is None else {known: kinds[known]}
        form.mode.choices = {"": _("Everybody"), "onsite": _("In the room"), "digital": _("On the stream")}
        return form

    def options(self) -> list[Texts] | None:
        """Return the options of a choice, none for other kinds; None, with the error noted, when they do not fit."""
        if self.kind.data != QuestionKind.CHOICE.value:
            return []
        lines = {code: _lines(self[f"options_{code}"].data) for code in LANGUAGES}
        written = {code: found for code, found in lines.items() if found}
        first = self[f"options_{next(iter(LANGUAGES))}"]
        count = max((len(found) for found in written.values()), default=0)
        if not 2 <= count <= MOST_OPTIONS:
            first.errors = [_("A choice takes 2 to %(most)s options, one on each line.", most=MOST_OPTIONS)]
            return None
        if any(len(found) != count for found in written.values()):
            first.errors = [_("The languages have different numbers of options.")]
            return None
        return [{code: found[number] for code, found in written.items()} for number in range(count)]

    def facts(self) -> dict[str, Any] | None:
        """Return label, options and mode as typed, or None with the errors noted."""
        labelled = has_text(self, "label", _("Write the question in one language at least."))
        options = self.options()
        if not labelled or options is None:
            return None
        return {"label": typed_texts(self, "label"), "options": options, "mode": self.mode.data or ""}


def _lines(typed: str | None) -> list[str]:
    return [found for one in (typed or "").splitlines() if (found := one.strip())]
