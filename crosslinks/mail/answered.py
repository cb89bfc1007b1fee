"""What the server has just answered 250 to, noted on disk before the row is updated.

Between a 250 and the commit of its row lie a few milliseconds. A worker killed there would leave a row that looks
unsent. So each worker keeps one small file, locked while it lives, which holds the Message-IDs that were answered and
is emptied once their rows say so, a few at a time. Whoever finds such a file unlocked knows that its worker is dead.
What a living worker's file says counts at once as well: a worker may be suspended for longer than its lease.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

SUFFIX = ".answered"
LONGEST = 1 << 20


class AnsweredNote:
    """The note of this worker."""

    def __init__(self, folder: Path, owner: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{owner}{SUFFIX}"
        self._descriptor = self._open()
        while not self._path.exists():  # another worker took it for a dead one's before it was locked
            os.close(self._descriptor)
            self._descriptor = self._open()

    def _open(self) -> int:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return descriptor

    def write(self, message_id: str) -> None:
        """Note that this message was answered 250 too; one system call, which outlives the process."""
        os.write(self._descriptor, f"{message_id}\n".encode())

    def clear(self) -> None:
        """Forget them: the rows say so now."""
        os.ftruncate(self._descriptor, 0)

    def close(self) -> None:
        """Remove the note, unless it still has something to say."""
        if not os.fstat(self._descriptor).st_size:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def settle_notes(folder: Path, mark_sent: Callable[[list[str]], None]) -> None:
    """Give ``mark_sent`` what workers had noted, then remove the notes of the dead. The living keep theirs."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            is_dead = _try_lock(descriptor)
            noted = _noted(descriptor)
            if noted:
                mark_sent(noted)
            if is_dead:
                path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _noted(descriptor: int) -> list[str]:
    """Return the Message-IDs of a note; a line that was cut short is none."""
    whole, _, _cut = os.pread(descriptor, LONGEST, 0).decode("utf-8", "replace").rpartition("\n")
    return [line for line in whole.split("\n") if line]
