"""The forms of signing in, of one's own account and of who may do what."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Form, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from crosslinks.accounts.log import LogSort
from crosslinks.accounts.rules import LEAST_PASSWORD, LONGEST_EMAIL, LONGEST_NAME, PasswordFlaw, find_password_flaw
from crosslinks.kernel.actors import Role
from crosslinks.web.forms import EmailAddress, NoNul, WholeNumber
from crosslinks.web.languages import LANGUAGES

REQUIRED = _l("This is needed")
TOO_LONG = _l("This is too long")
LONGEST_TYPED = 1000
FIRST_YEAR, LAST_YEAR = 2000, 2199
LAST_PAGE = 1_000_000


def role_words(role: Role) -> str:
    """Return what a role is called."""
    return {
        Role.OWNER: _("Owner"),
        Role.ORGANIZER: _("Organizer"),
        Role.PROGRAMME: _("Programme"),
        Role.DOOR_LEAD: _("Door lead"),
    }[role]


def role_promise(role: Role) -> str:
    """Return what a role may do, in one sentence."""
    return {
        Role.OWNER: _("Everything, and decides who has access."),
        Role.ORGANIZER: _("Everything but access."),
        Role.PROGRAMME: _("Programme, people and sponsors."),
        Role.DOOR_LEAD: _("Door and badges."),
    }[role]


def flaw_words(flaw: PasswordFlaw) -> str:
    """Say why a password is not taken."""
    return {
        PasswordFlaw.SHORT: _(
            "Use at least %(number)s characters. A few words in a row are fine.", number=LEAST_PASSWORD
        ),
        PasswordFlaw.LONG: _("This is longer than we can take."),
        PasswordFlaw.SIMPLE: _("This repeats the same few characters. Use a few different words."),
        PasswordFlaw.OWN_NAME: _("This is mostly your own name or address, which others can guess."),
    }[flaw]


def _password(label: str, *, required: bool = True) -> PasswordField:
    needed = InputRequired(REQUIRED) if required else Optional()
    return PasswordField(label, [needed, Length(max=LONGEST_TYPED, message=TOO_LONG)])


class SignInForm(FlaskForm):
    """An address, and a password unless a link is asked for."""

    email = StringField(_l("E-mail"), [DataRequired(REQUIRED), Length(max=LONGEST_EMAIL, message=TOO_LONG), NoNul()])
    password = _password(_l("Password"), required=False)
    next = HiddenField()


class NewPasswordForm(FlaskForm):
    """A new password for somebody whose address and name are known."""

    new_password = _password(_l("New password"))

    def __init__(self, *args: Any, email: str, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email, self._name = email, name

    def validate_new_password(self, field: PasswordField) -> None:
        """Refuse what ``rules`` refuse."""
        flaw = find_password_flaw(field.data or "", self._email, self._name)
        if flaw is not None:
            raise ValidationError(flaw_words(flaw))


class ChangePasswordForm(NewPasswordForm):
    """A new password, and the old one as proof."""

    current_password = _password(_l("Current password"))


class ProfileForm(FlaskForm):
    """One's own name and language."""

    name = StringField(_l("Name"), [DataRequired(REQUIRED), Length(max=LONGEST_NAME, message=TOO_LONG), NoNul()])
    language = SelectField(_l("Language"), [InputRequired(REQUIRED)], choices=dict(LANGUAGES))


class RoleForm(FlaskForm):
    """What somebody is in this conference."""

    role = SelectField(_l("Role"), [InputRequired(REQUIRED)], default=Role.ORGANIZER.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = {role.value: role_words(role) for role in Role}


class InvitationForm(RoleForm):
    """Whom to let in."""

    email = StringField(
        _l("E-mail"),
        [DataRequired(REQUIRED), Length(max=LONGEST_EMAIL, message=TOO_LONG), NoNul(), EmailAddress()],
    )
    name = StringField(_l("Name"), [DataRequired(REQUIRED), Length(max=LONGEST_NAME, message=TOO_LONG), NoNul()])


class SensibleDay:
    """Refuse days that no calendar of ours reaches."""

    def __call__(self, form: object, field: Any) -> None:
        if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(_("Use a day of this century"))


class LogForm(Form):
    """What to show of the log; read from the address."""

    q = StringField(_l("Search"), [Optional(), Length(max=200, message=TOO_LONG), NoNul()])
    kind = StringField(_l("About"), [Optional(), Length(max=40, message=TOO_LONG), NoNul()])
    actor = SelectField(_l("Who"), validate_choice=False, default="")
    since = DateField(_l("From"), [Optional(), SensibleDay()])
    until = DateField(_l("Until"), [Optional(), SensibleDay()])
    sort = SelectField(choices={sort.value: "" for sort in LogSort}, default=LogSort.TIME.value)
    order = SelectField(choices={"down": "", "up": ""}, default="down")
    page = WholeNumber(validators=[Optional(), NumberRange(1, LAST_PAGE)], default=1)
