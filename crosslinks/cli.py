"""The ``crosslinks`` command."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import ScriptInfo

from crosslinks.app import create_app
from crosslinks.config import ConfigurationError
from crosslinks.demo.commands import demo_command
from crosslinks.home.commands import edition_commands
from crosslinks.serve.commands import serve_command


def _app() -> Flask:
    try:
        return create_app()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error


@click.group()
@click.version_option(package_name="crosslinks")
@click.pass_context
def main(context: click.Context) -> None:
    """Run a free, hybrid conference, from the first announcement to the last certificate."""
    context.obj = ScriptInfo(create_app=_app, set_debug_flag=False)


for command in (
    demo_command,
    edition_commands,
    serve_command,
):
    main.add_command(command)
