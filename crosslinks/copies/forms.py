"""Forms of next year's edition, of a file that is sent, and of what its edition shall be called."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp, ValidationError

from crosslinks.editions.forms import SLUG
from crosslinks.web.forms import WholeNumber

FIRST_YEAR, LAST_YEAR = 1971, 2998


def _slug() -> StringField:
    return StringField(
        _l("Address, such as 2027"),
        [
            DataRequired(),
            Length(max=60),
            Regexp(SLUG, message=_l("Only small letters, digits and hyphens, as in 2027.")),
        ],
    )


def _number() -> WholeNumber:
    return WholeNumber(_l("Number of the edition"), [InputRequired(), NumberRange(1, 9999)])


class NextYearForm(FlaskForm):
    """When next year's edition is and how it is called."""

    day = DateField(_l("First day"), [DataRequired()])
    slug = _slug()
    number = _number()
    sessions = BooleanField(_l("Begin with this year's sessions and breaks, without talks and people"))

    def validate_day(self, field: DateField) -> None:
        """Refuse a day that no calendar of ours reaches."""
        if isinstance(field.data, date) and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(_("Choose a year from %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))


class UploadForm(FlaskForm):
    """A file with an edition."""

    file = FileField(_l("File of an edition"), [FileRequired(_l("Choose a file"))])


class TakeForm(FlaskForm):
    """What the edition of a file shall be called here."""

    slug = _slug()
    number = _number()
