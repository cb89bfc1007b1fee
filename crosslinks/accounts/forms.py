"""The forms of signing in and of one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from crosslinks.accounts.operations import LONGEST_EMAIL
from crosslinks.accounts.rules import LONGEST_PASSWORD

REQUIRED = _l("This is needed")
TOO_LONG = _l("This is too long")


class SignInForm(FlaskForm):
    """An address, and a password unless a link is asked for."""

    email = StringField(_l("E-mail"), [InputRequired(REQUIRED), Length(max=LONGEST_EMAIL, message=TOO_LONG)])
    password = PasswordField(_l("Password"), [Length(max=LONGEST_PASSWORD, message=TOO_LONG)])
    next = HiddenField()
