"""All processes of a server: loads the application once, then forks HTTP and the worker (``python -m … PLAN``).

What is loaded before a fork is shared, so that the second and every further process costs only what it changes. No
connection is open and no thread runs at a fork.
"""

from __future__ import annotations

import gc
import json
import sys
from typing import Any

from crosslinks.kernel.db import drop_connections_after_fork
from crosslinks.serve.http import serve_http
from crosslinks.serve.supervisor import Child, supervise
from crosslinks.serve.wsgi import flask_app
from crosslinks.worker import work


def _worker() -> int:
    with flask_app.app_context():
        drop_connections_after_fork()
    return work(flask_app)


def main(plan: dict[str, Any]) -> None:
    """Run a plan: ``{"http": options, "worker": bool, "address": [host, port], "lines": [...]}``."""
    children = [Child("http", lambda: serve_http(plan["http"]))]
    if plan["worker"]:
        children.append(Child("worker", _worker))
    gc.collect()
    gc.freeze()
    host, port = plan["address"]
    supervise(children, address=(host, port), lines=plan["lines"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
