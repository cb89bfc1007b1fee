"""Letters to somebody invented, for organizers to look at before anybody gets one; and what our own words are."""

from __future__ import annotations

from typing import Any

from crosslinks.editions.models import Edition
from crosslinks.mail.delivery import make_letter
from crosslinks.mail.rules import Fact, Letter, Rendered, Words
from crosslinks.mailings.catalogue import names_of, sample_facts
from crosslinks.mailings.rules import DEFAULTS, Step
from crosslinks.mailings.wording import LetterKey
from crosslinks.registration.letters import facts_about
from crosslinks.web.languages import speaking

NAME = "Ingrid Nordlie"
ADDRESS = "ingrid@example.org"
TOLD_APART = 4711
"""A position that stands nowhere else in a letter, to find it again."""
PUT_BACK = ("edition", "theme", "weekday", "day", "given_name", "time", "position")
SHORTEST = 2


def sample_letter_to(edition: Edition, key: LetterKey, language: str, words: Words, **data: Any) -> Letter:
    """Return a letter to somebody invented in this edition, with ``words`` as they are typed."""
    return Letter(
        kind=key.kind,
        language=language,
        to_address=ADDRESS,
        to_name=NAME,
        data={
            "name": NAME,
            "edition": edition.title,
            "starts_at": edition.starts_at.isoformat(),
            "ends_at": edition.ends_at.isoformat(),
            "zone": edition.time_zone,
            "mode": _mode(key),
            "held": "none" if key.kind in {"registration.waiting", "registration.cancelled"} else _mode(key),
            "variant": key.variant,
            "position": sample_facts()["position"],
            "days_left": -DEFAULTS[key.step or Step.LAST].days,
            **data,
        },
        message_id="",
        edition_id=edition.id,
        registration_id=None,
        account_id=None,
        preview=True,
        words=words,
    )


def _mode(key: LetterKey) -> str:
    return key.variant if key.variant in {"onsite", "digital"} else "onsite"


def sample_letter(edition: Edition, key: LetterKey, language: str, words: Words) -> Rendered:
    """Render a letter to somebody invented; raises ``LetterBroken``, also when the words cannot be filled."""
    return make_letter(sample_letter_to(edition, key, language, words))


def facts_to_try(edition: Edition, key: LetterKey, language: str) -> dict[str, Fact]:
    """Return what somebody invented would get in this edition: empty where the edition lacks something."""
    given = facts_about(sample_letter_to(edition, key, language, Words()))
    with speaking(language):
        return {name: value for name, value in (sample_facts() | given).items() if name in names_of(key.kind)}


def our_words(edition: Edition, key: LetterKey, language: str) -> dict[str, str]:
    """Return our own subject, heading and opening of a letter as an organizer would type them, and no closing."""
    letter = sample_letter_to(edition, key, language, Words(show_ours=True), position=TOLD_APART)
    facts = {**facts_to_try(edition, key, language), "position": TOLD_APART}
    ours = make_letter(letter).ours
    values = {str(facts[name]): name for name in PUT_BACK if name in facts and len(str(facts[name])) > SHORTEST}
    return {part: _with_placeholders(ours.get(part, ""), values) for part in ("subject", "heading", "opening")}


def _with_placeholders(text: str, values: dict[str, str]) -> str:
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "{{ " + values[value] + " }}")
    return " ".join(text.split()) if "\n" not in text else text
