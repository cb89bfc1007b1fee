"""Which letters an organizer may word anew, finding their words, and filling them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from crosslinks.kernel.db import db
from crosslinks.mail.rules import Fact, Letter, UnfilledLetter, Words
from crosslinks.mailings.models import LetterTemplate
from crosslinks.mailings.placeholders import render_line, render_text
from crosslinks.mailings.rules import Step

PARTS = ("subject", "heading", "opening", "closing")
LINES = frozenset({"subject", "heading"})
ONSITE, DIGITAL = "onsite", "digital"


@dataclass(frozen=True)
class LetterKey:
    """One letter that can be worded: a kind, and which of the kind's letters."""

    kind: str
    variant: str = ""

    @property
    def slug(self) -> str:
        """The letter as an address names it."""
        return f"{self.kind}.{self.variant}" if self.variant else self.kind

    @property
    def step(self) -> Step | None:
        """The scheduled step whose letter it is, if it is one's."""
        return next((step for step in Step if step.kind == self.kind), None)


EDITABLE: dict[str, LetterKey] = {
    key.slug: key
    for key in (
        *(
            LetterKey(f"registration.{kind}", variant)
            for kind in ("confirmed", "promoted", "switched")
            for variant in (ONSITE, DIGITAL)
        ),
        LetterKey("registration.waiting"),
        LetterKey("registration.cancelled"),
        LetterKey("registration.already"),
        *(LetterKey(step.kind, variant) for step in Step for variant in step.variants),
    )
}


def find_template(edition_id: int, key: LetterKey) -> LetterTemplate | None:
    """Return the row of an organizer's words for a letter, or None while it has always been ours."""
    return db.session.scalar(
        select(LetterTemplate).where(
            LetterTemplate.edition_id == edition_id,
            LetterTemplate.kind == key.kind,
            LetterTemplate.variant == key.variant,
        )
    )


def find_words(letter: Letter, variant: str, facts: Mapping[str, Fact]) -> Words:
    """Return an organizer's words for a letter, filled; ours where there are none. Raises ``UnfilledLetter``.

    Words that are only tried come with the letter.
    """
    if letter.words is not None:
        return fill_words(letter.words, facts)
    if letter.edition_id is None:
        return Words()
    key = LetterKey(letter.kind, variant)
    found = find_template(letter.edition_id, key) if key.slug in EDITABLE else None
    if found is None:
        return Words()
    try:
        return fill_words(words_in(found, letter.language), facts)
    except UnfilledLetter as error:
        raise UnfilledLetter(str(error), names=error.names, letter=key.slug, language=letter.language) from error


def words_in(template: LetterTemplate | None, language: str) -> Words:
    """Return an organizer's words in one language as they were typed; empty where they are ours."""
    if template is None:
        return Words()
    return words_of({part: getattr(template, part).get(language, "") for part in PARTS})


def words_of(parts: Mapping[str, str]) -> Words:
    """Return the words that ``parts`` hold by name."""
    return Words(subject=parts["subject"], heading=parts["heading"], opening=parts["opening"], closing=parts["closing"])


def fill_words(words: Words, facts: Mapping[str, Fact]) -> Words:
    """Return words with every placeholder filled, passages as text and as HTML; raises ``UnfilledLetter``."""
    opening, closing = render_text(words.opening, facts), render_text(words.closing, facts)
    return replace(
        words,
        subject=render_line(words.subject, facts),
        heading=render_line(words.heading, facts),
        opening=opening.text,
        opening_html=opening.html,
        closing=closing.text,
        closing_html=closing.html,
    )
