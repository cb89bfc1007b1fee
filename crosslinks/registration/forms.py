"""The public form, and the small forms behind the personal link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import AnyOf, ValidationError

from crosslinks.editions.rules import Mode
from crosslinks.kernel.errors import Invalid
from crosslinks.questions.rules import Facts
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.rules import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_ORGANISATION,
    Details,
    Profession,
    clean_line,
)

LONGEST_ANSWER = 20


class Line:
    """Keep one clean line of text; ``needed`` is what to say when there is none."""

    def __init__(self, most: int, needed: Any = None) -> None:
        self.most = most
        self.needed = needed
        self.field_flags = {"required": True, "maxlength": most} if needed else {"maxlength": most}

    def __call__(self, form: object, field: Any) -> None:
        typed = field.data or ""
        cleaned = clean_line(typed)
        if cleaned is None:
            raise ValidationError(_("There is a character in it that cannot be kept."))
        if len(cleaned) > self.most:
            raise ValidationError(_("At most %(most)s characters.", most=self.most))
        if self.needed and not cleaned:
            raise ValidationError(self.needed)
        field.data = cleaned


class Address:
    """Refuse what no mail can be sent to, and say which part is missing; the network is not asked."""

    def __call__(self, form: object, field: Any) -> None:
        typed: str = field.data or ""
        before, at, after = typed.rpartition("@")
        if not at:
            raise ValidationError(_("The @ is missing, as in name@example.org"))
        if not after:
            raise ValidationError(_("The part after @ is missing, as in name@example.org"))
        if not before:
            raise ValidationError(_("The part before @ is missing, as in name@example.org"))
        try:
            normalise_email(typed)
        except Invalid:
            raise ValidationError(_("No mail can be sent to this address. Look for a slip.")) from None


class Chosen(AnyOf):
    """Ask for one of the choices in words of ours."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the class

    def __init__(self, values: Iterable[str], message: Any) -> None:
        super().__init__(list(values), message)


class Ticked:
    """Ask for a tick."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.field_flags = {"required": True}

    def __call__(self, form: object, field: Any) -> None:
        if not field.data:
            raise ValidationError(self.message)


def _given_name() -> StringField:
    return StringField(_l("Given name"), [Line(LONGEST_NAME, _l("Write your given name"))])


def _family_name() -> StringField:
    return StringField(_l("Family name"), [Line(LONGEST_NAME, _l("Write your family name"))])


def _organisation() -> StringField:
    return StringField(_l("Workplace or place of study"), [Line(LONGEST_ORGANISATION)])


class RegisterForm(FlaskForm):
    """Taking a place.

    ``website`` is left empty by people, ``opened`` says when the page was made; the question is put only to who
    behaves like a program.
    """

    mode = RadioField(
        _l("How will you take part?"),
        [Chosen([mode.value for mode in Mode], _l("Choose the room or the stream"))],
        choices={},
        validate_choice=False,
    )
    given_name = _given_name()
    family_name = _family_name()
    email = StringField(_l("E-mail address"), [Line(LONGEST_EMAIL, _l("Write your e-mail address")), Address()])
    organisation = _organisation()
    profession = RadioField(
        _l("Are you a health professional?"),
        [Chosen([profession.value for profession in Profession], _l("Choose yes or no"))],
        choices={},
        validate_choice=False,
    )
    needs_assistance = BooleanField(_l("I need assistance at the venue"))
    meanwhile_digital = BooleanField(_l("Give me a place on the stream while I wait"))
    consent_privacy = BooleanField(_l("Your data"), [Ticked(_l("Tick this to go on"))])
    website = StringField(_l("Leave this empty"))
    opened = HiddenField()
    question = HiddenField()
    answer = StringField(_l("A small question"), [Line(LONGEST_ANSWER)])

    def offer(self, modes: Iterable[Mode]) -> None:
        """Show only the modes that the edition offers, and the words of the choices."""
        offered = {mode.value for mode in modes}
        words = {Mode.ONSITE.value: _("In the room"), Mode.DIGITAL.value: _("On the stream")}
        self.mode.choices = {value: label for value, label in words.items() if value in offered}
        self.profession.choices = {Profession.HEALTH.value: _("Yes"), Profession.OTHER.value: _("No")}
        self.mode.validators = [Chosen(offered, _("Choose the room or the stream"))]

    @property
    def address(self) -> str:
        """The e-mail address as typed, after validation."""
        return self.email.data or ""

    def facts(self) -> Facts:
        """Return what the edition's questions may depend on, before validation too."""
        onsite = self.mode.data == Mode.ONSITE
        return Facts(self.mode.data or "", self.profession.data or "", self.needs_assistance.data and onsite)

    def details(self, language: str) -> Details:
        """Return what was told, after validation."""
        return Details(
            self.given_name.data or "",
            self.family_name.data or "",
            self.address,
            self.organisation.data or "",
            Profession(self.profession.data),
            language,
            needs_assistance=self.needs_assistance.data and self.mode.data == Mode.ONSITE,
        )


class NameForm(FlaskForm):
    """Correcting a name behind the personal link."""

    given_name = _given_name()
    family_name = _family_name()
    organisation = _organisation()

    def names(self) -> dict[str, str]:
        """Return what was typed, after validation."""
        return {name: self[name].data or "" for name in ("given_name", "family_name", "organisation")}


class AddressForm(FlaskForm):
    """An address alone: the new one, or the one that the lost mail went to."""

    email = StringField(_l("E-mail address"), [Line(LONGEST_EMAIL, _l("Write the e-mail address")), Address()])

    @property
    def typed(self) -> str:
        """The address as typed, after validation."""
        return self.email.data or ""


class AssistanceForm(FlaskForm):
    """Saying whether assistance is needed at the venue."""

    needs_assistance = BooleanField(_l("I need assistance at the venue"))
