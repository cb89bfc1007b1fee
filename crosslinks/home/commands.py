"""``crosslinks edition``: figures of an edition, its capacity, making one."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from crosslinks.config import settings
from crosslinks.editions.commands import get_edition, read_address
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import create_conference, create_edition
from crosslinks.editions.queries import find_conference_id, get_conference, get_edition_by_id
from crosslinks.editions.rules import Mode
from crosslinks.editions.times import to_utc
from crosslinks.home.figures import EditionFigures, edition_figures
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import CrosslinksError
from crosslinks.registration.jobs import promote_the_rest
from crosslinks.registration.operations import set_capacity

KEPT_AFTER = timedelta(days=90)


@click.group("edition")
def edition_commands() -> None:
    """Figures of an edition, its capacity, and making one."""


def _say(edition: Edition, figures: EditionFigures) -> None:
    click.echo(f"{edition.title}, {edition.state.value}")
    for mode, count in figures.modes.items():
        places = "no limit" if count.places is None else f"of {count.places}, {count.free} free"
        click.echo(f"  {mode.value:<8} {count.confirmed:>5} confirmed, {places}, {count.waiting} waiting")
    click.echo(f"  cancelled {figures.cancelled}, scans {figures.scans}, admitted {figures.admitted}")
    click.echo("  mail " + ", ".join(f"{state.value} {number}" for state, number in figures.mail.items()))


@edition_commands.command("show")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def show(address: str, as_json: bool) -> None:
    """Print an edition's places, scans and mail; ADDRESS is as in crosslinks/2024."""
    edition = get_edition(address)
    figures = edition_figures(edition.id)
    if as_json:
        click.echo(json.dumps(figures.as_json()))
    else:
        _say(edition, figures)


def _capacity(text: str) -> tuple[Mode, int | None]:
    name, _equals, number = text.partition("=")
    try:
        return Mode(name), None if number == "none" else int(number)
    except ValueError as error:
        raise click.UsageError(f"{text!r}: write onsite=320, digital=500 or digital=none") from error


@edition_commands.command("set")
@click.argument("address")
@click.option("--capacity", "capacities", multiple=True, help="onsite=320, digital=500, or digital=none for no limit.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures afterwards as JSON.")
@with_appcontext
def change(address: str, capacities: tuple[str, ...], as_json: bool) -> None:
    """Change capacities. More places promote people who wait; fewer throw nobody out."""
    edition = get_edition(address)
    edition_id = edition.id
    wanted = [_capacity(text) for text in capacities]
    if not wanted:
        raise click.UsageError("nothing to change: give --capacity")
    for mode, capacity in wanted:
        with transaction():
            set_capacity(actor=Actor.command(), now=now(), edition_id=edition_id, mode=mode, capacity=capacity)
    promote_the_rest(edition_id)
    figures = edition_figures(edition_id)
    if as_json:
        click.echo(json.dumps(figures.as_json()))
    else:
        _say(get_edition_by_id(edition_id), figures)


@edition_commands.command("add")
@click.argument("address")
@click.option("--starts", required=True, type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="Local time, 2027-01-21T10:30.")
@click.option("--ends", required=True, type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="Local time, 2027-01-21T15:30.")
@click.option("--zone", default="Europe/Oslo", show_default=True, help="Time zone of the venue.")
@click.option("--number", default=1, show_default=True, type=click.IntRange(1, 9999), help="Which edition this is.")
@click.option("--onsite", type=click.IntRange(0), help="Places in the room; none given: no limit.")
@click.option("--digital", type=click.IntRange(0), help="Places on the stream; none given: no limit.")
@click.option("--name", help="Name of the conference, when it is a new one.")
@click.option("--organiser", help="Who holds it, when it is a new one.")
@with_appcontext
def add(
    address: str,
    starts: datetime,
    ends: datetime,
    zone: str,
    number: int,
    onsite: int | None,
    digital: int | None,
    name: str | None,
    organiser: str | None,
) -> None:
    """Make an edition as a draft, and its conference when that is new."""
    conference_slug, slug = read_address(address)
    if find_conference_id(conference_slug) is None and not (name and organiser):
        raise click.UsageError(f"{conference_slug} is a new conference: give --name and --organiser too")
    place = ZoneInfo(zone)
    ends_at = to_utc(ends, place)
    actor, moment = Actor.command(), now()
    try:
        with transaction():
            if find_conference_id(conference_slug) is None:
                create_conference(
                    actor=actor, now=moment, slug=conference_slug, name=name or "", organiser=organiser or ""
                )
            create_edition(
                actor=actor,
                now=moment,
                conference=get_conference(conference_slug),
                wrapping_key=settings().keys.tickets,
                capacities={Mode.ONSITE: onsite, Mode.DIGITAL: digital},
                slug=slug,
                number=number,
                starts_at=to_utc(starts, place),
                ends_at=ends_at,
                erase_on=(ends_at + KEPT_AFTER).date(),
                time_zone=zone,
            )
    except CrosslinksError as error:
        raise click.ClickException(f"{address}: {error.code}") from error
    click.echo(f"made {address} as a draft; edit it at {settings().base_url}/manage/{address}/settings")
