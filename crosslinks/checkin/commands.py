"""``crosslinks door``: gates and door links from the server's command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from crosslinks.checkin.models import Gate
from crosslinks.checkin.operations import create_gate, make_door_link, usual_window
from crosslinks.checkin.queries import find_gate, list_gates
from crosslinks.checkin.rules import LINK_SHOWN_FOR, PHONES_PER_LINK, GateKind
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.times import to_utc
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import CrosslinksError, Invalid, NotFound

MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
as_json = click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
of_edition = click.argument("edition", metavar="CONFERENCE/EDITION")


def _edition(address: str) -> Edition:
    conference, _slash, edition = address.strip("/").partition("/")
    try:
        return get_edition(conference, edition)
    except NotFound as error:
        raise click.ClickException(f"There is no edition {address}; write it as crosslinks/2024.") from error


def _gate(edition: Edition, address: str, slug: str) -> Gate:
    found = find_gate(edition.id, slug)
    if found is None:
        known = ", ".join(gate.slug for gate in list_gates(edition.id)) or "none yet"
        raise click.ClickException(
            f"There is no gate {slug}. Gates: {known}. Make one with: crosslinks door gate {address} --name NAME"
        )
    return found


def _utc(typed: datetime | None, edition: Edition, usual: datetime) -> datetime:
    if typed is None:
        return usual
    try:
        return to_utc(typed, edition.zone)
    except (Invalid, OverflowError) as error:
        raise click.ClickException(f"{typed:%Y-%m-%dT%H:%M} does not exist in {edition.time_zone}.") from error


@click.group("door")
def door_commands() -> None:
    """Make gates and the links that bring phones to them."""


@door_commands.command("link")
@of_edition
@click.option("--gate", "slug", required=True, help="The gate's short name, such as entrance.")
@click.option("--kind", type=click.Choice([kind.value for kind in GateKind]), default="lane", show_default=True)
@click.option("--from", "since", type=MOMENT, help="In the edition's time zone; usually now.")
@click.option("--until", type=MOMENT, help="Usually six hours after the end of the day.")
@click.option("--approve/--no-approve", default=True, help="Whether a desk works at once.  [default: approve]")
@as_json
@with_appcontext
def link(
    edition: str, slug: str, kind: str, since: datetime | None, until: datetime | None, approve: bool, as_json: bool
) -> None:
    """Print the address that enrols one desk or five lanes within 30 minutes."""
    found = _edition(edition)
    gate = _gate(found, edition, slug)
    start, end = usual_window(found, now())
    window = _utc(since, found, start), _utc(until, found, end)
    real = real_now()
    try:
        with transaction():
            token = make_door_link(
                actor=Actor.command(),
                now=now(),
                real=real,
                edition=found,
                gate=gate,
                kind=GateKind(kind),
                valid_from=window[0],
                valid_until=window[1],
                approved=approve,
            )
    except Invalid as error:
        raise click.ClickException("--until must be later than --from, and not over yet.") from error
    address = f"{settings().base_url}/door/{token}"
    if not as_json:
        click.echo(address)
        return
    report = {
        "url": address,
        "gate": slug,
        "kind": kind,
        "phones": PHONES_PER_LINK[GateKind(kind)],
        "approved": approve or kind == GateKind.LANE,
        "enrol_until": (real + LINK_SHOWN_FOR).isoformat(),
        "valid_from": window[0].astimezone(UTC).isoformat(),
        "valid_until": window[1].astimezone(UTC).isoformat(),
    }
    click.echo(json.dumps(report, indent=2))


@door_commands.command("gate")
@of_edition
@click.option("--name", required=True, help="What phones show, such as “Main entrance”.")
@as_json
@with_appcontext
def gate(edition: str, name: str, as_json: bool) -> None:
    """Add a gate."""
    found = _edition(edition)
    plain = " ".join(name.split())
    if len(plain) > 120 or "\x00" in plain:
        raise click.ClickException("A gate's name has at most 120 characters.")
    try:
        with transaction():
            made = create_gate(actor=Actor.command(), now=now(), edition=found, name=plain)
    except CrosslinksError as error:
        known = ", ".join(gate.slug for gate in list_gates(found.id)) or "none yet"
        raise click.ClickException(f"That name is taken, or has no letter or digit. Gates: {known}.") from error
    click.echo(json.dumps({"gate": made.slug, "name": made.name}, ensure_ascii=False) if as_json else made.slug)


@door_commands.command("gates")
@of_edition
@as_json
@with_appcontext
def gates(edition: str, as_json: bool) -> None:
    """List the gates of an edition."""
    found = list_gates(_edition(edition).id)
    if as_json:
        click.echo(json.dumps([{"gate": gate.slug, "name": gate.name} for gate in found], ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.slug}\t{one.name}")
