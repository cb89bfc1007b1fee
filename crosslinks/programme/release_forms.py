"""Forms of publishing a release, and of the letters about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from crosslinks.programme.forms import language_choices
from crosslinks.web.forms import passage
from crosslinks.web.languages import LANGUAGES

MOST_NOTE = 1_000
MOST_OPENING = 2_000
_NOTE = _l("What readers should know about this release, if anything.")


class PublishForm(FlaskForm):
    """A note per language, and which programme the organizer has read."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
    note_en = passage(_l("Note, English"), most=MOST_NOTE, description=_NOTE)
    note_nb = passage(_l("Note, Norwegian"), most=MOST_NOTE, description=_NOTE)

    @property
    def notes(self) -> list[object]:
        """The fields of the notes, for the page."""
        return [self[f"note_{code}"] for code in LANGUAGES]


class DraftForm(FlaskForm):
    """The opening words of a letter, its language, and what is to become of it."""

    opening = passage(
        _l("Your own words"),
        most=MOST_OPENING,
        description=_l("They stand above what changed. Each line is a paragraph."),
    )
    language = SelectField(_l("Language"), [InputRequired()])
    deed = StringField(validators=[AnyOf(("save", "send", "discard"))])

    @classmethod
    def of(cls, opening: str, language: str) -> DraftForm:
        """Return the form of a draft as it is."""
        form = cls(data={"opening": opening, "language": language})
        form.language.choices = language_choices()
        return form


class AllDraftsForm(FlaskForm):
    """What is to become of all the letters that wait."""

    deed = StringField(validators=[AnyOf(("send", "discard"))])
