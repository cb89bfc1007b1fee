"""Consents in words: what is asked, who said so, and what is logged."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from crosslinks.consents.rules import Purpose
from crosslinks.kernel.columns import Texts
from crosslinks.web.languages import LANGUAGES, speaking


def purpose_words(purpose: Purpose, sponsor: str = "") -> str:
    """Return what a consent is for, as a short heading."""
    if purpose is Purpose.SPONSOR:
        return _("Contact by %(sponsor)s", sponsor=sponsor)
    return {
        Purpose.PHOTO: _("Photographs"),
        Purpose.PARTICIPANT_LIST: _("List of participants"),
        Purpose.NEXT_EDITION: _("The next edition"),
    }[purpose]


def question_words(purpose: Purpose, sponsor: str = "") -> str:
    """Return our own wording of a consent, in the language spoken now."""
    if purpose is Purpose.SPONSOR:
        return _(
            "%(sponsor)s may contact me by e-mail. It then gets my name, workplace and e-mail address, and no other "
            "sponsor does.",
            sponsor=sponsor,
        )
    return {
        Purpose.PHOTO: _("You may show photographs in which I can be recognised. Otherwise my badge says “No photo”."),
        Purpose.PARTICIPANT_LIST: _("My name and workplace may stand in the list of participants."),
        Purpose.NEXT_EDITION: _("Write to me when registration for the next edition opens."),
    }[purpose]


def compose_texts(purpose: Purpose, sponsor: str = "", own: Mapping[str, str] | None = None) -> Texts:
    """Return the wording of a consent in every language: the organizer's ``own`` where there is one, else ours."""
    texts = {}
    for code in LANGUAGES:
        texts[code] = (own or {}).get(code, "")
        if not texts[code]:
            with speaking(code):
                texts[code] = question_words(purpose, sponsor)
    return texts
