"""Letters: both twins, the language spoken, styles inlined, nothing left unfilled."""

from __future__ import annotations

import pytest
from flask import Flask
from jinja2 import UndefinedError

from crosslinks.mail.rules import Letter
from crosslinks.web.languages import current_language
from tests.mail.letters import TOKEN, letters_known, place_letter


def letter(language: str = "en", **data: str) -> Letter:
    return Letter("place", language, "kari@example.org", "Kari", data, "<a@example.org>", None, None, None)


def test_a_letter_has_a_subject_a_text_and_a_page_that_needs_no_stylesheet(app: Flask) -> None:
    with letters_known(app):
        made = place_letter(letter(name="Kari <b>"))
    assert made.subject == "Your place at Cancer Crosslinks"
    assert made.text.startswith("You have a place in the room, Kari <b>\n\nOpen my place: http")
    assert f"http://127.0.0.1:8000/r/{TOKEN}" in made.text
    assert "\n\n\n" not in made.text
    assert "\n-- \nCancer Crosslinks\n" in made.text
    assert made.text.rstrip().endswith("since 2009.")
    assert "Kari &lt;b&gt;" in made.html
    assert '<h1 style="' in made.html
    assert "prefers-color-scheme: dark" in made.html
    assert "<title>Your place at Cancer Crosslinks</title>" in made.html
    assert made.reply_to == "post@example.org"


def test_a_letter_with_a_missing_value_is_refused(app: Flask) -> None:
    with letters_known(app), pytest.raises(UndefinedError):
        place_letter(letter())


def test_a_letter_speaks_its_own_language_and_leaves_the_reader_s_alone(app: Flask) -> None:
    with letters_known(app), app.test_request_context("/?lang=en"):
        assert current_language() == "en"
        made = place_letter(letter("nb", name="Kari"))
        assert current_language() == "en"
    assert '<html lang="nb"' in made.html
    assert made.language == "nb"
