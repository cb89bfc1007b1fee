"""From a command to a running server: looks whether the port is free, then becomes the supervisor."""

from __future__ import annotations

import errno
import json
import os
import socket
import ssl
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - only recognised, never chosen


class CannotServe(Exception):
    """The server cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """What to run. ``lines`` are printed when the server accepts connections."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    tls_cert: Path | None = None
    tls_key: Path | None = None
    worker: bool = True
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address to open in a browser on this machine."""
        scheme = "https" if self.tls_cert else "http"
        host = ANYWHERE.get(self.host, self.host)
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"


def check_plan(plan: Plan) -> None:
    """Raise ``CannotServe`` when the port is taken or not ours, or the certificate cannot be used."""
    if (plan.tls_cert is None) != (plan.tls_key is None):
        raise CannotServe("TLS needs both: --tls-cert and --tls-key")
    if plan.tls_cert and plan.tls_key:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(plan.tls_cert, plan.tls_key)
        except (OSError, ssl.SSLError) as error:
            raise CannotServe(f"the certificate and key cannot be used: {error}") from error
    family = socket.AF_INET6 if ":" in plan.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((plan.host, plan.port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotServe(
                    f"port {plan.port} on {plan.host} is taken; stop what uses it or choose another with --port"
                ) from error
            raise CannotServe(f"cannot listen on {plan.host} port {plan.port}: {error.strerror or error}") from error


def serve(plan: Plan) -> NoReturn:
    """Replace this process by the server's, so that nothing of the command stays in memory.

    Raises ``CannotServe`` before that when it would not work.
    """
    check_plan(plan)
    work = {
        "http": {
            "host": plan.host,
            "port": plan.port,
            "workers": plan.workers,
            "tls_cert": str(plan.tls_cert) if plan.tls_cert else "",
            "tls_key": str(plan.tls_key) if plan.tls_key else "",
        },
        "worker": plan.worker,
        "address": [ANYWHERE.get(plan.host, plan.host), plan.port],
        "lines": plan.lines or [f"Crosslinks is at {plan.address}"],
    }
    sys.stdout.flush()
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # many waiting threads would each keep an arena of their own
    os.execv(sys.executable, [sys.executable, "-m", "crosslinks.serve.family", json.dumps(work)])  # noqa: S606
