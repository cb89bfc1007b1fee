"""Making accounts, giving and taking roles, and ending what was given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from crosslinks.accounts.audit import record, snapshot
from crosslinks.accounts.models import Account, AccountSession, Grant
from crosslinks.accounts.queries import find_account, find_grant, lock_owners
from crosslinks.accounts.rules import LONGEST_EMAIL, Workplace, normalise_email
from crosslinks.jobs.operations import queue_job
from crosslinks.kernel.actors import Actor, Role
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.mail.operations import queue_mail

SEND_LINK = "accounts.send_link"
ACCOUNT_FIELDS = ("email", "name", "language", "disabled_at")


def create_account(
    *, actor: Actor, now: datetime, email: str, name: str, language: str = "en", password_hash: str = ""
) -> Account:
    """Make an account; raises ``Conflict`` when the address has one, ``Invalid`` when it is no address."""
    address = normalise_email(email)
    if "@" not in address or len(address) > LONGEST_EMAIL:
        raise Invalid("account.email")
    if find_account(address) is not None:
        raise Conflict("account.exists")
    account = Account(
        email=address, name=name.strip() or address, language=language, password_hash=password_hash, created_at=now
    )
    db.session.add(account)
    db.session.flush()
    record(
        actor=actor,
        action="account.created",
        object_kind="account",
        object_id=account.id,
        now=now,
        after=snapshot(account, ACCOUNT_FIELDS),
    )
    return account


def change_profile(*, actor: Actor, now: datetime, account: Account, name: str, language: str) -> None:
    """Change an account's own name and language."""
    before = snapshot(account, ACCOUNT_FIELDS)
    account.name, account.language = name.strip(), language
    db.session.flush()
    record(
        actor=actor,
        action="account.changed",
        object_kind="account",
        object_id=account.id,
        now=now,
        before=before,
        after=snapshot(account, ACCOUNT_FIELDS),
    )


def set_password(*, actor: Actor, now: datetime, account: Account, password_hash: str) -> None:
    """Set a password, hashed before the transaction and checked by ``rules``; every browser is signed out."""
    account.password_hash = password_hash
    _end_sessions(account)
    record(actor=actor, action="account.password_set", object_kind="account", object_id=account.id, now=now)


def sign_out_everywhere(*, actor: Actor, now: datetime, account: Account) -> None:
    """End every sign-in of an account, this browser's too."""
    _end_sessions(account)
    record(actor=actor, action="account.signed_out_everywhere", object_kind="account", object_id=account.id, now=now)


def _end_sessions(account: Account) -> None:
    account.session_epoch += 1
    db.session.execute(delete(AccountSession).where(AccountSession.account_id == account.id))
    db.session.flush()


def disable_account(*, actor: Actor, now: datetime, account: Account) -> None:
    """Keep somebody out everywhere; raises ``Conflict`` when a conference would be left without an owner."""
    for grant in account.grants:
        _refuse_last_owner(grant)
    before = snapshot(account, ACCOUNT_FIELDS)
    account.disabled_at = now
    _end_sessions(account)
    record(
        actor=actor,
        action="account.disabled",
        object_kind="account",
        object_id=account.id,
        now=now,
        before=before,
        after=snapshot(account, ACCOUNT_FIELDS),
    )


def enable_account(*, actor: Actor, now: datetime, account: Account) -> None:
    """Let somebody in again who was kept out."""
    before = snapshot(account, ACCOUNT_FIELDS)
    account.disabled_at = None
    db.session.flush()
    record(
        actor=actor,
        action="account.enabled",
        object_kind="account",
        object_id=account.id,
        now=now,
        before=before,
        after=snapshot(account, ACCOUNT_FIELDS),
    )


def grant_role(*, actor: Actor, now: datetime, account: Account, conference_id: int, role: Role) -> Grant:
    """Give an account a role in a conference, in place of the one it has.

    Raises ``Conflict`` when that takes the last owner away.
    """
    grant = find_grant(account.id, conference_id)
    if grant is None:
        grant = Grant(account=account, conference_id=conference_id, role=role)
        db.session.add(grant)
        db.session.flush()
        record(
            actor=actor,
            action="grant.given",
            object_kind="grant",
            object_id=grant.id,
            now=now,
            conference_id=conference_id,
            after=_described(grant),
        )
    elif grant.role is not role:
        _refuse_last_owner(grant)
        before = _described(grant)
        grant.role = role
        db.session.flush()
        record(
            actor=actor,
            action="grant.changed",
            object_kind="grant",
            object_id=grant.id,
            now=now,
            conference_id=conference_id,
            before=before,
            after=_described(grant),
        )
    return grant


def remove_grant(*, actor: Actor, now: datetime, grant: Grant) -> None:
    """Take an account's role in a conference away; raises ``Conflict`` for the last owner."""
    _refuse_last_owner(grant)
    record(
        actor=actor,
        action="grant.removed",
        object_kind="grant",
        object_id=grant.id,
        now=now,
        conference_id=grant.conference_id,
        before=_described(grant),
    )
    db.session.delete(grant)
    db.session.flush()


def invite(*, actor: Actor, now: datetime, to: Workplace, email: str, name: str, role: Role, language: str) -> Grant:
    """Give a role to an address, with a new account if it has none, and tell it by mail.

    Raises ``Conflict`` when the address already has a role here, ``Invalid`` when it is no address.
    """
    account = find_account(email)
    if account is None:
        account = create_account(actor=actor, now=now, email=email, name=name, language=language)
    elif find_grant(account.id, to.conference_id) is not None:
        raise Conflict("grant.exists")
    grant = grant_role(actor=actor, now=now, account=account, conference_id=to.conference_id, role=role)
    _queue_invitation(grant, to, actor=actor, now=now)
    return grant


def send_invitation(*, actor: Actor, now: datetime, grant: Grant, to: Workplace) -> None:
    """Send an invitation once more, with a fresh link; raises ``Conflict`` to somebody who was here already."""
    if grant.account.last_seen_at is not None:
        raise Conflict("grant.accepted")
    _queue_invitation(grant, to, actor=actor, now=now)
    record(
        actor=actor,
        action="grant.resent",
        object_kind="grant",
        object_id=grant.id,
        now=now,
        conference_id=grant.conference_id,
        after=_described(grant),
    )


def _queue_invitation(grant: Grant, to: Workplace, *, actor: Actor, now: datetime) -> None:
    account = grant.account
    queue_mail(
        kind="accounts.invitation",
        language=account.language,
        to_address=account.email,
        to_name=account.name,
        now=now,
        edition_id=to.edition_id,
        account_id=account.id,
        data={"conference": to.conference_name, "role": grant.role.value, "hue": to.hue, "by": actor.label},
    )


def ask_for_link(*, email: str, language: str, now: datetime) -> None:
    """Ask for a sign-in link: the same single write for a known address and for an unknown one."""
    queue_job(
        kind=SEND_LINK,
        payload={"email": normalise_email(email), "language": language},
        actor=Actor.visitor(),
        now=now,
        quick=True,
    )


def send_link(*, email: str, language: str, now: datetime) -> bool:
    """Queue the mail with a sign-in link if the address has an account that may sign in; say whether it has."""
    account = find_account(email)
    if account is None or account.disabled_at is not None:
        return False
    queue_mail(
        kind="accounts.sign_in",
        language=language,
        to_address=account.email,
        to_name=account.name,
        now=now,
        account_id=account.id,
        data={},
    )
    return True


def _described(grant: Grant) -> dict[str, str]:
    return {"email": grant.account.email, "role": grant.role.value}


def _refuse_last_owner(grant: Grant) -> None:
    if grant.role is not Role.OWNER:
        return
    if {owner.id for owner in lock_owners(grant.conference_id)} <= {grant.id}:
        raise Conflict("grant.last_owner")
