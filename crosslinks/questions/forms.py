"""The organizer's form of one question. Choices and the condition are rows of their own: see ``designing``."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField
from wtforms.validators import InputRequired, Optional

from crosslinks.questions.models import Question
from crosslinks.questions.rules import AskedOf, Kind
from crosslinks.questions.words import asked_of_words, kind_words
from crosslinks.web.forms import has_text, line, passage, spread_texts

MOST_LABEL = 300
MOST_HELP = 600
MOST_CONSENT = 1_000


class QuestionForm(FlaskForm):
    """What is asked, of whom, and for how long the answers are kept."""

    label_en = line(_l("Question, in English"), most=MOST_LABEL)
    label_nb = line(_l("Question, in Norwegian"), most=MOST_LABEL)
    help_en = line(_l("Help text, in English"), most=MOST_HELP)
    help_nb = line(_l("Help text, in Norwegian"), most=MOST_HELP)
    kind = SelectField(_l("Kind of answer"), [InputRequired()], default=Kind.TEXT.value)
    asked_of = SelectField(_l("Asked of"), [InputRequired()], default=AskedOf.BOTH.value)
    required = BooleanField(_l("An answer is required"))
    erase_after = DateField(_l("Answers are erased after"), [Optional()])
    explicit_consent = BooleanField(_l("Ask for consent: the answer may say something about health"))
    consent_en = passage(_l("What they agree to, in English"), most=MOST_CONSENT)
    consent_nb = passage(_l("What they agree to, in Norwegian"), most=MOST_CONSENT)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = {kind.value: words for kind, words in kind_words().items()}
        self.asked_of.choices = {one.value: words for one, words in asked_of_words().items()}

    @classmethod
    def of(cls, question: Question | None) -> QuestionForm:
        """Return the form filled with a question, or with what was just sent."""
        if question is None:
            return cls()
        values: dict[str, Any] = {
            "kind": question.kind.value,
            "asked_of": question.asked_of.value,
            "required": question.required,
            "erase_after": question.erase_after,
            "explicit_consent": question.explicit_consent,
        }
        for name, texts in (("label", question.label), ("help", question.help), ("consent", question.consent_text)):
            values |= spread_texts(name, texts)
        return cls(data=values)

    def is_worded(self, words: str) -> bool:
        """Say whether the question is written in any language; if not, note ``words``."""
        return has_text(self, "label", words)
