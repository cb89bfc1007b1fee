from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from crosslinks.accounts.passwords import hash_password
from crosslinks.kernel.db import transaction
from tests.accounts.factories import make_account, sign_in
from tests.factories import make_conference, make_edition

PASSWORD = "a long walk in the woods"


def test_the_right_password_opens_the_account_page(app: Flask, client: FlaskClient) -> None:
    stored = hash_password(PASSWORD)
    with transaction():
        make_account(conference=make_conference(), password_hash=stored)
    assert client.get("/account").status_code == 303
    answer = client.post("/sign-in", data={"email": " Owner@Example.org ", "password": PASSWORD, "next": "/account"})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert client.get("/account").status_code == 200
    assert client.post("/sign-out").status_code == 303
    assert client.get("/account").status_code == 303


def test_the_factory_signs_a_browser_in(app: Flask, client: FlaskClient) -> None:
    with transaction():
        make_edition()
    sign_in(client)
    assert client.get("/account").status_code == 200
