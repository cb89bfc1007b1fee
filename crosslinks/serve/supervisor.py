"""The parent of the server's processes: starts them, starts them again when they end, stops them together.

It forks them, so that they share the memory of what was loaded before; it has one thread and does nothing else.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

GRACE = 15.0
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY = 20.0
"""A child that lived this many seconds is started again at once; the pause grows only while it keeps ending early."""

_WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the system to send ``number`` to this process when its parent ends (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def be_called(name: str) -> None:
    """Give this process a name for ``top`` and ``ps``, at most 15 bytes (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def say(text: str) -> None:
    """Print one line for the operator at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Child:
    """One process that should always be there; ``run`` is all that it does, and returns its exit code."""

    def __init__(self, name: str, run: Callable[[], int]) -> None:
        self.name = name
        self.pid = 0
        self.pause = FIRST_PAUSE
        self.due = 0.0
        self.end = ""
        self._run = run
        self._started = 0.0

    def start(self) -> None:
        """Fork the process; it ends with this one."""
        parent = os.getpid()
        self._started = time.monotonic()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self._live(parent)

    def _live(self, parent: int) -> NoReturn:
        code = 1
        try:
            os.setpgid(0, 0)
            die_with_parent()
            if os.getppid() == parent:
                be_called(f"cx-{self.name}")
                for number in _WATCHED:
                    signal.signal(number, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_SETMASK, ())
                code = self._run()
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        except BaseException:  # noqa: BLE001 - nothing may climb into the parent's part of the stack
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def is_running(self) -> bool:
        """Say whether it lives, and take note of its end."""
        if self.pid == 0:
            return False
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return True
        self._ended(os.waitstatus_to_exitcode(status))
        return False

    def _ended(self, code: int) -> None:
        now = time.monotonic()
        self.pid = 0
        self.pause = FIRST_PAUSE if now - self._started > STEADY else min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + self.pause
        self.end = f"signal {-code}" if code < 0 else f"code {code}"

    def signal(self, number: int) -> None:
        """Pass a signal on."""
        if self.is_running():
            os.kill(self.pid, number)


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
        for child in children:
            _look_after(child)
        if not announced and address is not None and answers(*address):
            announced = True
            for line in lines:
                say(line)
        now = time.monotonic()
        pauses = [max(child.due - now, 0.01) for child in children if child.pid == 0]
        arrived = signal.sigtimedwait(_WATCHED, min([*pauses, 0.1 if not announced else 60.0]))
        if arrived is None or arrived.si_signo == signal.SIGCHLD:
            continue
        if arrived.si_signo == signal.SIGHUP:
            for child in children:
                child.signal(signal.SIGHUP)
            continue
        break
    stop(children)


def _look_after(child: Child) -> None:
    ran = child.pid != 0
    if child.is_running():
        return
    if ran:
        say(f"crosslinks: {child.name} ended ({child.end}); starting it again in {child.pause:.1f} s")
    if child.due <= time.monotonic():
        child.start()


def stop(children: list[Child]) -> None:
    """End all children: politely, then after a grace period, or at a second signal, at once."""
    for child in children:
        child.signal(signal.SIGTERM)
    until = time.monotonic() + GRACE
    while time.monotonic() < until and any(child.is_running() for child in children):
        arrived = signal.sigtimedwait(_WATCHED, 0.1)
        if arrived is not None and arrived.si_signo in {signal.SIGTERM, signal.SIGINT}:
            break
    for child in children:
        if child.is_running():
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
