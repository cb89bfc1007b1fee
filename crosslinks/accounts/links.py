"""Signing in: browsers that are, and the single-use links that lead there. All times here are real time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from crosslinks.accounts.audit import record
from crosslinks.accounts.models import Account, AccountLink, AccountSession
from crosslinks.accounts.queries import find_link
from crosslinks.accounts.rules import LinkPurpose, link_life
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Gone, NotFound
from crosslinks.kernel.tokens import hash_secret, new_secret


def mint_link(*, account: Account, purpose: LinkPurpose, real: datetime) -> str:
    """Make a single-use link and return its token, which is stored only as a hash; dead links are swept away."""
    db.session.execute(
        delete(AccountLink).where(
            AccountLink.account_id == account.id, AccountLink.expires_at < real - link_life(purpose)
        )
    )
    token, token_hash = new_secret()
    db.session.add(
        AccountLink(
            account_id=account.id,
            purpose=purpose,
            token_hash=token_hash,
            created_at=real,
            expires_at=real + link_life(purpose),
        )
    )
    db.session.flush()
    return token


def check_link(token: str, real: datetime) -> AccountLink:
    """Return an open link without spending it; raises ``NotFound`` (unknown) or ``Gone`` (expired, used)."""
    link = find_link(token)
    if link is None or link.account.disabled_at is not None:
        raise NotFound("link.unknown")
    if link.used_at is not None:
        raise Gone("link.used")
    if link.expires_at <= real:
        raise Gone("link.expired")
    return link


def spend_link(*, token: str, real: datetime) -> AccountLink:
    """Spend a link: of any number of attempts at once, one wins and the others raise ``Gone``."""
    link = check_link(token, real)
    won = db.session.execute(
        update(AccountLink)
        .where(AccountLink.id == link.id, AccountLink.used_at.is_(None))
        .values(used_at=real)
        .returning(AccountLink.id)
    ).all()
    if not won:
        raise Gone("link.used")
    return link


def begin_session(*, account: Account, now: datetime, real: datetime, by_link: bool, fresh_hash: str = "") -> str:
    """Sign one browser in and return the secret for its cookie; ``now`` is for the log.

    ``fresh_hash`` replaces the hash of the same password made with older parameters.
    """
    secret, secret_hash = new_secret()
    db.session.add(
        AccountSession(
            account_id=account.id,
            secret_hash=secret_hash,
            epoch=account.session_epoch,
            by_link=by_link,
            created_at=real,
        )
    )
    account.last_seen_at = now
    account.password_hash = fresh_hash or account.password_hash
    db.session.flush()
    record(
        actor=Actor.account(account.id, account.name),
        action="account.signed_in",
        object_kind="account",
        object_id=account.id,
        now=now,
        after={"by_link": by_link},
    )
    return secret


def end_session(*, secret: str, account_id: int, actor: Actor, now: datetime) -> None:
    """Sign one browser out, so that a copy of its cookie opens nothing."""
    db.session.execute(delete(AccountSession).where(AccountSession.secret_hash == hash_secret(secret)))
    record(actor=actor, action="account.signed_out", object_kind="account", object_id=account_id, now=now)
