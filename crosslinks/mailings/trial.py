"""A letter that organizers send to themselves before anybody gets it: the words that they typed, somebody invented."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from crosslinks.editions.queries import get_edition_by_id
from crosslinks.mail.reasons import LETTER_GONE
from crosslinks.mail.rules import Letter, LetterKept, Outcome, Rendered
from crosslinks.mailings.sample_letters import sample_letter
from crosslinks.mailings.wording import EDITABLE, words_of
from crosslinks.web.languages import speaking

KIND = "mailings.test"


def trial_letter(letter: Letter) -> Rendered:
    """Render a letter to somebody invented, marked as a test; its links open nothing."""
    key = EDITABLE.get(letter.data["letter"])
    if key is None or letter.edition_id is None:
        raise LetterKept(Outcome.WITHHELD, LETTER_GONE)
    made = sample_letter(get_edition_by_id(letter.edition_id), key, letter.language, words_of(letter.data["words"]))
    with speaking(letter.language):
        return replace(made, subject=_("Test: %(subject)s", subject=made.subject))


LETTERS = {KIND: trial_letter}
