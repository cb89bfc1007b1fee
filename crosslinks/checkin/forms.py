"""Forms of the organizer's door pages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, Form, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from crosslinks.checkin.rules import GateKind, Outcome, slug_of
from crosslinks.editions.times import to_utc
from crosslinks.kernel.errors import Invalid
from crosslinks.web.forms import NoNul, WholeNumber

LAST_PAGE = 1_000_000
CENTURY = 100


class GateForm(FlaskForm):
    """What a gate is called."""

    name = StringField(_l("Name of the gate"), [DataRequired(), Length(max=120), NoNul()])

    def validate_name(self, field: StringField) -> None:
        """Ask for at least one letter or digit, as commands call the gate by them."""
        field.data = " ".join((field.data or "").split())
        if not slug_of(field.data):
            raise ValidationError(_("Use at least one letter or digit."))


class LinkForm(FlaskForm):
    """A door link to be made; times are typed in the edition's zone."""

    gate = SelectField(_l("Gate"), [InputRequired()])
    kind = SelectField(_l("For"), [InputRequired()])
    valid_from = DateTimeLocalField(_l("From"), [DataRequired()])
    valid_until = DateTimeLocalField(_l("Until"), [DataRequired()])

    def offer(self, gates: list[tuple[str, str]]) -> None:
        """Set what can be chosen."""
        self.gate.choices = gates
        self.kind.choices = [
            (GateKind.LANE.value, _("Five lanes: scan and let in")),
            (GateKind.DESK.value, _("One desk: also search for names")),
        ]

    def validate_valid_until(self, field: DateTimeLocalField) -> None:
        """Refuse a window that ends before it starts."""
        if field.data and self.valid_from.data and field.data <= self.valid_from.data:
            raise ValidationError(_("It must end after it starts."))

    def window(self, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """Return from and until in UTC; None, with the error noted, when a time does not exist."""
        moments = []
        for field in (self.valid_from, self.valid_until):
            typed = field.data
            if typed is None or abs(typed.year - 2050) > CENTURY / 2:
                field.errors = [_("Choose a day of this century.")]
                return None
            try:
                moments.append(to_utc(typed, zone))
            except Invalid:
                field.errors = [_("The clock skips that hour on that day.")]
                return None
        return moments[0], moments[1]


class ScanLogForm(Form):
    """What to show of the scans; read from the address."""

    q = StringField(_l("Search"), [Optional(), Length(max=100), NoNul()])
    outcome = SelectField(_l("Answer"), validate_choice=False, default="")
    gate = WholeNumber(_l("Gate"), [Optional(), NumberRange(1, 2**31 - 1)])
    conflicts = BooleanField()
    page = WholeNumber(validators=[Optional(), NumberRange(1, LAST_PAGE)], default=1)

    def validate_outcome(self, field: SelectField) -> None:
        """Refuse an answer that does not exist."""
        if field.data and field.data not in set(Outcome):
            raise ValidationError(_("There is no such answer."))
