"""``crosslinks edition export`` and ``crosslinks edition import``."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from crosslinks.config import settings
from crosslinks.copies.exchange import import_file, look_at
from crosslinks.copies.export import export_edition
from crosslinks.copies.operations import Wish
from crosslinks.copies.packing import pack
from crosslinks.copies.refusals import BadFile
from crosslinks.copies.words import count_words, fault_words
from crosslinks.editions.commands import get_edition
from crosslinks.editions.queries import find_conference_id, get_conference, get_edition_by_id
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.errors import CrosslinksError
from crosslinks.web.languages import speaking


@click.command("export")
@click.argument("address")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@with_appcontext
def export_command(address: str, file: Path) -> None:
    """Write an edition into FILE, a ZIP: structure, texts and pictures, never people who take part.

    ADDRESS is as in crosslinks/2024.
    """
    document = export_edition(get_edition(address), settings().uploads)
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as out:
            pack(document, out)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise click.ClickException(f"{file}: {error.strerror}") from error
    for words in document.lost:
        click.echo(f"not in it, for its file is gone: {words}", err=True)
    click.echo(f"wrote {address} into {file}: edition.json and {len(document.pictures)} pictures")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--conference", help="Address of the conference; made from the file when it is new. Default: the file's.")
@click.option("--slug", help="Address of the edition below it, such as 2027. Default: the file's.")
@click.option("--number", type=click.IntRange(1, 9999), help="Which edition this is. Default: the file's.")
@click.option("--check", is_flag=True, help="Only say what the file holds, or what is wrong in it.")
@with_appcontext
def import_command(file: Path, conference: str | None, slug: str | None, number: int | None, check: bool) -> None:
    """Make the edition of FILE, which `export` wrote, as a draft."""
    with speaking("en"):
        try:
            plan = look_at(file)
            click.echo("\n".join(["in the file:", *(f"  {words}" for words in count_words(plan.counts))]))
            if check:
                return
            said = plan.edition.values
            where = conference or plan.conference.values["slug"]
            wish = Wish(slug or said["slug"], number or said["number"])
            known = get_conference(where) if find_conference_id(where) is not None else None
            made = import_file(
                actor=Actor.command(), path=file, wish=wish, conference=known, conference_slug=where, source=file.name
            )
        except BadFile as error:
            lines = (f"{fault.path}: {fault_words(fault)}".removeprefix(": ") for fault in error.faults)
            raise click.ClickException("\n".join([f"{file} cannot be taken in:", *lines])) from error
        except CrosslinksError as error:
            hint = ": give another --slug" if error.code == "edition.slug_taken" else ""
            raise click.ClickException(f"{file}: {error.code}{hint}") from error
    edition = get_edition_by_id(made)
    address = f"{edition.conference.slug}/{edition.slug}"
    click.echo(f"made {address} as a draft; edit it at {settings().base_url}/manage/{address}/settings")
