"""The form of what an edition's practical page says."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from crosslinks.editions.models import Edition
from crosslinks.web.forms import passage, spread_texts, typed_texts
from crosslinks.web.languages import LANGUAGES, speaking

PASSAGES = ("travel", "access", "accessibility", "practical", "conduct", "contact")
"""The parts of the page, in its order."""
LONGEST = 20_000


class PagesForm(FlaskForm):
    """The parts of the practical page in each language; a part that is empty in both is left out."""

    travel_en = passage(_l("Getting there, in English"), most=LONGEST)
    travel_nb = passage(_l("Getting there, in Norwegian"), most=LONGEST)
    access_en = passage(_l("Getting in, in English"), most=LONGEST)
    access_nb = passage(_l("Getting in, in Norwegian"), most=LONGEST)
    accessibility_en = passage(_l("Accessibility at the venue, in English"), most=LONGEST)
    accessibility_nb = passage(_l("Accessibility at the venue, in Norwegian"), most=LONGEST)
    practical_en = passage(_l("More, in English"), most=LONGEST)
    practical_nb = passage(_l("More, in Norwegian"), most=LONGEST)
    conduct_en = passage(_l("Code of conduct, in English"), most=LONGEST)
    conduct_nb = passage(_l("Code of conduct, in Norwegian"), most=LONGEST)
    contact_en = passage(_l("Contact, in English"), most=LONGEST)
    contact_nb = passage(_l("Contact, in Norwegian"), most=LONGEST)

    @classmethod
    def of(cls, edition: Edition, suggested: str = "") -> PagesForm:
        """Return the form filled with the present words, with what was just sent, or with a text of ours to begin by.

        ``suggested`` names the part that gets our text, in the languages in which it has none.
        """
        values: dict[str, Any] = {}
        for name in PASSAGES:
            present = getattr(edition, name)
            values |= spread_texts(name, present)
            if name == suggested == "conduct":
                values |= spread_texts(name, {**_our_conduct(), **present})
        return cls(data=values)

    def changes(self) -> dict[str, Any]:
        """Return the fields as typed."""
        return {name: typed_texts(self, name) for name in PASSAGES}


def _our_conduct() -> dict[str, str]:
    found = {}
    for code in LANGUAGES:
        with speaking(code):
            found[code] = str(
                _(
                    "We want everybody to be able to take part, to ask and to disagree.\n\n"
                    "- Speak about the matter, never about the person.\n"
                    "- No harassment, no slurs, no unwelcome attention, in the room or on the stream.\n"
                    "- Ask before you photograph somebody. “No photo” on a badge means no photo.\n"
                    "- What is said about a patient stays here.\n\n"
                    "Has something happened, or do you feel unsafe? Tell anybody with an organiser’s badge, or write "
                    "to us. We listen, keep it to ourselves and may ask somebody to leave."
                )
            )
    return found
