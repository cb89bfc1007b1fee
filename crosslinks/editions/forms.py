"""Forms of an edition's settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import LANGUAGES, EditionState
from crosslinks.editions.times import to_local, to_utc
from crosslinks.kernel.errors import Invalid
from crosslinks.web.forms import NoNul, WholeNumber

TEXT_FIELDS = ("theme", "lead", "about", "audience")
LOCAL_TIMES = (
    "starts_at", "ends_at", "doors_at", "registration_opens_at", "registration_closes_at", "answers_until",
)  # fmt: skip
PLAIN_FIELDS = ("number", "time_zone", "erase_on", "venue_name", "venue_address", "venue_city")
LONG_TEXT = 20_000
SHORT_TEXT = 300
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _line(label: str, *, most: int = SHORT_TEXT, required: bool = False) -> StringField:
    needed = DataRequired() if required else Optional()
    return StringField(label, [needed, Length(max=most), NoNul()])


def _text(label: str) -> TextAreaField:
    return TextAreaField(label, [Optional(), Length(max=LONG_TEXT), NoNul()])


def _moment(label: str, *, required: bool = False) -> DateTimeLocalField:
    return DateTimeLocalField(label, [DataRequired() if required else Optional()])


class EditionForm(FlaskForm):
    """The facts and texts of one edition; times are typed in the edition's zone."""

    number = WholeNumber(_l("Number of the edition"), [InputRequired(), NumberRange(1, 9999)])
    theme_en = _line(_l("Theme, in English"))
    theme_nb = _line(_l("Theme, in Norwegian"))
    lead_en = _line(_l("In one sentence, in English"), most=600)
    lead_nb = _line(_l("In one sentence, in Norwegian"), most=600)
    about_en = _text(_l("What it is, in English"))
    about_nb = _text(_l("What it is, in Norwegian"))
    audience_en = _text(_l("Who it is for, in English"))
    audience_nb = _text(_l("Who it is for, in Norwegian"))
    venue_name = _line(_l("Venue"), most=200)
    venue_address = _line(_l("Address of the venue"))
    venue_city = _line(_l("City"), most=100)
    time_zone = StringField(_l("Time zone"), [DataRequired(), Length(max=60)])
    starts_at = _moment(_l("Programme starts"), required=True)
    ends_at = _moment(_l("Programme ends"), required=True)
    doors_at = _moment(_l("Doors open"))
    registration_opens_at = _moment(_l("Registration opens"))
    registration_closes_at = _moment(_l("Registration closes"))
    answers_until = _moment(_l("Answers can be changed until"))
    erase_on = DateField(_l("Registrations are erased on"), [DataRequired()])

    @classmethod
    def of(cls, edition: Edition) -> EditionForm:
        """Return the form filled with the edition's present facts, or with what was just sent."""
        values: dict[str, Any] = {name: getattr(edition, name) for name in PLAIN_FIELDS}
        for name in LOCAL_TIMES:
            moment: datetime | None = getattr(edition, name)
            values[name] = None if moment is None else to_local(moment, edition.zone)
        for name in TEXT_FIELDS:
            values |= {f"{name}_{code}": getattr(edition, name).get(code, "") for code in LANGUAGES}
        return cls(data=values)

    def validate_time_zone(self, field: StringField) -> None:
        """Take only a name of the time zone database."""
        if field.data not in available_timezones():
            raise ValidationError(_("There is no such time zone, as in Europe/Oslo."))

    def validate_ends_at(self, field: DateTimeLocalField) -> None:
        """Refuse an edition that ends before it starts."""
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_("It must end after it starts."))

    def validate_registration_closes_at(self, field: DateTimeLocalField) -> None:
        """Refuse a window that closes before it opens."""
        if field.data and self.registration_opens_at.data and field.data <= self.registration_opens_at.data:
            raise ValidationError(_("It must close after it opens."))

    def validate_erase_on(self, field: DateField) -> None:
        """Refuse to erase anybody before the day is over."""
        if field.data and self.ends_at.data and field.data <= self.ends_at.data.date():
            raise ValidationError(_("It must be after the day itself."))

    def changes(self) -> dict[str, Any] | None:
        """Return the fields as typed, moments in UTC; None, with the error noted, when a time does not exist."""
        zone = ZoneInfo(str(self.time_zone.data))
        values: dict[str, Any] = {name: self[name].data for name in PLAIN_FIELDS}
        values = {name: "" if value is None else value for name, value in values.items()}
        for name in LOCAL_TIMES:
            typed = self[name].data
            try:
                values[name] = None if typed is None else to_utc(typed, zone)
            except Invalid:
                self[name].errors = [_("The clock skips that hour on that day.")]
                return None
        for name in TEXT_FIELDS:
            texts = {code: (self[f"{name}_{code}"].data or "").strip() for code in LANGUAGES}
            values[name] = {code: text for code, text in texts.items() if text}
        return values


class StateForm(FlaskForm):
    """Publish, archive or take back."""

    state = SelectField(choices={state.value: state.value for state in EditionState}, validators=[InputRequired()])


class NewEditionForm(FlaskForm):
    """The least that makes a new edition: the rest is filled in on its settings page."""

    slug = StringField(
        _l("Address, such as 2027"),
        [
            DataRequired(),
            Length(max=60),
            Regexp(SLUG, message=_l("Only small letters, digits and hyphens, as in 2027.")),
        ],
    )
    number = WholeNumber(_l("Number of the edition"), [InputRequired(), NumberRange(1, 9999)])
    starts_at = _moment(_l("Programme starts"), required=True)
    ends_at = _moment(_l("Programme ends"), required=True)
    onsite = WholeNumber(_l("Places in the room"), [Optional(), NumberRange(0, 1_000_000)])
    digital = WholeNumber(_l("Places on the stream"), [Optional(), NumberRange(0, 1_000_000)])

    def validate_ends_at(self, field: DateTimeLocalField) -> None:
        """Refuse an edition that ends before it starts."""
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_("It must end after it starts."))
