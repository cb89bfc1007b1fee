"""Hostile strings in every kind of question and in the designer: refused or kept in words, never an error of ours."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.questions.models import Answer
from crosslinks.questions.rules import Kind
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.factories import make_edition
from tests.questions.factories import make_every_kind
from tests.questions.strings import HOSTILE, MARKUP
from tests.registration.factories import make_registration

FORM = "/crosslinks/2024/register"
API = "/api/v1/crosslinks/2024/registrations"
MANAGE = "/manage/crosslinks/2024"
PERSON = {
    "given_name": "Åse", "family_name": "Dahl", "mode": "onsite", "profession": "health", "organisation": "",
}  # fmt: skip


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(onsite=None)


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("public", "api", "place_access"):
        monkeypatch.setattr(f"crosslinks.registration.{where}.spend_client_request", lambda: None)
    monkeypatch.setattr("crosslinks.registration.place_access.spend", lambda *more: None)


def check_page(text: str) -> None:
    for markup in MARKUP:
        assert markup not in text


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 50


@pytest.mark.parametrize("kind", list(Kind))
def test_on_the_form(client: FlaskClient, edition: Edition, kind: Kind) -> None:
    with transaction():
        number = make_every_kind(edition)[kind].id
    for place, text in enumerate(HOSTILE):
        data = PERSON | {"email": f"h{place}@example.org", "consent_privacy": "y", f"q_{number}": text}
        answer = client.post(FORM, data=data)
        assert answer.status_code in {303, 422}, text
        check_page(answer.text)
        if answer.status_code == 422:
            assert f'id="q_{number}-error"' in answer.text, text
    kept = db.session.scalars(select(Answer.value).where(Answer.question_id == number)).all()
    assert all("\x00" not in str(value) and len(str(value)) <= 2000 for value in kept)
    if kind.has_options:
        assert kept == []
    if kind in {Kind.TEXT, Kind.LONG_TEXT}:
        assert "{{ 7*7 }}" in kept
        assert "=1+1" in kept


@pytest.mark.parametrize("kind", list(Kind))
def test_in_the_json_twin(client: FlaskClient, edition: Edition, kind: Kind) -> None:
    with transaction():
        number = make_every_kind(edition)[kind].id
    odd: tuple[Any, ...] = (
        *HOSTILE, 10**400, -(10**20), 1.5, True, False, None, [], {}, [[]], [1], ["o1", None], ["o1"] * 500, {"a": 1},
    )  # fmt: skip
    for place, value in enumerate(odd):
        data = PERSON | {"email": f"j{place}@example.org", "consent_privacy": True, f"q_{number}": value}
        answer = client.post(API, json=data)
        assert answer.status_code in {201, 422}, value
        if answer.status_code == 422:
            assert set(answer.json["error"]["fields"]) == {f"q_{number}"}
            check_page(answer.text)
    for name in ("q_", "q_0", "q_x", "q_-1", "q_999999999", f"q_{number}x", "q_1_consent ", "Q_1", f"q_{'9' * 200}"):
        answer = client.post(API, json=PERSON | {"email": "n@example.org", "consent_privacy": True, name: "x"})
        assert answer.status_code == 422
        assert set(answer.json["error"]["fields"]) <= {"_unknown", "q_999999999"}


def test_behind_the_personal_link_and_at_the_organizers(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        asked = make_every_kind(edition)
        person = make_registration(edition)
    sign_in(client)
    token = place_token(db.session.get_one(Registration, person.id))
    pages = (f"/r/{token}/answers", f"{MANAGE}/registrations/{person.id}/answers")
    for text in HOSTILE:
        data = {f"q_{question.id}": text for question in asked.values()}
        for page in pages:
            answer = client.post(page, data=data)
            assert answer.status_code in {303, 422}, text
            check_page(answer.text)
        texts = {f"q_{asked[kind].id}": text for kind in (Kind.TEXT, Kind.LONG_TEXT)}
        client.post(pages[0], data=texts)
        for page in (*pages, f"{MANAGE}/registrations/{person.id}", f"/r/{token}"):
            shown = client.get(page)
            assert shown.status_code == 200, text
            check_page(shown.text)
    for text in ("=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)"):
        assert client.post(pages[0], data={f"q_{asked[Kind.TEXT].id}": text}).status_code == 303
        sheet = client.post(f"{MANAGE}/registrations/export", data={"format": "csv"}).data.decode("utf-8-sig")
        (row,) = list(csv.reader(io.StringIO(sheet)))[1:]
        assert f"'{text}" in row
        assert text not in row
