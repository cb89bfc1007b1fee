"""The form that orders badges."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FloatField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import NumberInput

from crosslinks.documents.operations import BadgeOrder
from crosslinks.documents.queries import BadgeFilter, Selection
from crosslinks.documents.rules import DEFAULT_FORMAT, LARGEST_OFFSET_MM, Calibration, badge_formats
from crosslinks.documents.sheets import role_words
from crosslinks.registration.rules import BadgeRole
from crosslinks.web.forms import WholeNumber
from crosslinks.web.languages import LANGUAGES

_OFFSET = [
    InputRequired(),
    NumberRange(-LARGEST_OFFSET_MM, LARGEST_OFFSET_MM, _l("At most 20 mm in either direction.")),
]
MOST_SKIPPED = 9
EVERY_ROLE = "every"
PEOPLE = re.compile(r"[1-9][0-9]{0,8}(,[1-9][0-9]{0,8})*\Z", re.ASCII)
LONGEST_PEOPLE = 5000


def stock_names() -> dict[str, str]:
    """Return what the stock is called, by its id."""
    words = {
        "a6": _("A6, to be folded, one per page"),
        "a6-4up": _("A6, to be folded, four on A4"),
        "a7-8up": _("A7, eight on A4"),
        "l7418": _("Avery L7418, name badges for holders, eight on A4"),
        "l4785": _("Avery L4785, adhesive name badges, ten on A4"),
        "5392": _("Avery 5392, name badges for holders, six on US Letter"),
        "5395": _("Avery 5395, adhesive name badges, eight on US Letter"),
        "cr80": _("Plastic card CR80, one per page"),
        "label-62x100": _("Label printer, 62 × 100 mm"),
        "label-29x90": _("Label printer, 29 × 90 mm: the name alone, without a code"),
    }
    return {stock.id: words.get(stock.id, stock.name) for stock in badge_formats().values()}


def read_people(text: str) -> tuple[int, ...]:
    """Return the numbers of registrations in ``3,17``; nothing of a text that is not such a list."""
    if len(text) > LONGEST_PEOPLE or not PEOPLE.match(text):
        return ()
    return tuple(dict.fromkeys(int(number) for number in text.split(",")))


class BadgesForm(FlaskForm):
    """Whose badges, on what, in which language, and what the printer needs."""

    selection = RadioField(_l("Whose badges"), [InputRequired()], default=Selection.ALL.value)
    role = SelectField(_l("Role"), [InputRequired()], default=EVERY_ROLE)
    format = SelectField(_l("Badges and paper"), [InputRequired()], default=DEFAULT_FORMAT)
    language = SelectField(_l("Language of the badges"), [InputRequired()], choices=dict(LANGUAGES))
    dx = FloatField(_l("To the right, mm"), _OFFSET, default=0.0, widget=NumberInput(step="0.1"))
    dy = FloatField(_l("Down, mm"), _OFFSET, default=0.0, widget=NumberInput(step="0.1"))
    skip = WholeNumber(
        _l("Badges missing on the first sheet"), [InputRequired(), NumberRange(0, MOST_SKIPPED)], default=0
    )
    people = HiddenField(_l("People"), [Optional(), Length(max=LONGEST_PEOPLE), Regexp(PEOPLE)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.selection.choices = {Selection.ALL.value: _("Everybody"), Selection.NEW.value: _("Not yet printed")}
        self.role.choices = {EVERY_ROLE: _("All roles")} | {role.value: word for role, word in role_words().items()}
        self.format.choices = stock_names()

    def order(self) -> BadgeOrder:
        """Return what was ordered, of the people named alone where some are; only after validation."""
        chosen = BadgeFilter(registration_ids=read_people(self.people.data or ""))
        if not chosen.registration_ids:
            role = None if self.role.data == EVERY_ROLE else BadgeRole(self.role.data)
            chosen = BadgeFilter(Selection(self.selection.data), role)
        calibration = Calibration(self.dx.data or 0.0, self.dy.data or 0.0, self.skip.data or 0)
        return BadgeOrder(chosen, self.format.data or DEFAULT_FORMAT, self.language.data or "en", calibration)
