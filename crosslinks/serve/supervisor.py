"""The small parent of ``crosslinks serve``: starts its children, starts them again when they end, stops them together.

It runs as ``python -m crosslinks.serve.supervisor PLAN`` with a JSON plan, and imports next to nothing: it stays for as
long as the server does.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

GRACE = 15.0
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY = 20.0
"""A child that lived this many seconds is started again at once; the pause grows only while it keeps ending early."""

_WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the system to send ``number`` to this process when its parent ends (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def say(text: str) -> None:
    """Print one line for the operator at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Child:
    """One process that should always be there."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.pause = FIRST_PAUSE
        self.due = 0.0

    def start(self) -> None:
        """Start the process; it ends with this one."""
        parent = os.getpid()

        def prepare() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            die_with_parent()
            if os.getppid() != parent:
                os._exit(1)

        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=prepare,  # noqa: PLW1509 - this process has one thread
        )

    def look(self, now: float) -> None:
        """Notice an end and plan the next start."""
        if self.process is None or self.process.poll() is None:
            return
        code = self.process.returncode
        self.process = None
        self.pause = FIRST_PAUSE if now - self.started > STEADY else min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + self.pause
        how = f"signal {-code}" if code < 0 else f"code {code}"
        say(f"crosslinks: {self.name} ended ({how}); starting it again in {self.pause:.1f} s")

    def signal(self, number: int) -> None:
        """Pass a signal on."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def answers(host: str, port: int) -> bool:
    """Say whether somebody accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


def supervise(children: list[Child], *, address: tuple[str, int] | None, lines: list[str]) -> None:
    """Keep the children running until SIGTERM or SIGINT; print ``lines`` once ``address`` accepts connections."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    announced = address is None
    while True:
        now = time.monotonic()
        for child in children:
            child.look(now)
            if child.process is None and child.due <= now:
                child.start()
        if not announced and address is not None and answers(*address):
            announced = True
            for line in lines:
                say(line)
        pauses = [max(child.due - now, 0.01) for child in children if child.process is None]
        arrived = signal.sigtimedwait(_WATCHED, min([*pauses, 0.1 if not announced else 60.0]))
        if arrived is None or arrived.si_signo == signal.SIGCHLD:
            continue
        if arrived.si_signo == signal.SIGHUP:
            for child in children:
                child.signal(signal.SIGHUP)
            continue
        break
    stop(children)


def stop(children: list[Child]) -> None:
    """End all children: politely, then after a grace period, or at a second signal, at once."""
    for child in children:
        child.signal(signal.SIGTERM)
    until = time.monotonic() + GRACE
    while time.monotonic() < until and any(child.process and child.process.poll() is None for child in children):
        arrived = signal.sigtimedwait(_WATCHED, 0.1)
        if arrived is not None and arrived.si_signo in {signal.SIGTERM, signal.SIGINT}:
            break
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process:
            child.process.wait()


def main(plan: dict[str, Any]) -> None:
    """Run a plan: ``{"children": {name: command}, "address": [host, port], "lines": [...]}``."""
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # many waiting threads would each keep an arena of their own
    address = plan.get("address")
    supervise(
        [Child(name, command) for name, command in plan["children"].items()],
        address=(address[0], address[1]) if address else None,
        lines=plan.get("lines", []),
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
