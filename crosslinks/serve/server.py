"""Granian as this project runs it; the measurements run their plain page on the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

BLOCKING_THREADS = 32
HEADER_SECONDS = 20
KILL_SECONDS = 10


def make_server(options: dict[str, Any]) -> MPServer:
    """Return the server for ``host port workers tls_cert tls_key``."""
    return MPServer(
        "crosslinks",
        address=options["host"],
        port=options["port"],
        interface=Interfaces.WSGI,
        workers=options["workers"],
        blocking_threads=BLOCKING_THREADS,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        log_level=LogLevels.error,
        ssl_cert=Path(options["tls_cert"]) if options.get("tls_cert") else None,
        ssl_key=Path(options["tls_key"]) if options.get("tls_key") else None,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=KILL_SECONDS,
    )
