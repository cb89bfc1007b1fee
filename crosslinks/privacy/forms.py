"""Why somebody is erased."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired

from crosslinks.privacy.wording import reason_words


class EraseForm(FlaskForm):
    """A reason chosen from a list: one that was written could name the person."""

    reason = RadioField(_l("Why"), validators=[InputRequired(_l("Choose why"))])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reason.choices = [(reason.value, words) for reason, words in reason_words().items()]
