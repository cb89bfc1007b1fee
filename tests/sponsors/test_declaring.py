from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.sponsors.models import HealthDeclaration, Sponsor
from tests.accounts.factories import sign_in
from tests.factories import make_edition
from tests.sponsors.factories import make_sponsor, make_tier

SECRET = "Xyzzumab, 40 mg"
HOME = "/crosslinks/2024/sponsors"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def sponsor(edition: Edition) -> Sponsor:
    with transaction():
        return make_sponsor(edition, make_tier(edition), product={"en": f"## Ours\n\n{SECRET}"})


def counts() -> list[tuple[date, int]]:
    db.session.expire_all()
    return [(row.day, row.count) for row in db.session.scalars(select(HealthDeclaration))]


def test_products_are_shown_after_a_declaration_alone(client: FlaskClient, sponsor: Sponsor) -> None:
    url = f"{HOME}/{sponsor.id}/products"
    assert f'href="{url}"' in client.get(HOME).text
    asked = client.get(url)
    assert SECRET not in asked.text
    assert "I am a health professional" in asked.text
    assert client.post(url, data={"act": "declare"}).headers["Location"] == url
    told = client.get(url)
    assert SECRET in told.text
    assert told.headers["Cache-Control"] == "no-store"
    assert "noindex" in told.headers["X-Robots-Tag"]
    assert SECRET not in client.get(HOME).text
    assert client.post(url, data={"act": "withdraw"}).status_code == 303
    assert SECRET not in client.get(url).text


def test_a_declaration_is_counted_once_a_session_and_day_and_tied_to_nobody(
    app: Flask, client: FlaskClient, sponsor: Sponsor
) -> None:
    url = f"{HOME}/{sponsor.id}/products"
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    client.post(url, data={"act": "declare"})
    client.post(url, data={"act": "declare"})
    assert counts() == [(date(2024, 1, 18), 1)]
    app.test_client().post(url, data={"act": "declare"})
    assert counts() == [(date(2024, 1, 18), 2)]
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before
    assert {column.name for column in HealthDeclaration.__table__.columns} == {"edition_id", "day", "count"}
    sign_in(client, Role.OWNER)
    assert "Said that they are health professionals" in client.get("/manage/crosslinks/2024/sponsors").text


def test_looking_changes_nothing_and_nonsense_is_refused(client: FlaskClient, sponsor: Sponsor) -> None:
    url = f"{HOME}/{sponsor.id}/products"
    for _ in range(3):
        client.get(url)
        client.head(url)
    assert client.post(url, data={"act": "yes\x00"}).status_code == 422
    assert client.post(url).status_code == 422
    assert counts() == []


def test_a_form_without_its_token_is_refused(app: Flask, sponsor: Sponsor) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert app.test_client().post(f"{HOME}/{sponsor.id}/products", data={"act": "declare"}).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert counts() == []


def test_what_is_not_there_is_not_found(client: FlaskClient, edition: Edition, sponsor: Sponsor) -> None:
    with transaction():
        plain = make_sponsor(edition, make_tier(edition), name="Plain")
        hidden = make_sponsor(edition, plain.tier, name="Hidden", product={"en": SECRET}, is_published=False)
        other = make_edition(edition.conference, slug="2025", number=17)
        draft = make_edition(edition.conference, slug="2026", number=18, state=EditionState.DRAFT)
        drafted = make_sponsor(draft, make_tier(draft), name="Drafted", product={"en": SECRET})
    for path in (
        f"{HOME}/{plain.id}", f"{HOME}/{hidden.id}", f"{HOME}/4711", f"/crosslinks/{other.slug}/sponsors/{sponsor.id}",
        f"/crosslinks/2026/sponsors/{drafted.id}", f"{HOME}/99999999999",
    ):  # fmt: skip
        assert client.get(f"{path}/products").status_code == 404
        assert client.post(f"{path}/products", data={"act": "declare"}).status_code in {404, 405}
    assert counts() == []


def test_a_declaration_is_about_one_edition(client: FlaskClient, edition: Edition, sponsor: Sponsor) -> None:
    with transaction():
        other = make_edition(edition.conference, slug="2025", number=17)
        theirs = make_sponsor(other, make_tier(other), name="Theirs", product={"en": SECRET})
    client.post(f"{HOME}/{sponsor.id}/products", data={"act": "declare"})
    assert SECRET not in client.get(f"/crosslinks/2025/sponsors/{theirs.id}/products").text
