from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosslinks.stories.rules import Part, slug_of, split_body


@pytest.mark.parametrize(
    ("body", "pictures", "parts"),
    [
        ("", 0, ()),
        ("", 1, ()),
        ("", 2, (Part(picture=2),)),
        ("One\r\n\r\n[picture 2]\r\n\r\nTwo", 2, (Part("One"), Part(picture=2), Part("Two"))),
        ("[bilde 3]\nEtter", 3, (Part(picture=3), Part("Etter"), Part(picture=2))),
        ("A\n[picture 1]\nB", 1, (Part("A"), Part("B"))),
        ("A\n[picture 2]\n[picture 2]\nB", 2, (Part("A"), Part(picture=2), Part("B"))),
        ("A\n[picture 999]\nB", 2, (Part("A"), Part("B"), Part(picture=2))),
        ("See [picture 2] there", 2, (Part("See [picture 2] there"), Part(picture=2))),
    ],
)
def test_a_line_places_a_picture(body: str, pictures: int, parts: tuple[Part, ...]) -> None:
    assert split_body(body, pictures) == parts


@given(st.text(), st.integers(0, 20))
def test_every_picture_but_the_first_stands_once_whatever_is_written(body: str, pictures: int) -> None:
    placed = [part.picture for part in split_body(body, pictures) if part.picture]
    assert sorted(placed) == list(range(2, pictures + 1))


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Møt innlederne: Ærlig talt!", "mot-innlederne-aerlig-talt"),
        ("مرحبا", "story"),
        ("", "story"),
        ("  --Ida--  ", "ida"),
        ("x" * 300, "x" * 80),
    ],
)
def test_an_address_is_made_of_a_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug
