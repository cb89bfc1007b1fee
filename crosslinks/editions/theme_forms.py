"""The form of how a conference looks."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from crosslinks.editions.models import Conference
from crosslinks.web.colours import read_colour
from crosslinks.web.forms import NoNul, line, spread_texts, typed_texts
from crosslinks.web.theme import HUES, READABLE, accent_number, nearest_readable, own_colour, worst_contrast

OWN = "own"


def hue_words() -> dict[int, str]:
    """Return what the hues to choose from are called."""
    names = (
        _("Sea green"), _("Teal"), _("Petrol"), _("Lake blue"), _("Blue"), _("Ink blue"), _("Indigo"),
        _("Blue-violet"), _("Violet"), _("Plum"), _("Magenta"), _("Raspberry"),
    )  # fmt: skip
    return dict(zip(HUES, names, strict=True))


class ThemeForm(FlaskForm):
    """Accent, logo and cover picture of a conference, for all its editions."""

    accent = RadioField(_l("Accent colour"), [InputRequired()])
    colour = StringField(
        _l("Own colour"), [Optional(), Length(max=20), NoNul()], description=_l("As in #3e2e7b, from your brand book.")
    )
    logo = FileField(_l("Logo"), description=_l("PNG, WebP or JPEG, at most 10 MB. Best with a transparent ground."))
    remove_logo = BooleanField(_l("Remove the logo"))
    logo_dark = FileField(
        _l("Logo for dark screens"), description=_l("Without one, the first stands on a light plate in the dark.")
    )
    remove_logo_dark = BooleanField(_l("Remove the logo for dark screens"))
    cover = FileField(_l("Cover picture"), description=_l("Wide, at least 1,600 pixels. It stands on the home page."))
    remove_cover = BooleanField(_l("Remove the cover picture"))
    cover_alt_en = line(_l("What the cover shows, in English"), most=500)
    cover_alt_nb = line(_l("What the cover shows, in Norwegian"), most=500)
    cover_credit = line(_l("Photo credit"), most=200)

    suggestion = ""
    """The nearest colour that can be read, when the typed one cannot."""
    has_cover = False

    @classmethod
    def of(cls, conference: Conference, suggested: str = "") -> ThemeForm:
        """Return the form filled with the present look, or with what was just sent.

        ``suggested`` is our colour that the organizer took in place of the typed one.
        """
        own = own_colour(conference.hue)
        values: dict[str, Any] = {"accent": OWN if own else str(conference.hue), "colour": own}
        values |= spread_texts("cover_alt", conference.cover_alt) | {"cover_credit": conference.cover_credit}
        form = cls(data=values)
        form.has_cover = bool(conference.cover)
        form.accent.choices = [(str(hue), words) for hue, words in hue_words().items()] + [(OWN, _("Own colour"))]
        if suggested:
            form.accent.data, form.colour.data = OWN, suggested
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, that an own colour can be read, and that a cover is described."""
        good = super().validate(extra_validators)
        return all((good, self._has_readable_accent(), self._has_described_cover()))

    def _has_readable_accent(self) -> bool:
        if self.accent.data != OWN:
            return True
        colour = read_colour(self.colour.data or "")
        if colour is None:
            self.colour.errors = [_("Write a colour as # and six digits, as in #3e2e7b.")]
            return False
        worst = worst_contrast(accent_number(colour))
        if worst >= READABLE:
            return True
        self.suggestion = nearest_readable(colour)
        self.colour.errors = [
            _(
                "%(colour)s is too pale to be read: its contrast is %(ratio)s to 1, and text needs 4.5 to 1. The "
                "nearest that can be read is %(other)s.",
                colour=colour, ratio=f"{worst:.1f}", other=self.suggestion,
            )
        ]  # fmt: skip
        return False

    def _has_described_cover(self) -> bool:
        sent = bool(getattr(self.cover.data, "filename", ""))
        if not (sent or (self.has_cover and not self.remove_cover.data)) or typed_texts(self, "cover_alt"):
            return True
        self.cover_alt_en.errors = [_("Describe the picture before everybody sees it.")]
        return False

    def changes(self) -> dict[str, Any]:
        """Return the accent and the words, without pictures; only after validation."""
        accent = self.accent.data or ""
        number = accent_number(read_colour(self.colour.data or "") or "") if accent == OWN else int(accent)
        return {
            "hue": number,
            "cover_alt": typed_texts(self, "cover_alt"),
            "cover_credit": self.cover_credit.data or "",
        }
