"""Finding accounts, who may do what in a conference, and what a cookie or a link stands for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, column, select, table
from sqlalchemy.orm import joinedload, selectinload

from crosslinks.accounts.models import Account, AccountLink, AccountSession, Grant
from crosslinks.accounts.rules import LONGEST_SESSION, normalise_email
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import hash_secret


def find_account(email: str) -> Account | None:
    """Return the account with this address, in whatever case it was typed, also a disabled one."""
    return db.session.scalar(select(Account).where(Account.email == normalise_email(email)))


def get_account(account_id: int) -> Account:
    """Return an account by its id; raises ``NotFound``."""
    found = db.session.get(Account, account_id)
    if found is None:
        raise NotFound("account.unknown")
    return found


def get_account_by_email(email: str) -> Account:
    """Return an account by its address; raises ``NotFound``."""
    found = find_account(email)
    if found is None:
        raise NotFound("account.unknown")
    return found


def list_accounts() -> list[Account]:
    """Return every account by address, with its grants."""
    return list(db.session.scalars(select(Account).order_by(Account.email).options(selectinload(Account.grants))))


def list_grants(conference_id: int) -> list[Grant]:
    """Return who has a role in a conference, by name."""
    return list(
        db.session.scalars(
            select(Grant)
            .join(Grant.account)
            .where(Grant.conference_id == conference_id)
            .order_by(Account.name, Account.email)
            .options(joinedload(Grant.account))
        )
    )


def get_grant(grant_id: int, conference_id: int) -> Grant:
    """Return a grant of this conference with its account; raises ``NotFound``, also for another conference's."""
    found = db.session.scalar(
        select(Grant)
        .where(Grant.id == grant_id, Grant.conference_id == conference_id)
        .options(joinedload(Grant.account))
    )
    if found is None:
        raise NotFound("grant.unknown")
    return found


def find_grant(account_id: int, conference_id: int) -> Grant | None:
    """Return what an account is in a conference, or None."""
    return db.session.scalar(select(Grant).where(Grant.account_id == account_id, Grant.conference_id == conference_id))


def lock_owners(conference_id: int) -> list[Grant]:
    """Lock and return the grants of owners who can sign in, so that two cannot remove one another at once."""
    return list(
        db.session.scalars(
            select(Grant)
            .join(Grant.account)
            .where(Grant.conference_id == conference_id, Grant.role == Role.OWNER, Account.disabled_at.is_(None))
            .order_by(Grant.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def find_session(secret: str, real: datetime) -> AccountSession | None:
    """Return the open sign-in behind a cookie's secret, or None: ended, revoked, too old or of a disabled account."""
    return db.session.scalar(
        select(AccountSession)
        .join(AccountSession.account)
        .where(
            AccountSession.secret_hash == hash_secret(secret),
            AccountSession.epoch == Account.session_epoch,
            AccountSession.created_at > real - LONGEST_SESSION,
            Account.disabled_at.is_(None),
        )
        .options(joinedload(AccountSession.account).selectinload(Account.grants))
    )


def find_link(token: str) -> AccountLink | None:
    """Return the single-use link behind a token, in any state, with its account."""
    return db.session.scalar(
        select(AccountLink).where(AccountLink.token_hash == hash_secret(token)).options(joinedload(AccountLink.account))
    )


def list_conference_slugs() -> dict[int, str]:
    """Return the addresses of all conferences by id; their table belongs to a feature above this one."""
    conference = table("conference", column("id", Integer), column("slug", String))
    rows = db.session.execute(select(conference.c.id, conference.c.slug).order_by(conference.c.slug))
    return {int(conference_id): str(slug) for conference_id, slug in rows}
