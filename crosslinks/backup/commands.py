"""``crosslinks init``, ``backup`` and ``restore``: an instance from its first day to another machine."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from crosslinks.app import create_app
from crosslinks.backup.archive import BackupError, make_backup, restore, write_config
from crosslinks.config import CONFIG_FILE, PREFIX, ConfigurationError, load_settings
from crosslinks.kernel.db import db
from crosslinks.schema import bring_up_to_date

FIRST_CONFIG = """\
# Settings of this instance. Each can also be given as CROSSLINKS_<NAME> in the environment, which wins.
# docs/operators.md explains them all.

# Whoever knows it can forge links and sign-ins. Losing it ends every link that was sent.
secret_key = "{secret}"

# The address that visitors use; links in mails are built on it.
base_url = "{base_url}"

# Without a mail server messages wait in the organizer's outbox.
# smtp_url = "smtp+starttls://user:password@mail.example.org:587"
# mail_from = "conference@example.org"

# SQLite in this folder unless another database is named.
# database_url = "postgresql://user:password@host/crosslinks"

# Proxies whose X-Forwarded-For is believed.
# trusted_proxies = "127.0.0.1"
"""

as_json = click.option("--json", "is_json", is_flag=True, help="Report as JSON.")


@click.command("init")
@click.option("--base-url", default="http://127.0.0.1:8000", show_default=True, help="The address that visitors use.")
@as_json
def init_command(base_url: str, is_json: bool) -> None:
    """Make an instance: its settings with a fresh secret, and its tables. Safe to repeat, such as after an upgrade."""
    folder = Path(os.environ.get(PREFIX + "INSTANCE") or "instance").resolve()
    fresh = not (folder / CONFIG_FILE).exists() and not os.environ.get(PREFIX + "SECRET_KEY")
    try:
        if fresh:
            write_config(folder, FIRST_CONFIG.format(secret=secrets.token_urlsafe(48), base_url=base_url.rstrip("/")))
        settings = load_settings()
        settings.uploads.mkdir(parents=True, exist_ok=True)
        app = create_app(settings)
        bring_up_to_date(app)
        with app.app_context():
            db.engine.dispose()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    if is_json:
        click.echo(json.dumps({"instance": str(folder), "fresh": fresh}))
    elif fresh:
        click.echo(f"made {folder / CONFIG_FILE}: look through it, then `crosslinks user add`")
    else:
        click.echo(f"{folder} is up to date")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
@with_appcontext
def backup_command(file: Path, is_json: bool) -> None:
    """Write database, uploads, keys and settings to FILE (.tar.gz). The server may go on serving meanwhile."""
    try:
        manifest = make_backup(file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    if is_json:
        click.echo(json.dumps(asdict(manifest)))
    else:
        click.echo(
            f"{file}: {sum(manifest.rows.values())} rows, {manifest.uploads} uploads. It holds the secret: guard it."
        )


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--database-url", default="", help="Another database than SQLite in the instance's folder.")
@as_json
def restore_command(file: Path, database_url: str, is_json: bool) -> None:
    """Make an empty instance serve what FILE holds; nothing is changed when the instance is not empty."""
    try:
        manifest = restore(file, database_url=database_url)
    except (BackupError, ConfigurationError) as error:
        raise click.ClickException(str(error)) from error
    if is_json:
        click.echo(json.dumps(asdict(manifest)))
    else:
        click.echo(f"restored {sum(manifest.rows.values())} rows and {manifest.uploads} uploads of {manifest.made_at}")
