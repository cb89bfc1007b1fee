"""The forms of an import: the file, what its columns hold, and what shall be done in doubt."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from crosslinks.editions.rules import Mode
from crosslinks.invitations.answer_columns import importable
from crosslinks.invitations.rows import ImportOptions
from crosslinks.invitations.rules import Field, WhenKnown
from crosslinks.invitations.words import field_words, full_words, known_words, question_words
from crosslinks.questions.rules import Form
from crosslinks.registration.bulk import WhenFull
from crosslinks.registration.forms import Line
from crosslinks.registration.rules import BadgeRole, Place
from crosslinks.registration.words import place_words, role_words
from crosslinks.web.languages import LANGUAGES

LONGEST_REASON = 200


class UploadForm(FlaskForm):
    """A file of participants."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file"))])


class OptionsForm(FlaskForm):
    """What holds for every row that does not say otherwise, and what to do in doubt."""

    mode = SelectField(_l("Takes part"), choices={})
    role = SelectField(_l("Role on the badge"), [InputRequired()], choices={})
    language = SelectField(_l("Language of mails"), [InputRequired()], choices=dict(LANGUAGES))
    known = RadioField(_l("Addresses that are registered already"), [InputRequired()], choices={})
    when_full = RadioField(_l("When no place is left"), [InputRequired()], choices={})
    reason = StringField(_l("Why"), [Line(LONGEST_REASON)])
    tell = BooleanField(_l("Send each of them the mail with ticket and link"))

    def __init__(self, *args: Any, modes: Collection[Mode] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        words = place_words()
        offered = {mode.value: words[Place.of(mode)] for mode in modes}
        self.mode.choices = {"": _("As its column says")} | offered
        self.role.choices = {role.value: text for role, text in role_words().items()}
        self.known.choices = {one.value: text for one, text in known_words().items()}
        self.when_full.choices = {one.value: text for one, text in full_words().items()}

    def validate_reason(self, field: StringField) -> None:
        """Ask for a reason where one is needed: the log keeps it."""
        if self.when_full.data == WhenFull.OVERRIDE and not field.data:
            raise ValidationError(_("Write why: the log keeps it"))

    def options(self) -> ImportOptions:
        """Return what was chosen, after validation."""
        return ImportOptions(
            mode=self.mode.data or "",
            role=self.role.data,
            language=self.language.data,
            tell=bool(self.tell.data),
            known=self.known.data,
            when_full=self.when_full.data,
            reason=self.reason.data or "",
        )


def first_options(language: str, modes: list[Mode]) -> dict[str, Any]:
    """Return what is chosen until somebody chooses."""
    return {
        "mode": modes[0].value if len(modes) == 1 else "",
        "role": BadgeRole.PARTICIPANT.value,
        "language": language,
        "known": WhenKnown.REPORT.value,
        "when_full": WhenFull.WAIT.value,
        "reason": "",
        "tell": True,
    }


def sent_columns(count: int, form: Form) -> tuple[dict[int, Field], dict[int, int]]:
    """Return which columns were said to hold a field, and which answer a question; anything else counts as nothing."""
    known, asked = set(Field), {one.name: one.id for one in importable(form)}
    typed = {number: request.form.get(f"column-{number}", "") for number in range(count)}
    fields = {number: Field(name) for number, name in typed.items() if name in known}
    return fields, {number: asked[name] for number, name in typed.items() if name in asked}


def columns_refusal(columns: dict[int, Field], questions: dict[int, int], form: Form, *, default_mode: str) -> str:
    """Return what is wrong with the columns as a whole, ``""`` when they can be used."""
    words: dict[str, str] = {field.value: text for field, text in field_words().items()} | question_words(form)
    chosen = list(columns.values())
    names = [field.value for field in chosen] + [f"q_{number}" for number in questions.values()]
    doubled = next((one for one in names if names.count(one) > 1), None)
    if doubled is not None:
        return _("Two columns cannot both be “%(field)s”.", field=words[doubled])
    if Field.NAME in chosen and {Field.GIVEN_NAME, Field.FAMILY_NAME} & set(chosen):
        return _("Choose either the whole name, or given and family name.")
    if not {Field.NAME, Field.GIVEN_NAME} & set(chosen):
        return _("Choose which column holds the name.")
    if Field.MODE not in chosen and not default_mode:
        return _("Choose which column says how people take part, or choose it below for all.")
    return ""
