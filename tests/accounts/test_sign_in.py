"""Signing in with a password: who gets in, who does not, and that nobody learns which addresses exist."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts import public
from crosslinks.accounts.models import Account, AccountSession, AuditEntry
from crosslinks.accounts.operations import disable_account, sign_out_everywhere
from crosslinks.accounts.passwords import hash_password, password_fits
from crosslinks.accounts.public import own_path
from crosslinks.accounts.rules import FAILED_SIGN_INS_PER_HOUR, PasswordFlaw, find_password_flaw
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.web.assets import asset_url
from tests.accounts.factories import make_account, sign_in
from tests.factories import NOW, TESTER, make_conference, make_edition

PASSWORD = "a long walk in the woods"
EMAIL = "owner@example.org"


hash_once = cache(hash_password)


@pytest.fixture
def account(app: Flask) -> Account:
    stored = hash_once(PASSWORD)
    with transaction():
        conference = make_conference()
        make_edition(conference)
        return make_account(EMAIL, conference=conference, password_hash=stored)


def send(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", data={"email": email, "password": password, "act": "password", **more})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_right_password_opens_what_was_asked_for(account: Account, client: FlaskClient) -> None:
    turned_away = client.get("/account")
    assert turned_away.location == "/sign-in?next=/account"
    assert 'value="/account"' in client.get(turned_away.location).text
    answer = send(client, " Owner@Example.ORG ", next="/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Ola Nordmann" in client.get("/account").text


def test_signing_out_ends_the_session_also_for_a_copied_cookie(account: Account, client: FlaskClient) -> None:
    send(client)
    copied = client.get_cookie("crosslinks").value
    assert client.post("/sign-out").status_code == 303
    assert not is_signed_in(client)
    client.set_cookie("crosslinks", copied)
    assert not is_signed_in(client)
    assert db.session.scalar(select(func.count()).select_from(AccountSession)) == 0


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "not the password at all"), ("nobody@example.org", PASSWORD), (EMAIL, "x" * 900)]
)
def test_whoever_fails_gets_the_same_answer(
    account: Account, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, email: str, password: str
) -> None:
    hashed: list[str] = []

    def watched(stored: str, given: str) -> bool:
        hashed.append(given)
        return password_fits(stored, given)

    monkeypatch.setattr(public, "password_fits", watched)
    answer = send(client, email, password)
    assert answer.status_code == 422
    assert "do not go together" in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert hashed == [password]
    assert not is_signed_in(client)


def test_an_account_without_a_password_cannot_be_entered_with_any(app: Flask, client: FlaskClient) -> None:
    with transaction():
        make_account(EMAIL)
    for password in ("", "nobody has this password"):
        assert send(client, password=password).status_code == 422
    assert not is_signed_in(client)


def test_a_disabled_account_stays_out_and_is_put_out(account: Account, client: FlaskClient, app: Flask) -> None:
    send(client)
    assert is_signed_in(client)
    sign_in(app.test_client())
    with transaction():
        disable_account(actor=TESTER, now=NOW, account=db.session.get_one(Account, account.id))
    assert not is_signed_in(client)
    assert send(client).status_code == 422


def test_guessing_ends_for_an_address_whether_it_exists_or_not(account: Account, client: FlaskClient) -> None:
    for email in (EMAIL, "nobody@example.org"):
        for _ in range(FAILED_SIGN_INS_PER_HOUR):
            assert send(client, email, "a wrong password").status_code == 422
        refused = send(client, email, PASSWORD)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert not is_signed_in(client)


def test_guessing_ends_for_one_client_over_many_addresses(account: Account, client: FlaskClient) -> None:
    statuses = [send(client, f"person{n}@example.org", "a wrong password").status_code for n in range(40)]
    assert statuses.count(429) == 10


def test_a_planted_session_is_not_the_one_that_is_signed_in(account: Account, client: FlaskClient, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', client.get("/sign-in").text).group(1)
        planted = client.get_cookie("crosslinks").value
        assert send(client, csrf_token=token).status_code == 303
        signed_in = client.get_cookie("crosslinks").value
        other = app.test_client()
        other.set_cookie("crosslinks", planted)
        assert not is_signed_in(other)
        assert signed_in != planted
        assert (
            client.post("/account/profile", data={"csrf_token": token, "name": "x", "language": "en"}).status_code
            == 400
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_each_sign_in_has_its_own_secret_and_the_old_one_ends(account: Account, client: FlaskClient) -> None:
    secrets = []
    for _ in range(2):
        send(client)
        with client.session_transaction() as session:
            secrets.append(session["_user_id"])
    assert secrets[0] != secrets[1]
    assert db.session.scalar(select(func.count()).select_from(AccountSession)) == 1


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/manage/crosslinks/2024/access?q=x&page=2", "/manage/crosslinks/2024/access?q=x&page=2"),
        ("", "/manage/"),
        (None, "/manage/"),
        ("https://example.org/", "/manage/"),
        ("//example.org/", "/manage/"),
        ("/\\example.org", "/manage/"),
        ("\\\\example.org", "/manage/"),
        ("/\t/example.org", "/manage/"),
        ("/\n/example.org", "/manage/"),
        ("javascript:alert(1)", "/manage/"),
        ("/" + "x" * 3000, "/manage/"),
    ],
)
def test_only_own_paths_are_gone_to(target: str | None, goes_to: str) -> None:
    assert own_path(target) == goes_to


def test_a_foreign_address_is_not_gone_to_after_signing_in(account: Account, client: FlaskClient) -> None:
    assert send(client, next="//example.org/").location == "/manage/"
    assert client.get("/sign-in?next=https://example.org").location == "/manage/"


def test_a_session_ends_after_twelve_hours_without_use(account: Account, client: FlaskClient) -> None:
    send(client)
    for hours, inside in ((11, True), (13, False)):
        with client.session_transaction() as session:
            session["seen"] = int((real_now() - timedelta(hours=hours)).timestamp())
        assert is_signed_in(client) is inside
        if inside:
            with client.session_transaction() as session:
                assert session["seen"] > (real_now() - timedelta(minutes=1)).timestamp()


def test_a_session_ends_after_thirty_days_of_use_too(account: Account, client: FlaskClient) -> None:
    send(client)
    with transaction():
        db.session.scalars(select(AccountSession)).one().created_at -= timedelta(days=31)
    assert not is_signed_in(client)


def test_signing_out_everywhere_reaches_every_browser(account: Account, client: FlaskClient, app: Flask) -> None:
    second = app.test_client()
    for browser in (client, second):
        send(browser)
        assert is_signed_in(browser)
    assert client.post("/account/sign-out-everywhere").status_code == 303
    assert not is_signed_in(client)
    assert not is_signed_in(second)


def test_raising_the_epoch_alone_revokes_sessions(account: Account, client: FlaskClient) -> None:
    send(client)
    with transaction():
        db.session.get_one(Account, account.id).session_epoch += 1
    assert not is_signed_in(client)


def test_public_pages_load_no_account_and_vary_by_no_cookie_of_it(
    account: Account, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client)
    monkeypatch.setattr("crosslinks.accounts.sessions.find_session", lambda *_: pytest.fail("an account was loaded"))
    asset = client.get(asset_url("images/mark.svg"))
    assert asset.status_code == 200
    assert "Cookie" not in asset.headers.get("Vary", "")
    for path in ("/crosslinks/2024/", "/crosslinks/2024/programme", "/crosslinks/2024/speakers", "/no/such/page/here"):
        answer = client.get(path)
        assert answer.status_code in {200, 404}
        assert "Set-Cookie" not in answer.headers


def test_signing_in_and_out_is_logged_without_secrets(account: Account, client: FlaskClient) -> None:
    send(client)
    client.post("/sign-out")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "account")).all()
    assert [entry.action for entry in entries] == ["account.created", "account.signed_in", "account.signed_out"]
    assert all(PASSWORD not in str(entry.after) and "argon2" not in str(entry.after) for entry in entries)


def test_sign_in_needs_the_csrf_token(account: Account, client: FlaskClient, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert send(client).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("email", ["\x00", "a\x00b@example.org", "x" * 5000, "", "   "])
def test_hostile_addresses_are_refused_in_words(account: Account, client: FlaskClient, email: str) -> None:
    answer = send(client, email)
    assert answer.status_code == 422
    assert "notice--bad" in answer.text


def test_hashing_inside_a_transaction_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="before the transaction"), transaction():
        hash_password(PASSWORD)
    with transaction():
        sign_out_everywhere(actor=TESTER, now=NOW, account=make_account("x@example.org"))


@pytest.mark.parametrize(
    ("password", "flaw"),
    [
        ("eleven char", PasswordFlaw.SHORT),
        ("x" * 201, PasswordFlaw.LONG),
        ("abababababababab", PasswordFlaw.SIMPLE),
        ("Ola Nordmann 1", PasswordFlaw.OWN_NAME),
        ("owner@example.org", PasswordFlaw.OWN_NAME),
        ("Nordmann owner x", PasswordFlaw.OWN_NAME),
        (PASSWORD, None),
        ("correct nordmann battery staple", None),
    ],
)
def test_which_passwords_are_taken(password: str, flaw: PasswordFlaw | None) -> None:
    assert find_password_flaw(password, EMAIL, "Ola Nordmann") is flaw
