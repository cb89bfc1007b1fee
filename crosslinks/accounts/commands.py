"""``crosslinks user``: accounts from the server's command line, where nobody needs to be signed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from flask.cli import with_appcontext

from crosslinks.accounts.links import mint_link
from crosslinks.accounts.models import Account
from crosslinks.accounts.operations import create_account, disable_account, enable_account, grant_role, remove_grant
from crosslinks.accounts.queries import find_grant, get_account_by_email, list_accounts, list_conference_slugs
from crosslinks.accounts.rules import LinkPurpose, link_life
from crosslinks.config import settings
from crosslinks.kernel.actors import Actor, Role
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import CrosslinksError, NotFound
from crosslinks.web.languages import LANGUAGES

P = ParamSpec("P")
R = TypeVar("R")

REFUSALS = {
    "account.email": "This is not an e-mail address.",
    "account.exists": "This address has an account already. Give it a role with: crosslinks user grant",
    "account.unknown": "No account has this address. See: crosslinks user list",
    "conference.unknown": "There is no such conference.",
    "grant.last_owner": "That would leave a conference without an owner. Make somebody else an owner first.",
    "grant.unknown": "This account has no role there.",
}
as_json = click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
in_conference = click.option("--conference", metavar="SLUG", help="Needed only when there are several conferences.")
a_role = click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OWNER.value)


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a refusal into one line and exit status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except CrosslinksError as error:
            raise click.ClickException(REFUSALS.get(error.code, error.message)) from error

    return run


def _conference_id(slug: str | None) -> int:
    known = {name: conference_id for conference_id, name in list_conference_slugs().items()}
    if slug is None and len(known) == 1:
        return next(iter(known.values()))
    if slug is None:
        raise click.UsageError(f"--conference is needed, one of: {', '.join(sorted(known)) or 'none yet'}")
    if slug not in known:
        raise NotFound("conference.unknown")
    return known[slug]


def _link(account: Account, purpose: LinkPurpose) -> str:
    """Mint a link; called within a transaction."""
    return f"{settings().base_url}/sign-in/{mint_link(account=account, purpose=purpose, real=real_now())}"


def _say(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else text)


def _lasts(purpose: LinkPurpose) -> str:
    life = link_life(purpose)
    return f"{life.days} days" if life.days else f"{int(life.total_seconds() // 60)} minutes"


@click.group("user")
def user_commands() -> None:
    """Who may sign in, and as what."""


@user_commands.command("add")
@click.argument("email")
@click.option("--name", default="", help="As it is shown in the log.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
@a_role
@in_conference
@as_json
@with_appcontext
@plainly
def add(email: str, name: str, language: str, role: str, conference: str | None, as_json: bool) -> None:
    """Make an account with a role, and print the link to choose a password."""
    conference_id = _conference_id(conference)
    with transaction():
        account = create_account(actor=Actor.command(), now=now(), email=email, name=name, language=language)
        grant_role(actor=Actor.command(), now=now(), account=account, conference_id=conference_id, role=Role(role))
        link = _link(account, LinkPurpose.SET_PASSWORD)
        email = account.email
    text = f"{email} is {role}. To choose a password (once, for {_lasts(LinkPurpose.SET_PASSWORD)}):\n{link}"
    _say({"email": email, "role": role, "link": link}, text, as_json=as_json)


@user_commands.command("list")
@as_json
@with_appcontext
@plainly
def list_users(as_json: bool) -> None:
    """List the accounts with their roles."""
    slugs = list_conference_slugs()
    report: list[dict[str, Any]] = [
        {
            "email": account.email,
            "name": account.name,
            "roles": {slugs[grant.conference_id]: grant.role.value for grant in account.grants},
            "disabled": account.disabled_at is not None,
            "password": bool(account.password_hash),
        }
        for account in list_accounts()
    ]
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    for row in report:
        roles = ", ".join(f"{slug} {role}" for slug, role in row["roles"].items()) or "no role"
        click.echo(f"{row['email']}  {row['name']}  {'closed, ' if row['disabled'] else ''}{roles}")
    if not report:
        click.echo("No accounts yet. Make one with: crosslinks user add")


@user_commands.command("link")
@click.argument("email")
@as_json
@with_appcontext
@plainly
def link_command(email: str, as_json: bool) -> None:
    """Print a fresh link that signs somebody in."""
    with transaction():
        account = get_account_by_email(email)
        if account.disabled_at is not None:
            raise click.ClickException("This account is closed. Open it with: crosslinks user enable")
        link = _link(account, LinkPurpose.SIGN_IN)
        email = account.email
    text = f"Signs {email} in (once, for {_lasts(LinkPurpose.SIGN_IN)}):\n{link}"
    _say({"email": email, "link": link}, text, as_json=as_json)


@user_commands.command("grant")
@click.argument("email")
@a_role
@in_conference
@click.option("--remove", is_flag=True, help="Take the role away instead.")
@as_json
@with_appcontext
@plainly
def grant_command(email: str, role: str, conference: str | None, remove: bool, as_json: bool) -> None:
    """Give an account a role in a conference, in place of the one it has."""
    conference_id = _conference_id(conference)
    with transaction():
        account = get_account_by_email(email)
        if remove:
            grant = find_grant(account.id, conference_id)
            if grant is None:
                raise NotFound("grant.unknown")
            remove_grant(actor=Actor.command(), now=now(), grant=grant)
        else:
            grant_role(actor=Actor.command(), now=now(), account=account, conference_id=conference_id, role=Role(role))
        email = account.email
    said = "no role" if remove else role
    _say({"email": email, "role": None if remove else role}, f"{email}: {said}", as_json=as_json)


@user_commands.command("disable")
@click.argument("email")
@as_json
@with_appcontext
@plainly
def disable(email: str, as_json: bool) -> None:
    """Keep somebody out, everywhere and at once."""
    with transaction():
        account = get_account_by_email(email)
        disable_account(actor=Actor.command(), now=now(), account=account)
        email = account.email
    _say({"email": email, "disabled": True}, f"{email} can no longer sign in", as_json=as_json)


@user_commands.command("enable")
@click.argument("email")
@as_json
@with_appcontext
@plainly
def enable(email: str, as_json: bool) -> None:
    """Let somebody in again who was kept out."""
    with transaction():
        account = get_account_by_email(email)
        enable_account(actor=Actor.command(), now=now(), account=account)
        email = account.email
    _say({"email": email, "disabled": False}, f"{email} can sign in again", as_json=as_json)
