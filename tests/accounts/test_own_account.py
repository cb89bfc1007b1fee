"""One's own account: name, language, password, and the other browsers."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.models import Account, AuditEntry
from crosslinks.kernel.db import db, transaction
from tests.accounts.factories import sign_in
from tests.factories import make_conference, make_edition


@pytest.fixture(autouse=True)
def edition(app: Flask) -> None:
    with transaction():
        make_edition()


def test_name_and_language_are_saved_and_spoken(client: FlaskClient) -> None:
    account = sign_in(client)
    answer = client.post("/account/profile", data={"name": " Kari Nordmann ", "language": "nb"})
    assert answer.status_code == 303
    assert '<html lang="nb">' in client.get("/account").text
    db.session.rollback()
    saved = db.session.get_one(Account, account.id)
    assert (saved.name, saved.language) == ("Kari Nordmann", "nb")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.changed")).one()
    assert entry.before == {"name": "Ola Nordmann", "language": "en"}


@pytest.mark.parametrize(
    "data",
    [{}, {"name": "", "language": "en"}, {"name": "a\x00b", "language": "en"}, {"name": "x" * 201, "language": "en"},
     {"name": "Kari", "language": "xx"}],
)  # fmt: skip
def test_a_bad_name_or_language_changes_nothing(client: FlaskClient, data: dict[str, str]) -> None:
    account = sign_in(client)
    assert client.post("/account/profile", data=data).status_code == 422
    assert db.session.get_one(Account, account.id).name == "Ola Nordmann"


def test_a_new_password_signs_other_browsers_out_but_not_this_one(client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    other = app.test_client()
    with client.session_transaction() as mine, other.session_transaction() as theirs:
        theirs.update(dict(mine))
    assert other.get("/account").status_code == 200
    assert client.post("/account/password", data={"new_password": "a long walk in the woods"}).status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_without_script_signing_out_everywhere_is_asked_on_a_page(client: FlaskClient) -> None:
    sign_in(client)
    assert "Sign out of every browser?" in client.get("/account/sign-out-everywhere").text
    assert client.get("/account").status_code == 200


def test_the_only_edition_is_opened_at_once(client: FlaskClient) -> None:
    sign_in(client)
    assert client.get("/manage/").location == "/manage/crosslinks/2024/"


def test_several_editions_are_listed_but_none_of_another_conference(client: FlaskClient) -> None:
    sign_in(client)
    with transaction():
        account = db.session.scalars(select(Account)).one()
        make_edition(conference_of(account), slug="2025")
        make_edition(make_conference("other", name="Another one"), slug="1999")
    page = client.get("/manage/").text
    assert "/manage/crosslinks/2024/" in page
    assert "/manage/crosslinks/2025/" in page
    assert "1999" not in page


def conference_of(account: Account):
    from crosslinks.editions.models import Conference

    return db.session.get_one(Conference, account.grants[0].conference_id)
