"""The process that answers HTTP: Granian, as this project runs it, with its workers."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from crosslinks.kernel.db import drop_connections_after_fork
from crosslinks.serve.server import make_server
from crosslinks.serve.supervisor import be_called, die_with_parent
from crosslinks.serve.wsgi import application, flask_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def enter_worker(_target: str) -> WSGIApplication:
    """Begin a worker process: it ends together with the server's main process."""
    parent = os.getppid()
    be_called("cx-http-worker")
    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    with flask_app.app_context():
        drop_connections_after_fork()
    return application


def serve_http(options: dict[str, Any]) -> int:
    """Serve until told to end, with the application that this process already holds; return the exit code."""
    make_server(options).serve(target_loader=enter_worker)
    return 0
