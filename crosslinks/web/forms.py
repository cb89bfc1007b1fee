"""What the forms of every feature check alike, and the fields that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from wtforms import Form, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from crosslinks.web.languages import LANGUAGES

MOST_LINE = 300
MOST_PASSAGE = 6_000
MOST_DIGITS = 18


class NoNul:
    """Refuse the character that a database cannot hold."""

    def __call__(self, form: object, field: Any) -> None:
        if isinstance(field.data, str) and "\x00" in field.data:
            raise ValidationError(_("There is a character in it that cannot be kept."))


class WholeNumber(IntegerField):
    """A whole number that is not absurdly long: checks of its size would break on hundreds of digits."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed, at most ``MOST_DIGITS`` of it."""
        if valuelist and len(valuelist[0].strip()) > MOST_DIGITS:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)


class EmailAddress:
    """Refuse what no mail can be sent to, and say what is missing; the network is not asked."""

    def __call__(self, form: object, field: Any) -> None:
        typed = (field.data or "").strip()
        if "@" not in typed:
            raise ValidationError(_("The @ is missing"))
        if typed.endswith("@"):
            raise ValidationError(_("The part after @ is missing"))
        if typed.startswith("@"):
            raise ValidationError(_("The part before @ is missing"))
        try:
            validate_email(typed, check_deliverability=False)
        except EmailNotValidError as error:
            raise ValidationError(_("This is not an e-mail address")) from error


def stripped(value: object) -> object:
    """Return typed text without the spaces around it."""
    return value.strip() if isinstance(value, str) else value


def line(label: str, *, most: int = MOST_LINE, required: bool = False, description: str = "") -> StringField:
    """Return a field of one line of at most ``most`` characters."""
    needed = DataRequired() if required else Optional()
    return StringField(label, [needed, Length(max=most), NoNul()], filters=[stripped], description=description)


def passage(label: str, *, most: int = MOST_PASSAGE, description: str = "") -> TextAreaField:
    """Return an optional field of several lines of at most ``most`` characters."""
    return TextAreaField(label, [Optional(), Length(max=most), NoNul()], filters=[stripped], description=description)


def typed_texts(form: Form, name: str) -> dict[str, str]:
    """Return what was typed in ``name_en``, ``name_nb``: only the languages that have a text."""
    typed = {code: form[f"{name}_{code}"].data or "" for code in LANGUAGES}
    return {code: text for code, text in typed.items() if text}


def spread_texts(name: str, texts: Mapping[str, str] | None) -> dict[str, str]:
    """Return the values of the fields ``name_en``, ``name_nb`` that show ``texts``."""
    return {f"{name}_{code}": (texts or {}).get(code, "") for code in LANGUAGES}


def has_text(form: Form, name: str, words: str) -> bool:
    """Say whether ``name`` was typed in any language; if not, note ``words`` at the first of its fields."""
    if typed_texts(form, name):
        return True
    first = form[f"{name}_{next(iter(LANGUAGES))}"]
    first.errors = [*first.errors, words]
    return False
