"""Noticing, at next to no cost, that there may be work: somebody has committed."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import psycopg
from sqlalchemy import URL

from crosslinks.kernel.db import WAKE_CHANNEL

SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_TO_RECONNECT = 2.0


class Waker(Protocol):
    """Waits for a commit."""

    def wait(self, seconds: float) -> bool:
        """Return True as soon as something was committed, False after ``seconds`` without."""

    def close(self) -> None:
        """Let go of the database."""


class SqliteWaker:
    """Looks at ``PRAGMA data_version`` ten times a second: a few microseconds, no lock, no read of the file."""

    def __init__(self, path: Path) -> None:
        address = f"file:{quote(str(path))}?mode=ro"
        self._connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        self._seen = self._version()

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def wait(self, seconds: float) -> bool:
        """Return True as soon as another connection has committed, False after ``seconds`` without."""
        until = time.monotonic() + seconds
        while True:
            version = self._version()
            if version != self._seen:
                self._seen = version
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(SECONDS_BETWEEN_LOOKS, left))

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


class PostgresWaker:
    """Listens on the channel that ``wake_worker()`` notifies at commit; connects again when the server went away."""

    def __init__(self, url: URL) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def wait(self, seconds: float) -> bool:
        """Return True when something was announced, or may have been while we were not listening."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._address, autocommit=True)
                self._connection.execute(f"LISTEN {WAKE_CHANNEL}")
                return True
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error:
            self.close()
            time.sleep(min(seconds, SECONDS_TO_RECONNECT))
            return False

    def close(self) -> None:
        """Let go of the database."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()


def waker_for(url: URL) -> Waker:
    """Return what waits for commits of the database at ``url``."""
    if url.get_backend_name() == "sqlite":
        return SqliteWaker(Path(url.database or ""))
    return PostgresWaker(url)
