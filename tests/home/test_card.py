"""The picture beside a shared link: what stands on it, when it is drawn anew, and that it is no way to a draft."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.home import sharing
from crosslinks.home.card import SIZE, Card, draw_card, fit_title, printable
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.programme.operations import change_talk
from crosslinks.web.drawings import cover
from crosslinks.web.photographs import COVERS, store_photograph
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import Programme, make_programme, publish

HOME = "/crosslinks/2024"
ODD = (
    "x" * 3_000, "word " * 2_000, "", "\x00\x1b\u202e\u200d", "🎉" * 40, "اختبار السرطان", "ŋ đ ŧ ő ş ễ ǩ", "ﷺ" * 50,
    "a\u0301" * 300,
)  # fmt: skip


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        return make_programme(edition)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Card]:
    """Note what is drawn instead of drawing it."""
    cards: list[Card] = []

    def draw(card: Card) -> bytes:
        cards.append(card)
        return b"\x89PNG" + str(len(cards)).encode()

    monkeypatch.setattr(sharing, "draw_card", draw)
    return cards


def change(edition: Edition, **values: Any) -> None:
    with transaction():
        found = db.session.merge(edition)
        for name, value in values.items():
            setattr(found, name, value)
        found.public_rev += 1


def test_the_picture_is_a_large_png_that_can_be_kept(client: FlaskClient, day: Programme) -> None:
    answer = client.get(f"{HOME}/card.png")
    assert answer.content_type == "image/png"
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert (picture.format, picture.size) == ("PNG", SIZE)
        colours = picture.convert("RGB").getcolors(1 << 20) or []
    assert {(251, 249, 244), (62, 46, 123)} <= {colour for _count, colour in colours}, "paper and accent"
    again = client.get(f"{HOME}/card.png", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_says_what_when_and_where_in_both_languages(client: FlaskClient, day: Programme, drawn: list[Card]) -> None:
    client.get(f"{HOME}/card.png?lang=en")
    client.get(f"{HOME}/card.png?lang=nb")
    english, norwegian = drawn
    assert english.name == "16th Cancer Crosslinks"
    assert english.facts[0] == "Thursday 25 January 2024"
    assert norwegian.facts[0] == "Torsdag 25. januar 2024"
    assert len(english.cover.links) == len(day.talks)


def test_it_is_drawn_anew_only_when_what_stands_on_it_is_another(
    client: FlaskClient, edition: Edition, day: Programme, drawn: list[Card]
) -> None:
    def seen() -> bytes:
        return client.get(f"{HOME}/card.png").data

    first = seen()
    change(edition, about={"en": "Another text"})
    assert seen() == first
    with transaction():
        change_talk(
            actor=TESTER, now=NOW, edition=edition, talk=day.talks["rasche"], changes={"title": {"en": "Secret"}}
        )
    assert seen() == first, "a change that is not published"
    with transaction():
        publish(edition)
    assert seen() == first, "a title that does not stand on it"
    change(edition, theme={"en": "Another theme"})
    assert seen() != first
    assert drawn[-1].title == "Another theme"


def test_a_draft_has_no_picture_but_for_its_preview(client: FlaskClient, edition: Edition, drawn: list[Card]) -> None:
    client.get(f"{HOME}/card.png")
    change(edition, state=EditionState.DRAFT, theme={"en": "Secret theme"})
    assert client.get(f"{HOME}/card.png").status_code == 404
    found = db.session.merge(edition)
    token = make_link(settings().keys, LinkKind.PREVIEW, found.id, found.preview_epoch)
    previewed = client.get(f"{HOME}/card.png?preview={token}")
    assert previewed.headers["Cache-Control"] == "no-store"
    assert drawn[-1].title == "Secret theme"
    assert client.application.test_client().get(f"{HOME}/card.png").status_code == 404


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_any_title_fits(text: str) -> None:
    size, lines = fit_title(printable(text), 1000)
    assert len(lines) * size * 1.05 <= 236


def test_no_text_is_too_odd_to_be_drawn(client: FlaskClient, edition: Edition) -> None:
    kept = [text.replace("\x00", "") for text in ODD]  # no database of ours is given a NUL: the forms refuse it
    change(edition, theme={"en": "".join(kept[3:])}, venue_name="x" * 200, venue_city=kept[3])
    assert client.get(f"{HOME}/card.png").status_code == 200


def test_the_cover_photograph_stands_beside_the_words(client: FlaskClient, edition: Edition) -> None:
    plain = client.get(f"{HOME}/card.png").data
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "#2a7f4f").save(file, "JPEG")
    stored = store_photograph(io.BytesIO(file.getvalue()), settings().uploads, COVERS)
    with transaction():
        conference = db.session.merge(edition).conference
        conference.cover, conference.cover_credit = stored.name, "Kari Fotograf"
        db.session.merge(edition).public_rev += 1
    photographed = client.get(f"{HOME}/card.png").data
    assert photographed != plain
    with Image.open(io.BytesIO(photographed)) as picture:
        seen = picture.convert("RGB").getpixel((1000, 100))
    assert isinstance(seen, tuple)
    assert sum(abs(one - wanted) for one, wanted in zip(seen, (0x2A, 0x7F, 0x4F), strict=True)) < 24
    (settings().uploads / stored.name).unlink()
    change(edition, theme={"en": "Another"})
    assert client.get(f"{HOME}/card.png").status_code == 200, "a photograph that is gone"


def test_the_same_card_is_the_same_picture_for_ever() -> None:
    card = Card("16th", "A title", ("A day", "A place"), 288, cover([], [], earlier=2, seed="x"))
    assert draw_card(card) == draw_card(card)


@pytest.mark.parametrize("page", ["/", "/practical"])
def test_every_page_names_the_picture_in_full(client: FlaskClient, day: Programme, page: str) -> None:
    html = client.get(f"{HOME}{page}?lang=nb").get_data(as_text=True)
    found = dict(re.findall(r'<meta (?:property|name)="([a-z:_]+)" content="([^"]*)">', html))
    address = found["og:image"]
    assert address == f"{settings().base_url}{HOME}/card.png?lang=nb"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["twitter:card"] == "summary_large_image"
    assert "16. Cancer Crosslinks" in found["og:image:alt"]
    assert "torsdag 25. januar 2024" in found["description"]
    assert html.count('name="description"') == 1
    assert client.get(address.removeprefix(settings().base_url)).content_type == "image/png"
