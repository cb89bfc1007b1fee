"""``crosslinks serve``."""

from __future__ import annotations

from pathlib import Path

import click

from crosslinks.app import create_app
from crosslinks.config import ConfigurationError
from crosslinks.kernel.db import db
from crosslinks.kernel.schema import is_current
from crosslinks.serve.start import CannotServe, Plan, serve

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@click.option("--tls-cert", type=_FILE, help="Certificate with its chain (PEM), to serve HTTPS without a proxy.")
@click.option("--tls-key", type=_FILE, help="The certificate's private key (PEM).")
@click.option("--worker/--no-worker", default=True, help="Also run the worker that sends mail and makes documents.")
def serve_command(
    host: str, port: int, workers: int, tls_cert: Path | None, tls_key: Path | None, worker: bool
) -> None:
    """Serve the site: server processes and a worker, started again whenever one ends."""
    try:
        _require_tables()
        serve(Plan(host=host, port=port, workers=workers, tls_cert=tls_cert, tls_key=tls_key, worker=worker))
    except (ConfigurationError, CannotServe) as error:
        raise click.ClickException(str(error)) from error


def _require_tables() -> None:
    app = create_app()
    with app.app_context():
        if not is_current():
            raise CannotServe("the database is not up to date: run `crosslinks init`")
        db.session.remove()
        db.engine.dispose()
