"""The ``crosslinks`` command."""

from __future__ import annotations

import os
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError

from crosslinks.accounts.commands import user_commands
from crosslinks.app import create_app
from crosslinks.backup.commands import backup_command, init_command, restore_command
from crosslinks.bench.commands import bench_command
from crosslinks.checkin.commands import door_commands
from crosslinks.config import ConfigurationError
from crosslinks.copies.commands import export_command, import_command
from crosslinks.demo.commands import demo_command
from crosslinks.documents.commands import badges_command
from crosslinks.home.commands import edition_commands
from crosslinks.serve.commands import serve_command
from crosslinks.worker import worker_command


def _app() -> Flask:
    try:
        return create_app()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error


class Commands(click.Group):
    """The commands; what goes wrong with the database is said in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            raise click.ClickException(f"the database cannot be used ({error.orig}): see `crosslinks init`") from error


@click.group(cls=Commands)
@click.version_option(package_name="crosslinks")
@click.pass_context
def main(context: click.Context) -> None:
    """Run a free, hybrid conference, from the first announcement to the last certificate."""
    os.umask(0o077)  # whatever a command or the server writes holds personal data or keys
    context.obj = ScriptInfo(create_app=_app, set_debug_flag=False)


edition_commands.add_command(export_command)
edition_commands.add_command(import_command)
for command in (
    backup_command,
    badges_command,
    bench_command,
    demo_command,
    door_commands,
    edition_commands,
    init_command,
    restore_command,
    serve_command,
    user_commands,
    worker_command,
):
    main.add_command(command)
