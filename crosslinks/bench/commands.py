"""``crosslinks bench``: CPU, latency and memory beside a one-line page."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click

from crosslinks.bench.run import Size, run


@click.command("bench")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 9), help="The median of so many counts.")
def bench_command(as_json: bool, rounds: int) -> None:
    """Measure server CPU per request beside P, a one-line Flask page on the same server in the same run.

    Works in a temporary folder on SQLite (synchronous=FULL), with 2 server processes and 8 clients. Its rate limits
    are raised: all clients share one address.
    """
    click.echo("measuring with raised rate limits; a few minutes ...", err=True)
    with tempfile.TemporaryDirectory(prefix="crosslinks-bench-") as folder:
        rows = run(Path(folder) / "instance", Size(rounds=rounds), lambda text: click.echo(f"  {text}", err=True))
    if as_json:
        click.echo(json.dumps({"rows": [row.as_json() for row in rows]}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(row.as_text())
