"""What the forms of every feature check alike."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from wtforms.validators import ValidationError


class NoNul:
    """Refuse the character that a database cannot hold."""

    def __call__(self, form: object, field: Any) -> None:
        if isinstance(field.data, str) and "\x00" in field.data:
            raise ValidationError(_("There is a character in it that cannot be kept."))


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
