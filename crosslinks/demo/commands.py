"""``crosslinks demo``: a throw-away instance with the 2024 edition, served."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Flask
from sqlalchemy import select

from crosslinks.accounts.links import mint_link
from crosslinks.accounts.models import Account
from crosslinks.accounts.operations import create_account, grant_role
from crosslinks.accounts.rules import LinkPurpose
from crosslinks.checkin.models import Gate
from crosslinks.checkin.operations import make_door_link
from crosslinks.checkin.rules import GateKind
from crosslinks.config import load_settings
from crosslinks.demo.build import default_now, is_demo, make_instance, open_instance, write_config
from crosslinks.demo.edition import ACTOR
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.serve.start import CannotServe, Plan, check_plan, serve

ORGANIZER = "organizer@example.org"
OSLO = ZoneInfo("Europe/Oslo")


def _read_now(context: click.Context, option: click.Parameter, value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=value.tzinfo or OSLO).astimezone(UTC)


@click.command("demo")
@click.option("--dir", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where the instance lies.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@click.option("--participants", default=300, show_default=True, type=click.IntRange(0, 5000), help="Invented people.")
@click.option(
    "--now",
    "begins",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    callback=_read_now,
    help="Where the demo's clock starts, Oslo time, as in 2024-01-18T09:00. Default: a week before the day.",
)
@click.option("--serve/--no-serve", "is_served", default=True, help="Also start the server.")
def demo_command(
    folder: Path | None, host: str, port: int, workers: int, participants: int, begins: datetime | None, is_served: bool
) -> None:
    """Serve a throw-away instance: Cancer Crosslinks 2024 with invented participants.

    The demo's clock starts at --now and runs on. A second start of the same folder keeps what was done in it.
    """
    plan = Plan(host=host, port=port, workers=workers)
    try:
        if is_served:
            check_plan(plan)
    except CannotServe as error:
        raise click.ClickException(str(error)) from error
    place = (folder or Path(tempfile.mkdtemp(prefix="crosslinks-demo-"))).resolve()
    app = _open_or_make(place, participants=participants, begins=begins, base_url=plan.address)
    with app.app_context():
        lines = _addresses(plan.address)
        db.session.remove()
        db.engine.dispose()
    if not is_served:
        click.echo("\n".join(lines))
        return
    serve(Plan(host=host, port=port, workers=workers, lines=lines))


def _open_or_make(folder: Path, *, participants: int, begins: datetime | None, base_url: str) -> Flask:
    if is_demo(folder):
        kept = load_settings(instance=folder)
        now = begins or real_now() + timedelta(seconds=kept.demo_offset)
        write_config(folder, now=now, base_url=base_url, secret=kept.secret_key)
        return open_instance(folder)
    if folder.is_dir() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty and not a demo: choose another with --dir")
    click.echo(f"making a demo with {participants} invented participants ...", err=True)
    return make_instance(folder, participants=participants, now=begins or default_now(), base_url=base_url)


def _addresses(base_url: str) -> list[str]:
    """Mint the organizer's sign-in link and a door link of each kind, and return what to print."""
    with transaction():
        edition = get_edition("crosslinks", "2024")
        gate = db.session.scalars(select(Gate).where(Gate.edition_id == edition.id).order_by(Gate.position)).first()
        sign_in = mint_link(account=_organizer(edition), purpose=LinkPurpose.SIGN_IN, real=real_now())
        doors = {kind: _door(edition, gate, kind) for kind in GateKind} if gate else {}
    clock_says = f"{clock.now().astimezone(edition.zone):%A %d %B %Y, %H:%M}"
    return [
        "",
        f"  Site       {base_url}/crosslinks/2024/",
        f"  Organizer  {base_url}/sign-in/{sign_in}",
        *(f"  Door, {kind.value:<5}{base_url}/door/{token}" for kind, token in doors.items()),
        "",
        f"  The demo's clock says {clock_says}. Links open once; stop with Ctrl-C.",
    ]


def _organizer(edition: Edition) -> Account:
    account = db.session.scalar(select(Account).where(Account.email == ORGANIZER))
    if account is None:
        account = create_account(actor=ACTOR, now=clock.now(), email=ORGANIZER, name="Demo Organizer")
        grant_role(actor=ACTOR, now=clock.now(), account=account, conference_id=edition.conference_id, role=Role.OWNER)
    return account


def _door(edition: Edition, gate: Gate, kind: GateKind) -> str:
    """Make a door link that works from now on, so that the door can be tried before the day."""
    now = clock.now()
    return make_door_link(
        actor=ACTOR,
        now=now,
        real=real_now(),
        edition=edition,
        gate=gate,
        kind=kind,
        valid_from=now,
        valid_until=max(edition.ends_at, now) + timedelta(days=1),
        approved=True,
    )
