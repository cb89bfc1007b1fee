"""The child that answers HTTP: Granian, as this project runs it (``python -m crosslinks.serve.http OPTIONS``).

The application is loaded once, before the workers are forked, so that they share its memory.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from crosslinks.serve.supervisor import die_with_parent
from crosslinks.serve.wsgi import application

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BLOCKING_THREADS = 32
HEADER_SECONDS = 20
KILL_SECONDS = 10


def enter_worker(_target: str) -> WSGIApplication:
    """Begin a worker process: it ends together with the server's main process."""
    parent = os.getppid()
    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    return application


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


if __name__ == "__main__":
    gc.collect()
    gc.freeze()
    make_server(json.loads(sys.argv[1])).serve(target_loader=enter_worker)
