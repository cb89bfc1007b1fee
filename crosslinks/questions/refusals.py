"""Why a change of the form is refused, in words, and beside which field."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.kernel.errors import CrosslinksError
from crosslinks.questions.rules import MOST_OPTIONS, MOST_QUESTIONS


def refusal(error: CrosslinksError) -> tuple[str, str]:
    """Return ``(field, words)`` of a refused change; the error is raised again when it is none of the form's."""
    name = error.message
    known = {
        "question.kind_has_answers": (
            "kind",
            _("It has answers, so its kind stays. Retire it and make a new question instead."),
        ),
        "question.consent_has_answers": (
            "explicit_consent",
            _("It has answers that were given without. Retire it and make a new question instead."),
        ),
        "question.misplaced": (
            "shown_if",
            _("“%(name)s” has to come after what it depends on, and be asked of the same people.", name=name),
        ),
        "question.option_needed": (
            "options",
            _("“%(name)s” depends on an answer that would be gone. Change that question first.", name=name),
        ),
        "question.options_missing": ("options", _("Write at least one choice")),
        "question.option_unknown": ("options", _("The choices have changed meanwhile. Load the page again.")),
        "question.too_many_options": ("options", _("At most %(most)s choices, retired ones too.", most=MOST_OPTIONS)),
        "question.label_missing": ("label_en", _("Write the question")),
        "question.consent_missing": ("consent_en", _("Write what they agree to")),
        "question.diet_onsite": ("asked_of", _("Food is for those in the room only.")),
        "question.too_many": ("", _("There are %(most)s questions already. Delete one first.", most=MOST_QUESTIONS)),
        "question.unknown": ("", _("The questions have changed meanwhile. Load the page again.")),
        "preset.used": ("", _("That question is in the form already, or among the retired ones.")),
    }
    if error.code not in known:
        raise error
    return known[error.code]
