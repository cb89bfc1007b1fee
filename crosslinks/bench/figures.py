"""What was measured so far, each beside the plain page as it was in the same moments: the machine's speed changes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from crosslinks.bench.load import Measured, Request, measure
from crosslinks.bench.stage import free_port, running

WORKERS = 2
CLIENTS = 8
PLAIN = 2_000
"""Requests to the plain page for each look at P."""
FRESH_SECONDS = 5.0
"""A look at P that is older is taken again before something is measured beside it."""


@dataclass
class Figures:
    """Figures by name, one for each round; ``port`` is that of ``plain``, the server of the plain page."""

    plain: psutil.Process
    port: int
    looks: list[float] = field(default_factory=list)
    measured: dict[str, list[Measured]] = field(default_factory=dict)
    ratios: dict[str, list[float]] = field(default_factory=dict)
    _looked_at: float = field(default=-FRESH_SECONDS, init=False)

    def ask(self, name: str, server: psutil.Process, port: int, requests: list[Request], expect: int = 200) -> None:
        """Measure one round, with P before and after; raises when the server does not answer as expected."""
        before = self._look() if time.monotonic() - self._looked_at > FRESH_SECONDS else self.looks[-1]
        found = _answered(name, measure(server, port, requests, clients=CLIENTS, expect=expect))
        self.measured.setdefault(name, []).append(found)
        self.ratios.setdefault(name, []).append(found.cpu * 2 / (before + self._look()))

    def _look(self) -> float:
        requests = [Request("GET", "/")] * PLAIN
        found = _answered("plain", measure(self.plain, self.port, requests, clients=CLIENTS, expect=200))
        self.looks.append(found.cpu)
        self._looked_at = time.monotonic()
        return found.cpu

    def cpu(self, name: str) -> float:
        """Return milliseconds of server CPU per request."""
        return median(found.cpu for found in self.measured[name])

    def in_p(self, name: str) -> float:
        """Return the same in units of the plain page."""
        return median(self.ratios[name])

    def p99(self, name: str) -> float:
        """Return the 99th percentile of latency in milliseconds."""
        return median(found.p99 for found in self.measured[name])


def _answered(name: str, found: Measured) -> Measured:
    if found.failed:
        raise RuntimeError(f"{name}: {found.failed} of {found.requests} requests were not answered as expected")
    return found


def warm(server: psutil.Process, port: int, requests: list[Request]) -> None:
    """Let each process of a server compile what it needs for these pages, which is no part of a page's price."""
    measure(server, port, requests * (CLIENTS * WORKERS), clients=CLIENTS, expect=200)


@contextmanager
def beside_plain(folder: Path) -> Iterator[Figures]:
    """Serve the plain page as long as the body runs."""
    port = free_port()
    options = json.dumps({"host": "127.0.0.1", "port": port, "workers": WORKERS})
    with running(["-m", "crosslinks.bench.plain", options], port, folder) as server:
        figures = Figures(server, port)
        warm(server, port, [Request("GET", "/")])
        yield figures
