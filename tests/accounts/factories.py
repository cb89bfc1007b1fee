"""Accounts for tests, and browsers that are signed in."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.links import begin_session
from crosslinks.accounts.models import Account
from crosslinks.accounts.operations import create_account, grant_role
from crosslinks.editions.models import Conference
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from tests.factories import NOW, TESTER


def make_account(
    email: str = "owner@example.org",
    *,
    name: str = "Ola Nordmann",
    role: Role | None = Role.OWNER,
    conference: Conference | None = None,
    language: str = "en",
    password_hash: str = "",
) -> Account:
    """Make an account, with ``role`` in ``conference`` when one is given. Call it inside ``transaction()``."""
    account = create_account(
        actor=TESTER, now=NOW, email=email, name=name, language=language, password_hash=password_hash
    )
    if conference is not None and role is not None:
        grant_role(actor=TESTER, now=NOW, account=account, conference_id=conference.id, role=role)
    return account


def sign_in(
    client: FlaskClient,
    role: Role = Role.OWNER,
    conference: Conference | None = None,
    *,
    email: str = "",
    language: str = "en",
) -> Account:
    """Sign ``client`` in as somebody with ``role`` in ``conference`` (default: the first one made); return the account.

    Opens its own transaction: call it outside of one.
    """
    with transaction():
        where = conference or db.session.scalars(select(Conference).order_by(Conference.id).limit(1)).one()
        account = make_account(
            email or f"{role.value}-{where.slug}@example.org",
            role=role,
            conference=db.session.get_one(Conference, where.id),
            language=language,
        )
        secret = begin_session(account=account, now=NOW, real=real_now(), by_link=False)
    with client.session_transaction() as session:
        session.update({"_user_id": secret, "_fresh": True, "seen": int(real_now().timestamp()), "lang": language})
    return account
