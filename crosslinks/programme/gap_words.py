"""What is missing of somebody, and what they may have answered, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.programme.rules import Gap


def gap_words() -> dict[Gap, str]:
    """Return each thing that may be missing, in the reader's language, as a list names it."""
    return {
        Gap.CONFIRMATION: _("answer whether they come"),
        Gap.PORTRAIT: _("portrait"),
        Gap.BIOGRAPHY: _("text about them"),
        Gap.DISCLOSURE: _("disclosure of interests"),
        Gap.SLIDES: _("slides"),
        Gap.RECORDING: _("answer about the recording"),
    }


def asked_words() -> dict[Gap, str]:
    """Return the same things as we ask the person for them."""
    return {
        Gap.CONFIRMATION: _("Tell us whether you come"),
        Gap.PORTRAIT: _("A portrait of you"),
        Gap.BIOGRAPHY: _("A short text about you"),
        Gap.DISCLOSURE: _("Your disclosure of interests, or that there is nothing to disclose"),
        Gap.SLIDES: _("Your slides"),
        Gap.RECORDING: _("Whether the recording of your talk may be shown"),
    }
