"""Length-prefixed frames over a pipe: four bytes of length, most significant first, then that many bytes."""

from __future__ import annotations

import os
import select
import time

LENGTH_BYTES = 4
CHUNK = 1 << 20


class PipeClosed(Exception):
    """The other side has ended."""


class PipeTooSlow(Exception):
    """The other side did not answer before the deadline."""


def write_frame(descriptor: int, payload: bytes, deadline: float | None = None) -> None:
    """Send one frame before ``deadline`` (monotonic seconds). Raises ``PipeClosed`` or ``PipeTooSlow``."""
    rest = memoryview(len(payload).to_bytes(LENGTH_BYTES, "big") + payload)
    while rest:
        _wait(descriptor, select.POLLOUT, deadline)
        try:
            rest = rest[os.write(descriptor, rest[: select.PIPE_BUF]) :]
        except BrokenPipeError as error:
            raise PipeClosed from error


def read_frame(descriptor: int, deadline: float | None = None) -> bytes:
    """Return the next frame, arrived before ``deadline``. Raises ``PipeClosed`` or ``PipeTooSlow``."""
    length = int.from_bytes(_read(descriptor, LENGTH_BYTES, deadline), "big")
    return _read(descriptor, length, deadline)


def _read(descriptor: int, length: int, deadline: float | None) -> bytes:
    parts: list[bytes] = []
    while length:
        _wait(descriptor, select.POLLIN, deadline)
        part = os.read(descriptor, min(length, CHUNK))
        if not part:
            raise PipeClosed
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _wait(descriptor: int, event: int, deadline: float | None) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
    if not poll.poll(left):
        raise PipeTooSlow
