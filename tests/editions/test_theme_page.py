from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_conference
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.web.theme import COLOUR, accent_number
from tests.accounts.factories import sign_in
from tests.factories import make_edition
from tests.stories.factories import photo

PAGE = "/manage/crosslinks/2024/theme"
HOME = "/crosslinks/2024/"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        edition = make_edition()
    sign_in(client, Role.OWNER)
    return edition


def hue() -> int:
    db.session.expire_all()
    return get_conference("crosslinks").hue


def logo() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGBA", (900, 300), (0, 0, 80, 128)).save(out, "PNG")
    out.seek(0)
    return out


def test_a_hue_or_an_own_colour_is_on_every_page(client: FlaskClient, edition: Edition) -> None:
    assert client.post(PAGE, data={"accent": "210"}).status_code == 303
    assert hue() == 210
    assert "/assets/210/" in client.get(HOME).text
    assert client.post(PAGE, data={"accent": "own", "colour": "#0B5D3B"}).status_code == 303
    assert hue() == accent_number("#0b5d3b")
    sheet = re.search(rf"/assets/{hue()}/css-public-\w+\.css", client.get(HOME).text)
    assert sheet is not None
    assert "--accent:#0b5d3b;" in client.get(sheet[0]).text
    assert f"/assets/{hue()}/css-manage" in client.get(PAGE).text
    assert 'value="#0b5d3b"' in client.get(PAGE).text


def test_a_pale_colour_is_refused_in_words_and_the_nearest_that_can_be_read_is_offered(
    client: FlaskClient, edition: Edition
) -> None:
    before = hue()
    answer = client.post(PAGE, data={"accent": "own", "colour": "#f0a", "cover_credit": "Kept"})
    assert answer.status_code == 422
    assert "is too pale to be read: its contrast is 3." in answer.text
    assert 'value="Kept"' in answer.text
    offered = re.search(r'name="suggested" value="(#[0-9a-f]{6})"', answer.text)
    assert offered is not None
    assert hue() == before
    assert client.post(PAGE, data={"accent": "own", "colour": "#f0a", "suggested": offered[1]}).status_code == 303
    assert hue() == accent_number(offered[1])


@pytest.mark.parametrize(
    "sent",
    [
        {"accent": "own", "colour": "red"}, {"accent": "own", "colour": ""}, {"accent": "own", "colour": "#12345"},
        {"accent": "42"}, {"accent": ""}, {}, {"accent": "own", "colour": "#\x00"},
        {"accent": "own", "colour": "#" + "1" * 10_000}, {"accent": "own", "colour": "#ffffff", "suggested": "#ffffff"},
        {"accent": "own", "colour": "#١٢٣"},
    ],
)  # fmt: skip
def test_what_is_no_accent_is_refused(client: FlaskClient, edition: Edition, sent: dict[str, Any]) -> None:
    before = hue()
    assert client.post(PAGE, data=sent).status_code == 422
    assert hue() == before


@pytest.mark.parametrize("number", [360, COLOUR - 1, COLOUR + 0xFFFFFF, 2 * COLOUR, 10**30])
def test_no_stylesheet_has_a_colour_that_cannot_be_read(client: FlaskClient, edition: Edition, number: int) -> None:
    sheet = re.search(r"/assets/288/(css-public-\w+\.css)", client.get(HOME).text)
    assert sheet is not None
    assert client.get(f"/assets/{number}/{sheet[1]}").status_code == 404


def test_logos_and_cover_are_shown_and_taken_away(client: FlaskClient, edition: Edition) -> None:
    sent: dict[str, Any] = {
        "accent": "288", "logo": (logo(), "a.png"), "logo_dark": (logo(), "b.png"), "cover": (photo(), "c.jpg"),
        "cover_alt_en": "The hall", "cover_credit": "Kari Foto",
    }  # fmt: skip
    assert client.post(PAGE, data=sent).status_code == 303
    html = client.get(HOME).text
    mark = re.search(r'src="/media/(marks/\w+\.png)" alt="Cancer Crosslinks"', html)
    assert mark is not None
    with Image.open(settings().uploads / mark[1]) as stored:
        assert stored.size == (480, 160)
    assert 'media="(prefers-color-scheme: dark)"' in html
    assert "/media/covers/" in html
    assert 'alt="The hall"' in html
    assert mark[1] in client.get(PAGE).text
    taken = {"accent": "288", "remove_logo": "y", "remove_logo_dark": "y", "remove_cover": "y"}
    assert client.post(PAGE, data=taken).status_code == 303
    html = client.get(HOME).text
    assert "/media/" not in html
    assert not (settings().uploads / mark[1]).exists()


def test_a_cover_needs_words_and_a_lying_logo_is_refused(client: FlaskClient, edition: Edition) -> None:
    undescribed = client.post(PAGE, data={"accent": "288", "cover": (photo(), "c.jpg")})
    assert undescribed.status_code == 422
    assert "Describe the picture before everybody sees it." in undescribed.text
    lying = client.post(PAGE, data={"accent": "288", "logo": (io.BytesIO(b"<svg onload='x'/>"), "a.png")})
    assert lying.status_code == 422
    assert "That is not a picture in JPEG, PNG or WebP." in lying.text
    assert "/media/" not in client.get(HOME).text


def test_a_good_picture_beside_a_bad_one_leaves_no_file(client: FlaskClient, edition: Edition) -> None:
    before = set(settings().uploads.rglob("*.*"))
    bad: dict[str, Any] = {"accent": "288", "cover_alt_en": "The hall"}
    for sent in (
        {"logo": (logo(), "a.png"), "cover": (io.BytesIO(b"<svg/>"), "c.jpg")},
        {"logo": (io.BytesIO(b"<svg/>"), "a.png"), "logo_dark": (logo(), "b.png"), "cover": (photo(), "c.jpg")},
    ):
        assert client.post(PAGE, data=bad | sent).status_code == 422
    assert set(settings().uploads.rglob("*.*")) == before
