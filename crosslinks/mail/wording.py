"""Where a letter learns which of its words an organizer has put in place of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from flask import current_app

from crosslinks.mail.rules import Fact, Letter, Words

WordsFinder = Callable[[Letter, str, Mapping[str, Fact]], Words]


def own_words(letter: Letter, variant: str, facts: Mapping[str, Fact]) -> Words:
    """Return an organizer's words for a letter, filled with ``facts``; raises ``UnfilledLetter``.

    ``variant`` tells letters of one kind apart. What finds the words stands higher; ``app.py`` plugs it in.
    """
    return cast("WordsFinder", current_app.extensions["crosslinks.words"])(letter, variant, facts)
