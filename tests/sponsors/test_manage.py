from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.sponsors.models import Sponsor, Tier
from crosslinks.sponsors.queries import list_all_tiers
from tests.accounts.factories import sign_in
from tests.factories import make_conference, make_edition
from tests.sponsors.factories import make_sponsor, make_sponsors, make_tier

HOME = "/manage/crosslinks/2024/sponsors"
PUBLIC = "/crosslinks/2024/sponsors"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        edition = make_edition()
    sign_in(client, Role.PROGRAMME)
    return edition


def count(kind: type[Base]) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def logo() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGBA", (400, 100), (0, 0, 80, 128)).save(out, "PNG")
    out.seek(0)
    return out


def names(edition: Edition) -> list[list[str]]:
    db.session.expire_all()
    return [[sponsor.name for sponsor in tier.sponsors] for tier in list_all_tiers(edition.id)]


def test_tiers_and_sponsors_are_made_changed_and_deleted_by_forms(client: FlaskClient, edition: Edition) -> None:
    assert client.get(f"{HOME}/new").status_code == 303
    assert client.post(f"{HOME}/tiers/new", data={"name_en": "Gold", "logo_height": "64"}).status_code == 303
    tier = db.session.scalars(select(Tier)).one()
    sent: dict[str, Any] = {
        "name": "Demo Pharma", "tier": str(tier.id), "role_en": "Co-founder", "url": "https://pharma.example.org",
        "statement_nb": "Vi **støtter**", "quoted_person": "Kari Demo", "logo": (logo(), "logo.png"),
    }  # fmt: skip
    assert client.post(f"{HOME}/new", data=sent).status_code == 303
    sponsor = db.session.scalars(select(Sponsor)).one()
    first = sponsor.logo
    public = client.get(PUBLIC).text
    assert f"/media/{first}" in public
    assert "<strong>støtter</strong>" in public

    sent = {"name": "Renamed", "tier": str(tier.id), "remove_logo": "y"}
    assert client.post(f"{HOME}/{sponsor.id}", data=sent).status_code == 303
    assert client.post(f"{HOME}/tiers/{tier.id}", data={"name_nb": "Gull", "logo_height": "32"}).status_code == 303
    assert not (settings().uploads / first).exists()
    public = client.get(PUBLIC).text
    assert "Renamed" in public
    assert "tier--third" in public

    refused = client.post(f"{HOME}/tiers/{tier.id}/delete")
    assert refused.status_code == 409
    assert "Renamed" in refused.text
    assert "Delete Renamed?" in client.get(f"{HOME}/{sponsor.id}/delete").text
    assert client.post(f"{HOME}/{sponsor.id}/delete").status_code == 303
    assert client.post(f"{HOME}/tiers/{tier.id}/delete").status_code == 303
    assert (count(Tier), count(Sponsor)) == (0, 0)
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {f"{kind}.{deed}" for kind in ("tier", "sponsor") for deed in ("created", "changed", "deleted")} <= actions


def test_order_is_changed_by_buttons_and_by_choosing_another_tier(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        first, second = make_tier(edition), make_tier(edition, "Second")
        a, b, c = (make_sponsor(edition, first, name) for name in "ABC")
    for path, direction in ((f"{c.id}", "up"), (f"{c.id}", "up"), (f"{c.id}", "up"), (f"{a.id}", "down")):
        assert client.post(f"{HOME}/{path}/move", data={"direction": direction}).status_code == 303
    assert names(edition) == [["C", "B", "A"], []]
    assert client.post(f"{HOME}/tiers/{second.id}/move", data={"direction": "up"}).status_code == 303
    assert client.post(f"{HOME}/{b.id}", data={"name": "B", "tier": str(second.id)}).status_code == 303
    assert names(edition) == [["B"], ["C", "A"]]
    assert client.post(f"{HOME}/{a.id}/move", data={"direction": "out"}).status_code == 422


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 201}, "Field cannot be longer than 200 characters."),
        ({"url": "javascript:alert(1)"}, "An address of the web starts with https://"),
        ({"url": "//evil.example.org"}, "An address of the web starts with https://"),
        ({"url": "https://" + "x" * 600}, "Field cannot be longer than 500 characters."),
        ({"tier": "4711"}, "Not a valid choice."),
        ({"statement_en": "word " * 10_000}, "Field cannot be longer than 2000 characters."),
        ({"quoted_role": "nul\x00"}, "There is a character in it that cannot be kept."),
        ({"logo": (io.BytesIO(b"<svg onload='alert(1)'/>"), "x.svg")}, "That is not a picture in JPEG, PNG or WebP."),
    ],
)
def test_a_sponsor_that_cannot_be_is_refused_beside_the_field(
    client: FlaskClient, edition: Edition, changed: dict[str, Any], words: str
) -> None:
    with transaction():
        tier = make_tier(edition)
    sent = {"name": "Demo Pharma", "tier": str(tier.id), "funding_en": "Kept funding"} | changed
    response = client.post(f"{HOME}/new", data=sent)
    assert response.status_code == 422
    assert words in response.text
    assert "Kept funding" in response.text
    assert count(Sponsor) == 0


@pytest.mark.parametrize("sent", [{"logo_height": "64"}, {"name_en": "A", "logo_height": "1000"}, {"name_en": "A"}])
def test_a_tier_that_cannot_be_is_refused(client: FlaskClient, edition: Edition, sent: dict[str, str]) -> None:
    assert client.post(f"{HOME}/tiers/new", data=sent).status_code == 422
    assert count(Tier) == 0


def test_another_editions_sponsors_are_not_there(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        sponsor, _second = make_sponsors(edition)
        other = make_edition(edition.conference, slug="2025", number=17)
        make_edition(make_conference("other"), slug="2024")
        empty = make_tier(other)
    paths = (f"{sponsor.id}", f"{sponsor.id}/delete", f"tiers/{sponsor.tier_id}", f"tiers/{sponsor.tier_id}/delete")
    for home in ("/manage/crosslinks/2025/sponsors", "/manage/other/2024/sponsors"):
        for path in paths:
            assert client.get(f"{home}/{path}").status_code == 404
            assert client.post(f"{home}/{path}", data={"name": "Taken", "tier": str(empty.id)}).status_code == 404
        assert client.post(f"{home}/{sponsor.id}/move", data={"direction": "down"}).status_code == 404
    sent = {"name": "Taken", "tier": str(sponsor.tier_id)}
    assert client.post("/manage/crosslinks/2025/sponsors/new", data=sent).status_code == 422
    assert count(Sponsor) == 2
    assert client.get(f"{HOME}/99999999999999999999").status_code == 404


def test_only_those_who_may_get_in(client: FlaskClient, edition: Edition) -> None:
    with client.session_transaction() as session:
        session.clear()
    assert client.get(HOME).status_code == 303
    sign_in(client, Role.DOOR_LEAD)
    assert client.get(HOME).status_code == 403
    assert client.post(f"{HOME}/tiers/new", data={"name_en": "A", "logo_height": "64"}).status_code == 403
    assert count(Tier) == 0


def test_an_empty_edition_says_what_to_do_next(client: FlaskClient, edition: Edition) -> None:
    assert "Add the first tier" in client.get(HOME).text
    assert "Legg til det første nivået" in client.get(f"{HOME}?lang=nb").text
