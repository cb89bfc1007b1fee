"""The organizers' forms: what an edition asks, and a withdrawal that came by other ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from crosslinks.consents.models import ConsentAsk
from crosslinks.consents.rules import ASKED_BY_EDITION, Purpose
from crosslinks.kernel.columns import Texts
from crosslinks.web.forms import line, spread_texts, typed_texts

LONGEST_TEXT = 500
LONGEST_REASON = 300


def _text(label: str) -> Any:
    return line(label, most=LONGEST_TEXT)


class AskForm(FlaskForm):
    """Which consents an edition asks for, and in whose words."""

    photo_asked = BooleanField(_l("Ask for it"))
    photo_en = _text(_l("Words of your own, in English"))
    photo_nb = _text(_l("Words of your own, in Norwegian"))
    participant_list_asked = BooleanField(_l("Ask for it"))
    participant_list_en = _text(_l("Words of your own, in English"))
    participant_list_nb = _text(_l("Words of your own, in Norwegian"))
    next_edition_asked = BooleanField(_l("Ask for it"))
    next_edition_en = _text(_l("Words of your own, in English"))
    next_edition_nb = _text(_l("Words of your own, in Norwegian"))

    @classmethod
    def of(cls, asks: Mapping[Purpose, ConsentAsk]) -> AskForm:
        """Return the form filled with what is asked now, or with what was just sent."""
        values: dict[str, Any] = {}
        for purpose in ASKED_BY_EDITION:
            ask = asks.get(purpose)
            values[f"{purpose.value}_asked"] = ask is not None and ask.asked
            values |= spread_texts(purpose.value, ask.texts if ask else None)
        return cls(data=values)

    def is_asked(self, purpose: Purpose) -> bool:
        """Return whether a purpose was ticked."""
        return bool(self[f"{purpose.value}_asked"].data)

    def texts(self, purpose: Purpose) -> Texts:
        """Return the organizer's own words for a purpose."""
        return typed_texts(self, purpose.value)


class WithdrawalForm(FlaskForm):
    """A withdrawal that somebody told otherwise than by their own page."""

    topic = SelectField(_l("Withdrawn"), [InputRequired()], choices={})
    reason = line(_l("How and when you heard of it"), most=LONGEST_REASON, required=True)
