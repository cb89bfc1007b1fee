"""The kept form: shown to all, but each with a token of their own, and always as things stand."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crosslinks.consents.operations import set_asked
from crosslinks.consents.rules import Purpose
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import take_place

URL = "/crosslinks/2024/register?lang=en"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition(onsite=2, digital=None)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)
    assert found, name
    return found[1]


def test_each_visitor_gets_a_token_that_works(app: Flask, edition: Edition) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    first, second = app.test_client(), app.test_client()
    pages = [one.get(URL).text for one in (first, second)]
    tokens = [hidden(page, "csrf_token") for page in pages]
    assert len(set(tokens)) == 2
    assert not any("\x00" in page for page in pages)
    assert all(token in page for token, page in zip(tokens, pages, strict=True))
    for one, token in zip((first, second), tokens, strict=True):
        assert one.post(URL, data={"csrf_token": token}).status_code == 422
    stolen = second.post(URL, data={"csrf_token": tokens[0]})
    assert stolen.status_code == 400


def test_places_left_and_what_is_asked_are_never_old(client: FlaskClient, edition: Edition) -> None:
    assert "2 of 2 places left" in client.get(URL).text
    with transaction():
        take_place(edition)
    assert "1 of 2 places left" in client.get(URL).text
    assert "consent_photo" not in client.get(URL).text
    with transaction():
        set_asked(
            actor=TESTER, now=NOW, conference_id=edition.conference_id, edition_id=edition.id,
            purpose=Purpose.PHOTO, asked=True, texts={},
        )  # fmt: skip
    db.session.expire_all()
    assert "consent_photo" in client.get(URL).text


def test_language_and_way_have_forms_of_their_own(client: FlaskClient, edition: Edition) -> None:
    assert "Ta en plass" in client.get("/crosslinks/2024/register?lang=nb").text
    assert "Take a place" in client.get(URL).text
    chosen = client.get(f"{URL}&mode=digital").text
    assert re.search(r'value="digital"[^>]*checked|checked[^>]*value="digital"', chosen)
    assert not re.search(r'value="digital"[^>]*checked|checked[^>]*value="digital"', client.get(URL).text)
