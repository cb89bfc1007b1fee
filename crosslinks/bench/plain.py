"""The measure of all other figures: a one-line Flask page, on the same server in the same run.

``python -m crosslinks.bench.plain OPTIONS`` serves it.
"""

from __future__ import annotations

import json
import sys

from flask import Flask

from crosslinks.serve.server import make_server

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Answer with one line."""
    return "hello"


@app.get("/healthz")
def healthz() -> str:
    """Say that the server is up."""
    return "ok"


def _load(_target: str) -> Flask:
    return app


if __name__ == "__main__":
    make_server(json.loads(sys.argv[1])).serve(target_loader=_load)
