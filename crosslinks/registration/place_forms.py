"""The organizers' forms about places: a line, a kept place, when to ask whether people come."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from crosslinks.editions.rules import Mode
from crosslinks.editions.times import to_utc
from crosslinks.kernel.errors import Invalid
from crosslinks.registration.desk_forms import MOST_PLACES, mode_choices
from crosslinks.registration.forms import Chosen, Line
from crosslinks.registration.reservations import LONGEST_LABEL


class MoveForm(FlaskForm):
    """From one number of a line to another."""

    number = IntegerField(_l("Move number"), [InputRequired(), NumberRange(1, MOST_PLACES)])
    to = IntegerField(_l("To number"), [InputRequired(), NumberRange(1, MOST_PLACES)])


def _moment(label: Any) -> DateTimeLocalField:
    return DateTimeLocalField(label, [InputRequired()])


class TimesForm(FlaskForm):
    """A form with moments that are typed in the edition's zone."""

    def moments(self, zone: ZoneInfo) -> dict[str, datetime] | None:
        """Return the moments in UTC; None, with the error noted, when the clock skips one of them."""
        found = {}
        for field in self:
            if isinstance(field, DateTimeLocalField) and field.data is not None:
                try:
                    found[field.short_name] = to_utc(field.data, zone)
                except (Invalid, OverflowError):
                    field.errors = [_("There is no such hour on that day.")]
                    return None
        return found


class ReserveForm(TimesForm):
    """A place kept for somebody who is yet to come."""

    mode = RadioField(_l("Takes part"), choices={}, validate_choice=False, default=Mode.ONSITE.value)
    label = StringField(_l("For whom"), [Line(LONGEST_LABEL, _l("Write for whom the place is kept"))])
    expires_at = _moment(_l("Kept until"))

    def offer(self, modes: list[Mode]) -> None:
        """Show only the modes that the edition offers."""
        self.mode.choices = mode_choices(modes)
        self.mode.flags.required = True
        self.mode.validators = [Chosen(self.mode.choices, _("Choose the room or the stream"))]


class ComingForm(TimesForm):
    """When to ask people whether they really come, to warn them, and to give unconfirmed places on."""

    ask_at = _moment(_l("Ask"))
    warn_at = _moment(_l("Warn those who have not answered"))
    release_at = _moment(_l("Give unconfirmed places on"))

    def validate_warn_at(self, field: DateTimeLocalField) -> None:
        """Warn after asking."""
        if field.data and self.ask_at.data and field.data <= self.ask_at.data:
            raise ValidationError(_("First ask, then warn."))

    def validate_release_at(self, field: DateTimeLocalField) -> None:
        """Give on after warning."""
        if field.data and self.warn_at.data and field.data <= self.warn_at.data:
            raise ValidationError(_("First warn, then give the place on."))
