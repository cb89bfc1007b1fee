"""Load from clients in processes of their own, and what it cost the server.

``python -m crosslinks.bench.load PLAN`` is one client process: it sends its requests over one kept connection and
prints the latency of each in milliseconds, and how many were not answered as expected.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field

import psutil


@dataclass(frozen=True)
class Request:
    """One request of a load; ``body`` is sent as it is."""

    method: str
    path: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """What a load showed: server CPU per request and the 99th percentile of latency, both in milliseconds."""

    cpu: float
    p99: float
    requests: int
    failed: int


def processes(root: psutil.Process) -> list[psutil.Process]:
    """Return a server's processes, its parent included."""
    return [root, *root.children(recursive=True)]


def cpu_seconds(root: psutil.Process) -> float:
    """Return the processor time that a server's processes have used so far, in user and system mode."""
    total = 0.0
    for process in processes(root):
        used = process.cpu_times()
        total += used.user + used.system
    return total


def memory(root: psutil.Process) -> int:
    """Return the memory of a server's processes in bytes, shared pages counted once (PSS)."""
    return sum(process.memory_full_info().pss for process in processes(root))


def measure(root: psutil.Process, port: int, requests: list[Request], *, clients: int, expect: int) -> Measured:
    """Send ``requests`` from ``clients`` processes, shared out in turn, and return what they cost the server."""
    plans = [
        json.dumps(
            {
                "port": port,
                "expect": expect,
                "requests": [(r.method, r.path, r.body, r.headers) for r in requests[number::clients]],
            }
        )
        for number in range(clients)
    ]
    before = cpu_seconds(root)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "crosslinks.bench.load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in plans
    ]
    for process, plan in zip(running, plans, strict=True):
        if process.stdin:
            process.stdin.write(plan)
            process.stdin.close()
    latencies: list[float] = []
    failed = 0
    for process in running:
        if process.stdout:
            found = json.loads(process.stdout.read())
            process.stdout.close()
            latencies += found["latencies"]
            failed += found["failed"]
        process.wait()
    spent = cpu_seconds(root) - before
    latencies.sort()
    p99 = latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))]
    return Measured(cpu=spent * 1000 / len(latencies), p99=p99, requests=len(latencies), failed=failed)


def _client(plan: dict[str, object]) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", int(str(plan["port"])), timeout=60)
    latencies: list[float] = []
    failed = 0
    requests = plan["requests"]
    assert isinstance(requests, list)
    for method, path, body, headers in requests:
        start = time.perf_counter()
        connection.request(method, path, body.encode() or None, headers)
        response = connection.getresponse()
        response.read()
        latencies.append((time.perf_counter() - start) * 1000)
        failed += response.status != plan["expect"]
    connection.close()
    return {"latencies": latencies, "failed": failed}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_client(json.loads(sys.stdin.read()))))
