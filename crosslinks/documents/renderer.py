"""The parent's side of PDF making: a few warm child processes, started when first needed.

A child is started by ``subprocess`` only, keeps no inherited descriptors and no secrets in its environment.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import crosslinks
from crosslinks.documents.fonts import fontconfig
from crosslinks.documents.frames import PipeClosed, PipeTooSlow, read_frame, write_frame
from crosslinks.kernel.errors import CrosslinksError

WARM_PROCESSES = 2
RENDER_SECONDS = 60.0
START_SECONDS = 30.0
_KEPT_VARIABLES = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT")
_OK = (b"R", b"P")


class PrintingFailed(CrosslinksError):
    """No PDF could be made; the message says what to do where that is known."""

    status = 503

    def __init__(self, message: str) -> None:
        super().__init__("printing_failed", message)


class _EndedIdle(Exception):
    """The child ended by itself before it got the request."""


@dataclass(frozen=True)
class PlacedCode:
    """A QR code on a page (from 0): the symbol without its quiet zone, in millimetres from the upper left corner."""

    page: int
    left: float
    top: float
    side: float
    text: str


@dataclass(frozen=True)
class Stamp:
    """A place for what repeats: how far it is moved to the right and down, in millimetres."""

    page: int
    left: float
    top: float


@dataclass(frozen=True)
class PrintJob:
    """One document to print; ``images`` are the bytes behind ``asset:name``.

    Where there are ``stamps``, the first page of the HTML is not printed but laid under the others in those places.
    ``variant`` is a PDF variant such as ``pdf/ua-1`` (tagged).
    """

    html: str
    css: str = ""
    codes: Sequence[PlacedCode] = ()
    stamps: Sequence[Stamp] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    variant: str = ""

    def request(self) -> bytes:
        """Return the request frame."""
        images = {name: base64.b64encode(data).decode() for name, data in self.images.items()}
        request = {
            "html": self.html,
            "css": self.css,
            "codes": [[code.page, code.left, code.top, code.side, code.text] for code in self.codes],
            "stamps": [[stamp.page, stamp.left, stamp.top] for stamp in self.stamps],
            "images": images,
            "variant": self.variant,
        }
        return json.dumps(request).encode()


class _Child:
    """One rendering process and its two pipes."""

    def __init__(self, folder: Path) -> None:
        variables = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        variables |= {
            "PYTHONPATH": os.pathsep.join([str(Path(crosslinks.__file__).parents[1]), *filter(None, sys.path)]),
            "FONTCONFIG_FILE": str(folder / "fonts.conf"),
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crosslinks.documents.render"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            close_fds=True,
            start_new_session=True,
            env=variables,
        )
        self.ready = False

    @property
    def stdin(self) -> int:
        assert self.process.stdin is not None
        return self.process.stdin.fileno()

    @property
    def stdout(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def ask(self, request: bytes) -> None:
        """Send a request, after the child has said that it is ready."""
        if not self.ready:
            self.take(time.monotonic() + START_SECONDS)
            self.ready = True
        try:
            write_frame(self.stdin, request, time.monotonic() + RENDER_SECONDS)
        except PipeClosed as error:
            raise _EndedIdle from error

    def take(self, deadline: float) -> bytes:
        """Return the answer's content. Raises ``PrintingFailed``, and ``_EndedIdle`` when it ended without fault."""
        try:
            frame = read_frame(self.stdout, deadline)
        except PipeTooSlow as error:
            raise PrintingFailed("Making the PDF took too long and was stopped.") from error
        except PipeClosed as error:
            raise self._why_closed() from error
        if frame[:1] not in _OK:
            raise PrintingFailed(frame[1:].decode(errors="replace"))
        return frame[1:]

    def _why_closed(self) -> Exception:
        code = self.process.wait()
        if code == 0:
            return _EndedIdle()
        if code == -signal.SIGXCPU:
            return PrintingFailed("Making the PDF took too long and was stopped.")
        return PrintingFailed(
            f"The PDF process ended unexpectedly ({code}). The print fonts or memory may be missing; "
            "`make setup` installs the fonts."
        )

    def stop(self) -> None:
        """End the process and close its pipes."""
        self.process.kill()
        self.process.wait()
        self._close_pipes()

    def forget(self) -> None:
        """Close this side's pipes to a process that belongs to somebody else."""
        self.process.returncode = 0
        self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


class Renderer:
    """A pool of rendering processes, safe to use from several threads and after a fork."""

    def __init__(self, processes: int = WARM_PROCESSES, seconds: float = RENDER_SECONDS) -> None:
        self._processes = processes
        self._seconds = seconds
        self._reset()
        os.register_at_fork(after_in_child=self._forget)

    def _reset(self) -> None:
        self._changed = threading.Condition()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._folder: Path | None = None

    def _forget(self) -> None:
        """Leave the children to the process that started them."""
        for child in (*self._idle, *self._busy):
            child.forget()
        self._reset()

    def render(self, job: PrintJob) -> bytes:
        """Return the PDF of one job. Raises ``PrintingFailed``."""
        return self.render_many([job])[0]

    def render_many(self, jobs: Sequence[PrintJob], on_done: Callable[[int], None] | None = None) -> list[bytes]:
        """Return the PDFs of ``jobs`` in order, made side by side; ``on_done`` hears how many are ready."""
        return self._answers([job.request() for job in jobs], on_done)

    def merge(self, parts: Sequence[bytes]) -> bytes:
        """Return one PDF of several. Raises ``PrintingFailed``."""
        if len(parts) == 1:
            return parts[0]
        request = json.dumps({"merge": [base64.b64encode(part).decode() for part in parts]}).encode()
        return self._answers([request], None)[0]

    def warm(self) -> None:
        """Start all processes and wait until they are ready."""
        children = [child for _ in range(self._processes) if (child := self._borrow(wait=False))]
        try:
            for child in children:
                if not child.ready:
                    child.take(time.monotonic() + START_SECONDS)
                    child.ready = True
        finally:
            for child in children:
                self._give_back(child, alive=child.ready)

    def process_ids(self) -> list[int]:
        """Return the ids of the running processes."""
        with self._changed:
            return [child.process.pid for child in (*self._idle, *self._busy) if child.process.poll() is None]

    def close(self) -> None:
        """End all processes and remove their folder; the next use starts anew."""
        with self._changed:
            children = [*self._idle, *self._busy]
            self._idle.clear()
            self._busy.clear()
            folder, self._folder = self._folder, None
        for child in children:
            child.stop()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _answers(self, requests: Sequence[bytes], on_done: Callable[[int], None] | None) -> list[bytes]:
        waiting = deque(range(len(requests)))
        answers: dict[int, bytes] = {}
        running: dict[_Child, int] = {}
        restarts = 0
        try:
            while waiting or running:
                while waiting and (child := self._borrow(wait=not running)):
                    number = running[child] = waiting.popleft()
                    try:
                        child.ask(requests[number])
                    except _EndedIdle:
                        restarts = self._replace(child, restarts)
                        waiting.appendleft(running.pop(child))
                child = self._first_ready(running)
                try:
                    answers[running[child]] = child.take(time.monotonic() + self._seconds)
                except _EndedIdle:
                    restarts = self._replace(child, restarts)
                    waiting.appendleft(running.pop(child))
                    continue
                del running[child]
                self._give_back(child, alive=True)
                if on_done is not None:
                    on_done(len(answers))
        finally:
            for child in running:
                self._give_back(child, alive=False)
        return [answers[number] for number in range(len(requests))]

    def _replace(self, child: _Child, restarts: int) -> int:
        """Drop a child that had gone to rest just before it was asked; that may happen to each of them once."""
        if restarts >= self._processes:
            raise PrintingFailed("The PDF process keeps ending.")
        self._give_back(child, alive=False)
        return restarts + 1

    def _first_ready(self, children: Iterable[_Child]) -> _Child:
        by_descriptor = {child.stdout: child for child in children}
        poll = select.poll()
        for descriptor in by_descriptor:
            poll.register(descriptor, select.POLLIN)
        ready = poll.poll(self._seconds * 1000)
        if not ready:
            raise PrintingFailed("Making the PDF took too long and was stopped.")
        return by_descriptor[ready[0][0]]

    def _borrow(self, *, wait: bool) -> _Child | None:
        """Return an idle or new child, or None when all are busy and ``wait`` is false."""
        with self._changed:
            while True:
                while self._idle:
                    child = self._idle.pop()
                    if child.process.poll() is None:
                        self._busy.add(child)
                        return child
                    child.stop()
                if len(self._busy) < self._processes:
                    return self._start()
                if not wait:
                    return None
                if not self._changed.wait(self._seconds):
                    raise PrintingFailed("Other PDFs are being made; try again in a minute.")

    def _start(self) -> _Child:
        with self._changed:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="crosslinks-print-"))
                (self._folder / "fonts.conf").write_text(fontconfig(self._folder), "utf-8")
            child = _Child(self._folder)
            self._busy.add(child)
            return child

    def _give_back(self, child: _Child, *, alive: bool) -> None:
        with self._changed:
            if child in self._busy:
                self._busy.discard(child)
                if alive:
                    self._idle.append(child)
            self._changed.notify()
        if not alive:
            child.stop()


renderer = Renderer()


@atexit.register
def _close() -> None:
    renderer.close()
