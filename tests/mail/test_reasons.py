"""Why a message was not sent, as its row keeps it and as people read it."""

from __future__ import annotations

import pytest
from flask import Flask

from crosslinks.mail.reasons import LETTER_UNFILLED, PLACE_GIVEN_BACK, coded, reason_words
from crosslinks.web.languages import speaking


@pytest.mark.parametrize(
    ("language", "given_back", "unfilled"),
    [
        ("en", "The place was given back meanwhile", "There is no value for {{ doors }}."),
        ("nb", "Plassen er gitt tilbake i mellomtiden", "Det finnes ingen verdi for {{ doors }}."),
    ],
)
def test_our_reasons_are_read_in_the_readers_language(app: Flask, language: str, given_back: str, unfilled: str):
    kept = coded(LETTER_UNFILLED, letter="registration.confirmed.onsite", names="{{ doors }}")
    with speaking(language):
        assert reason_words(coded(PLACE_GIVEN_BACK)) == given_back
        assert reason_words(kept) == unfilled


@pytest.mark.parametrize("said", ["", "550 5.1.1 No such mailbox", "451 {", "550 [1]", "The connection broke: x"])
def test_a_servers_words_stay_as_they_are(app: Flask, said: str):
    assert reason_words(said) == said
