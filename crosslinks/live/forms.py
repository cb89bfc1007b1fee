"""The form of an edition's stream."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from crosslinks.editions.models import Edition
from crosslinks.kernel.errors import Invalid
from crosslinks.live.models import Stream
from crosslinks.live.players import LONGEST_ADDRESS, check_address
from crosslinks.live.rules import LONGEST_LEAD, USUAL_LEAD, StreamKind
from crosslinks.web.forms import WholeNumber, line, spread_texts

MOST_CAPTIONS = 200


def address_words(code: str) -> str:
    """Return what is wrong with the address of a stream."""
    return {
        "stream.too_long": _("The address is too long."),
        "stream.characters": _("There is a character in it that no address has, such as a space or a quote."),
        "stream.not_https": _("It must begin with https://, so that nobody can change it on the way."),
        "stream.password": _("There is a name or a password in the address. Leave it out."),
    }.get(code, _("There is no host in the address, as in https://video.example.org/live."))


class StreamForm(FlaskForm):
    """Where the stream is, from when on, and what is said about captions."""

    kind = RadioField(_l("How people watch"), [InputRequired()])
    address = line(_l("Address of the stream"), most=LONGEST_ADDRESS)
    opens_before = WholeNumber(
        _l("Opens, in minutes before the programme"), [InputRequired(), NumberRange(0, LONGEST_LEAD)]
    )
    captions_en = line(_l("About captions, in English"), most=MOST_CAPTIONS)
    captions_nb = line(_l("About captions, in Norwegian"), most=MOST_CAPTIONS)

    @classmethod
    def of(cls, edition: Edition, stream: Stream | None) -> StreamForm:
        """Return the form filled with what is set, or with what was just sent."""
        values: dict[str, object] = {"kind": StreamKind.EMBED.value, "opens_before": USUAL_LEAD}
        if stream is not None:
            values = {"kind": stream.kind.value, "address": stream.address, "opens_before": stream.opens_before}
            values |= spread_texts("captions", stream.captions)
        form = cls(data=values)
        form.kind.choices = {
            StreamKind.EMBED.value: _("In a player on the page"),
            StreamKind.LINK.value: _("By a link to another page"),
        }
        return form

    def validate_address(self, field: object) -> None:
        """Refuse what cannot be used, and say why."""
        typed = self.address.data or ""
        if not typed:
            return
        try:
            check_address(typed)
        except Invalid as error:
            raise ValidationError(address_words(error.code)) from error
