"""Forms of a letter's words and of the schedule."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional

from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import Texts
from crosslinks.mail.rules import Words
from crosslinks.mailings.models import LetterTemplate
from crosslinks.mailings.placeholders import check_text
from crosslinks.mailings.rules import MOST_DAYS
from crosslinks.mailings.sample_letters import facts_to_try, our_words
from crosslinks.mailings.sandbox import unified
from crosslinks.mailings.wording import LINES, PARTS, LetterKey, words_of
from crosslinks.web.languages import LANGUAGES


def _subject() -> StringField:
    return StringField(_l("Subject"), [Optional()])


def _heading() -> StringField:
    return StringField(_l("Heading"), [Optional()])


def _opening() -> TextAreaField:
    return TextAreaField(_l("Opening, before the facts"), [Optional()])


def _closing() -> TextAreaField:
    return TextAreaField(_l("Closing, after the buttons"), [Optional()])


class WordsForm(FlaskForm):
    """The four texts of one letter in every language; what is typed like ours, or left empty, stays ours."""

    subject_en, heading_en, opening_en, closing_en = _subject(), _heading(), _opening(), _closing()
    subject_nb, heading_nb, opening_nb, closing_nb = _subject(), _heading(), _opening(), _closing()
    shown = SelectField(_l("Language of the preview"), choices=dict(LANGUAGES), default="en")

    def __init__(self, edition: Edition, key: LetterKey, template: LetterTemplate | None, **more: Any) -> None:
        self.edition, self.key = edition, key
        self.codes = [code for code in LANGUAGES if code in edition.languages] or list(LANGUAGES)
        self.ours = {code: our_words(edition, key, code) for code in self.codes}
        values = {
            f"{part}_{code}": (getattr(template, part).get(code) if template else "") or self.ours[code].get(part, "")
            for part in PARTS
            for code in self.codes
        }
        super().__init__(data=values, **more)
        self.shown.choices = {code: LANGUAGES[code] for code in self.codes}

    def field(self, part: str, code: str) -> Field:
        """Return the field of one part in one language."""
        return self[f"{part}_{code}"]

    def typed(self, part: str, code: str) -> str:
        """Return what was typed, or nothing when that is what we say ourselves."""
        text = unified(self.field(part, code).data or "").strip()
        return "" if text == self.ours[code].get(part, "") else text

    def words(self, code: str) -> Words:
        """Return the words in one language as they were typed."""
        return words_of({part: self.typed(part, code) for part in PARTS})

    def texts(self) -> dict[str, Texts]:
        """Return an organizer's own words by part and language."""
        return {part: {code: text for code in self.codes if (text := self.typed(part, code))} for part in PARTS}

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a text that cannot be filled, and tell each problem with its line and column."""
        is_good = super().validate(extra_validators)
        for code in self.codes:
            facts = facts_to_try(self.edition, self.key, code)
            for part in PARTS:
                problems = check_text(self.typed(part, code), self.key.kind, facts, one_line=part in LINES)
                if problems:
                    self.field(part, code).errors = [str(problem) for problem in problems]
                    is_good = False
        return is_good


class StepForm(FlaskForm):
    """When one step goes, or that it does not."""

    is_on = BooleanField(_l("Send it"))
    days = IntegerField(_l("Days"), [InputRequired(), NumberRange(0, MOST_DAYS)])
    side = SelectField(_l("Before or after"), choices={"before": "", "after": ""})
    at = TimeField(_l("Time"), [InputRequired()])

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.side.choices = {"before": _("before"), "after": _("after")}
