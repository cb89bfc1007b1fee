"""``crosslinks badges``: print at the command line, as a job would."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from crosslinks.documents.operations import BadgeOrder
from crosslinks.documents.printing import PrintedRun, note_prints, print_order
from crosslinks.documents.queries import BadgeFilter, Selection
from crosslinks.documents.rules import DEFAULT_FORMAT, badge_formats
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now
from crosslinks.kernel.errors import CrosslinksError
from crosslinks.registration.rules import BadgeRole
from crosslinks.web.languages import LANGUAGES

FORMATS = click.Choice([*badge_formats()])
TARGET = click.Path(dir_okay=False, path_type=Path)
ONLY = click.Choice([choice.value for choice in Selection])
ROLES = click.Choice([choice.value for choice in BadgeRole])


@click.command("badges")
@click.argument("edition", metavar="CONFERENCE/EDITION")
@click.option("--format", "format_id", default=DEFAULT_FORMAT, type=FORMATS, show_default=True, help="The stock.")
@click.option("--only", default=Selection.ALL.value, type=ONLY, show_default=True, help="new: not printed yet.")
@click.option("--role", default=None, type=ROLES, help="Only this role.")
@click.option("--language", default=None, type=click.Choice([*LANGUAGES]), help="Default: the edition's first.")
@click.option("-o", "--output", required=True, type=TARGET, help="The PDF to write.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@with_appcontext
def badges_command(
    edition: str, format_id: str, only: str, role: str | None, language: str | None, output: Path, as_json: bool
) -> None:
    """Print the badges of all confirmed on-site people, or of some, as a PDF; the edition is as in crosslinks/2024."""
    conference, _, slug = edition.partition("/")
    actor = Actor.command()
    try:
        found = get_edition(conference, slug)
        chosen = BadgeFilter(Selection(only), BadgeRole(role) if role else None)
        order = BadgeOrder(chosen, format_id, language or found.languages[0])
        run = print_order(found.id, order)
    except CrosslinksError as error:
        raise click.ClickException(error.message or error.code) from error
    if run.result.badges == 0:
        raise click.ClickException("nobody with a place in the room is in that choice")
    try:
        output.write_bytes(run.result.pdf)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from error
    note_prints(run, order, moment=now(), by=actor.label)
    _report(run, output, as_json=as_json)


def _report(run: PrintedRun, output: Path, *, as_json: bool) -> None:
    missing = [[item.reference, item.characters] for item in run.result.missing_glyphs]
    if as_json:
        told = {"badges": run.result.badges, "pages": run.result.pages, "missing": missing, "file": str(output)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{run.result.badges} badges on {run.result.pages} pages: {output}")
    for reference, characters in missing:
        click.echo(f"{reference}: no font has {characters}; that line stays open, to be written by hand", err=True)
