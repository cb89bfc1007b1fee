"""The organizers' forms: one person, a person added by hand, a place out of turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from crosslinks.editions.rules import Mode
from crosslinks.questions.rules import Facts
from crosslinks.registration.details import DETAIL_FIELDS, get_details
from crosslinks.registration.forms import Address, Chosen, Line
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_OFFER,
    LONGEST_ORGANISATION,
    BadgeRole,
    Details,
    Place,
    Profession,
    clean_line,
)
from crosslinks.registration.words import place_words, profession_words, role_words
from crosslinks.web.languages import LANGUAGES

MOST_PLACES = 1_000_000
LONGEST_NOTE = 1000
LONGEST_MOBILE = 40
LONGEST_TRAVEL = 500
LONGEST_HOTEL = 300
LONGEST_REASON = 200


def mode_choices(modes: Iterable[Mode] = Mode) -> dict[str, str]:
    """Return the ways of taking part as choices."""
    words = place_words()
    return {mode.value: words[Place.of(mode)] for mode in modes}


class Lines:
    """Keep a few lines of text, each of them clean."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, form: object, field: Any) -> None:
        lines = [clean_line(line) for line in (field.data or "").splitlines()]
        if None in lines:
            raise ValidationError(_("There is a character in it that cannot be kept."))
        cleaned = "\n".join(line or "" for line in lines).strip()
        if len(cleaned) > self.most:
            raise ValidationError(_("At most %(most)s characters.", most=self.most))
        field.data = cleaned


class AddressIfAny(Address):
    """Refuse what no mail can be sent to; nothing at all is fine."""

    def __call__(self, form: object, field: Any) -> None:
        if field.data:
            super().__call__(form, field)


class PersonForm(FlaskForm):
    """What an organizer can put right about somebody."""

    given_name = StringField(_l("Given name"), [Line(LONGEST_NAME, _l("Write the given name"))])
    family_name = StringField(_l("Family name"), [Line(LONGEST_NAME)])
    email = StringField(_l("E-mail address"), [Line(LONGEST_EMAIL), AddressIfAny()])
    organisation = StringField(_l("Workplace or place of study"), [Line(LONGEST_ORGANISATION)])
    role = SelectField(_l("Role on the badge"), [InputRequired()])
    profession = SelectField(_l("Profession"), [InputRequired()], default=Profession.OTHER.value)
    language = SelectField(_l("Language of mails"), [InputRequired()], choices=dict(LANGUAGES))
    needs_assistance = BooleanField(_l("Needs assistance"))
    mobile = StringField(_l("Mobile"), [Line(LONGEST_MOBILE)])
    travel = TextAreaField(_l("Travel"), [Lines(LONGEST_TRAVEL)])
    hotel = StringField(_l("Hotel"), [Line(LONGEST_HOTEL)])
    dinner = StringField(_l("Dinner"), [Line(LONGEST_HOTEL)])
    note = TextAreaField(_l("Note for organizers"), [Lines(LONGEST_NOTE)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.role.choices = {role.value: words for role, words in role_words().items()}
        self.profession.choices = {one.value: words for one, words in profession_words().items()}

    @classmethod
    def values_of(cls, registration: Registration) -> dict[str, Any]:
        """Return the present facts of somebody, by field."""
        names = ("given_name", "family_name", "email", "organisation", "needs_assistance", "language")
        values = {name: getattr(registration, name) for name in names} | get_details(registration.id)
        return values | {"role": registration.role.value, "profession": registration.profession.value}

    @property
    def badge_role(self) -> BadgeRole:
        """The chosen role, after validation."""
        return BadgeRole(self.role.data)

    @property
    def chosen_profession(self) -> Profession:
        """The chosen profession, after validation."""
        return Profession(self.profession.data)

    def details_kept(self) -> dict[str, str]:
        """Return what only organizers keep, after validation."""
        return {name: self.text(name) for name in DETAIL_FIELDS}

    def text(self, name: str) -> str:
        """Return what was typed in a field, after validation."""
        return self[name].data or ""


class NewPersonForm(PersonForm):
    """A person added by hand; ``override`` gives a place although it is full, for a reason."""

    mode = RadioField(_l("Takes part"), choices={}, validate_choice=False, default=Mode.ONSITE.value)
    meanwhile_digital = BooleanField(_l("A place on the stream while waiting for the room"))
    override = BooleanField(_l("Give a place even when it is full"))
    reason = StringField(_l("Why"), [Line(LONGEST_REASON)])

    def offer(self, modes: list[Mode]) -> None:
        """Show only the modes that the edition offers."""
        self.mode.choices = mode_choices(modes)
        self.mode.flags.required = True
        self.mode.validators = [Chosen(self.mode.choices, _("Choose the room or the stream"))]

    def validate_reason(self, field: StringField) -> None:
        """Ask for a reason where one is needed: the log keeps it."""
        if self.override.data and not field.data:
            raise ValidationError(_("Write why: the log keeps it"))

    def facts(self) -> Facts:
        """Return what the edition's questions may depend on, before validation too."""
        onsite = self.mode.data == Mode.ONSITE
        assistance = bool(self.needs_assistance.data) and onsite
        return Facts(self.mode.data or "", self.profession.data or "", assistance)

    def details(self) -> Details:
        """Return what was typed, after validation."""
        return Details(
            given_name=self.text("given_name"),
            family_name=self.text("family_name"),
            email=self.text("email"),
            organisation=self.text("organisation"),
            profession=self.chosen_profession,
            language=self.text("language"),
            needs_assistance=bool(self.needs_assistance.data),
        )


class ModeForm(FlaskForm):
    """To the other way of taking part."""

    mode = SelectField(_l("Takes part"), [InputRequired()], choices={})

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.mode.choices = mode_choices()


class OutOfTurnForm(ModeForm):
    """A place although it is full, or somebody else is next."""

    reason = StringField(_l("Why"), [Line(LONGEST_REASON, _l("Write why: the log keeps it"))])


class PlacesForm(FlaskForm):
    """How many one way of taking part takes; no number means no limit."""

    capacity = IntegerField(_l("Places"), [Optional(), NumberRange(0, MOST_PLACES)])
    overbooking = IntegerField(_l("Overbooking, in per cent"), [InputRequired(), NumberRange(0, 100)], default=0)
    offer_hours = IntegerField(_l("Offer freed places for so many hours"), [Optional(), NumberRange(1, LONGEST_OFFER)])
    queue_paused = BooleanField(_l("Nobody moves up from the waiting list for now"))
