"""Names are found typed with or without accents, and listed in Norwegian order."""

from __future__ import annotations

import unicodedata

from crosslinks.registration.rules import search_key, sort_key


def test_lists_end_with_ae_oe_aa():
    names = ["Åsen", "Zander", "Øye", "Ægir", "Ödman", "Aasen", "Älv", "Émile", "Eva", "Łuc", "Lyng", "Åby"]
    assert sorted(names, key=sort_key) == [
        "Aasen", "Émile", "Eva", "Łuc", "Lyng", "Zander", "Ægir", "Älv", "Ödman", "Øye", "Åby", "Åsen",
    ]  # fmt: skip


def test_letters_in_parts_sort_as_whole_ones():
    assert sort_key(unicodedata.normalize("NFD", "Åse Ödegård")) == sort_key("Åse Ödegård")


def test_names_are_found_without_their_accents():
    assert search_key("Åse", "Ødegård-Łuc") == "ase odegard-luc"
