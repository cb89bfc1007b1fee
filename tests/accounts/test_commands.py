"""``crosslinks user``: accounts without anybody signed in."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.commands import user_commands
from crosslinks.accounts.models import AuditEntry
from crosslinks.kernel.db import db, transaction
from tests.factories import make_conference, make_edition


@pytest.fixture
def user(app: Flask):
    with transaction():
        make_edition()

    def run(*arguments: str) -> Result:
        result = app.test_cli_runner().invoke(user_commands, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        db.session.rollback()
        return result

    return run


def test_a_new_owner_gets_a_link_that_opens_everything(user, client: FlaskClient) -> None:
    added = json.loads(user("add", "Kari@Example.org", "--name", "Kari Nordmann", "--json").stdout)
    assert (added["email"], added["role"]) == ("kari@example.org", "owner")
    assert added["link"].startswith("http://127.0.0.1:8000/sign-in/")
    path = added["link"].partition(":8000")[2]
    assert client.post(path, data={"new_password": "a long walk in the woods"}).status_code == 303
    assert client.get("/manage/crosslinks/2024/access").status_code == 200
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.created")).one()
    assert (entry.actor_kind, entry.actor_label) == ("command", "command line")


def test_a_fresh_link_signs_in_once(user, client: FlaskClient) -> None:
    user("add", "kari@example.org")
    said = user("link", "kari@example.org").stdout
    assert "once, for 30 minutes" in said
    path = said.partition(":8000")[2].strip()
    assert [client.post(path).status_code for _ in range(2)] == [303, 410]


def test_accounts_are_listed_with_their_roles(user) -> None:
    assert "No accounts yet" in user("list").stdout
    user("add", "kari@example.org", "--name", "Kari", "--role", "door_lead")
    assert user("list").stdout == "kari@example.org  Kari  crosslinks door_lead\n"
    assert json.loads(user("list", "--json").stdout)[0]["roles"] == {"crosslinks": "door_lead"}


def test_a_role_is_given_changed_and_taken(user) -> None:
    user("add", "kari@example.org")
    user("add", "ola@example.org", "--role", "programme")
    assert user("grant", "ola@example.org", "--role", "organizer").stdout == "ola@example.org: organizer\n"
    assert user("grant", "ola@example.org", "--remove").exit_code == 0
    assert "no role" in user("list").stdout
    assert "no role there" in user("grant", "ola@example.org", "--remove").stderr
    assert "without an owner" in user("grant", "kari@example.org", "--role", "organizer").stderr


def test_a_disabled_account_gets_no_link_until_it_is_enabled(user) -> None:
    user("add", "first@example.org")
    assert "without an owner" in user("disable", "first@example.org").stderr
    user("add", "kari@example.org")
    assert user("disable", "kari@example.org").exit_code == 0
    assert user("link", "kari@example.org").exit_code == 1
    assert user("enable", "kari@example.org").exit_code == 0
    assert user("link", "kari@example.org").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "no address"), "not an e-mail address"),
        (("add", "x@example.org", "--conference", "nowhere"), "no such conference"),
        (("add", "x@example.org", "--role", "emperor"), "Invalid value for '--role'"),
        (("link", "nobody@example.org"), "No account has this address"),
        (("disable", "nobody@example.org"), "No account has this address"),
    ],
)
def test_refusals_are_said_in_words(user, arguments: tuple[str, ...], words: str) -> None:
    result = user(*arguments)
    assert result.exit_code != 0
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_with_several_conferences_one_must_be_named(user) -> None:
    with transaction():
        make_conference("other")
    assert "one of: crosslinks, other" in user("add", "kari@example.org").stderr
    assert user("add", "kari@example.org", "--conference", "other").exit_code == 0


def test_an_address_has_one_account(user) -> None:
    user("add", "kari@example.org")
    assert "has an account already" in user("add", "KARI@example.org").stderr
