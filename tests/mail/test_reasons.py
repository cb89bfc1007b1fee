"""Why a message was not sent, as its row keeps it and as people read it."""

from __future__ import annotations

import pytest
from flask import Flask

from crosslinks.mail.reasons import (
    ADDRESS_UNUSABLE,
    BROKE,
    BROKE_LATE,
    LETTER_UNFILLED,
    PLACE_GIVEN_BACK,
    TEXT_LONG,
    TEXT_UNREADABLE,
    UNREACHABLE,
    coded,
    reason_words,
)
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


OURS = [
    (coded(BROKE, detail="timed out"), "Forbindelsen ble brutt: timed out"),
    (coded(BROKE_LATE, detail="x"), "Forbindelsen ble brutt mens meldingen ble overlevert: x"),
    (coded(UNREACHABLE, server="mail.example.org:25", detail="x"), "Får ikke kontakt med mail.example.org:25: x"),
    (coded(ADDRESS_UNUSABLE, address="a@b@c"), "Adressen a@b@c kan ikke brukes"),
    (coded(LETTER_UNFILLED, detail=TEXT_LONG), "Teksten kan ikke fylles ut: Teksten er for lang"),
    (
        coded(LETTER_UNFILLED, detail=coded(TEXT_UNREADABLE, detail='"x"')),
        'Teksten kan ikke fylles ut: Teksten kan ikke leses: "x"',
    ),
]


@pytest.mark.parametrize(("kept", "words"), OURS)
def test_what_we_say_ourselves_is_norwegian_too(app: Flask, kept: str, words: str):
    with speaking("nb"):
        assert reason_words(kept) == words


@pytest.mark.parametrize("said", ["", "550 5.1.1 No such mailbox", "451 {", "550 [1]", "The connection broke: x"])
def test_a_servers_words_stay_as_they_are(app: Flask, said: str):
    assert reason_words(said) == said
