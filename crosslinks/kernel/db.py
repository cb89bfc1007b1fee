"""The database and the only place that commits.

Entry points (views, commands, jobs) write ``with transaction():``; operations live inside it and flush.
On SQLite a transaction waits its turn on a lock file, ends any open read and begins IMMEDIATE; a deferred
BEGIN would fail with "database is locked" when two readers want to become writers. The queue is a plain
``flock``: SQLite's own busy-wait is unfair and makes the slowest writer wait twenty times longer.
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, CursorResult, Engine, Executable, Insert, event, text
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.orm import Session as OrmSession

from crosslinks.kernel.columns import TYPE_MAP, new_metadata


class Base(DeclarativeBase):
    """The base of every model."""

    registry = registry(metadata=new_metadata(), type_annotation_map=TYPE_MAP)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

_WRITING = "crosslinks.writing"
_IMMEDIATE = "crosslinks.immediate"
_WAKE = "crosslinks.wake"
_NAMED = re.compile(r":([a-z_]+)")
WAKE_CHANNEL = "crosslinks_work"
BUSY_MILLISECONDS = 10_000


class WritersQueue:
    """Writers of one SQLite file, from any process or thread, one at a time in order of arrival."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def _descriptor(self) -> int:
        held: tuple[int, int] | None = getattr(self._local, "held", None)
        if held is None or held[0] != os.getpid():
            held = (os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._local.held = held
        return held[1]

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this thread's turn and hold it for the body."""
        descriptor = self._descriptor()
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


_queues: dict[str, WritersQueue] = {}


def _queue_for(engine: Engine) -> WritersQueue | None:
    if engine.dialect.name != "sqlite":
        return None
    database = engine.url.database or ""
    if database in {"", ":memory:"}:
        return None
    queue = _queues.get(database)
    if queue is None:
        queue = _queues[database] = WritersQueue(Path(database + ".writers"))
    return queue


@contextmanager
def transaction() -> Iterator[OrmSession]:
    """Run the body as one write: commit at its end, roll back on any exception.

    Objects read before it are read again inside. Raises ``RuntimeError`` when nested or when changes are
    already pending. Nothing slow belongs in the body (no PDF, SMTP, hashing): other writers wait.
    """
    session = db.session()
    if session.info.get(_WRITING):
        raise RuntimeError("transactions do not nest: the entry point opens the only one")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes are pending: write only inside transaction()")
    session.rollback()
    session.expire_all()
    queue = _queue_for(db.engine)
    if queue is None:
        with _writing(session):
            yield session
    else:
        with queue.turn(), _writing(session):
            yield session


@contextmanager
def _writing(session: OrmSession) -> Iterator[None]:
    session.info[_WRITING] = True
    try:
        session.connection(execution_options={_IMMEDIATE: True} if _is_sqlite(session) else {})
        yield
        session.flush()
        if session.info.pop(_WAKE, False) and not _is_sqlite(session):
            session.execute(text(f"NOTIFY {WAKE_CHANNEL}"))
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WRITING, None)
        session.info.pop(_WAKE, None)


def _is_sqlite(session: OrmSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def read_row(statement: str, **values: str | int) -> Any:
    """Read one row, or None, on a connection of its own: the cheapest read there is, and blind to pending changes.

    ``statement`` names its values as ``:name``; nothing else in it may look like that.
    """
    engine = db.engine
    if engine.dialect.name != "sqlite":
        statement = _NAMED.sub(r"%(\1)s", statement)
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(statement, values)
        return cursor.fetchone()
    finally:
        connection.close()


def execute(statement: Executable, values: Any = None) -> CursorResult[Any]:
    """Run a statement on the session's connection, past the session's own work for objects; flush what is pending.

    Build the statement once, as a constant: that costs more than running it.
    """
    session = db.session()
    session.flush()
    return session.connection().execute(statement, values)


def insert_row(statement: Insert, values: Mapping[str, Any]) -> int:
    """Insert one row within ``transaction()`` without making an object of it, and return its id."""
    session = db.session()
    if not session.info.get(_WRITING):
        raise RuntimeError("write only inside transaction()")
    (row_id,) = session.connection().execute(statement, values).inserted_primary_key or (0,)
    return int(row_id)


def insert_rows(statement: Insert, values: list[dict[str, Any]]) -> None:
    """Insert many rows within ``transaction()`` without making objects of them."""
    session = db.session()
    if not session.info.get(_WRITING):
        raise RuntimeError("write only inside transaction()")
    if values:
        session.connection().execute(statement, values)


def wake_worker() -> None:
    """Ask that the worker be woken when this transaction commits (SQLite's worker sees the commit itself)."""
    db.session().info[_WAKE] = True


def in_transaction() -> bool:
    """Say whether this thread is inside ``transaction()``."""
    return bool(db.session().info.get(_WRITING))


@event.listens_for(OrmSession, "before_flush")
def _refuse_stray_writes(session: OrmSession, flush_context: Any, instances: Any) -> None:
    if not session.info.get(_WRITING) and (session.new or session.dirty or session.deleted):
        raise RuntimeError("write only inside transaction()")


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: Any) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_on_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    immediate = connection.get_execution_options().get(_IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def forget_old_pages() -> bool:
    """Empty SQLite's write-ahead log, which still holds pages as they were before an erasure; call it outside writes.

    Return False when a reader was in the way for a fifth of a second: the next call will do. PostgreSQL removes old
    versions of rows by itself.
    """
    engine = db.engine
    queue = _queue_for(engine)
    if queue is None:
        return True
    db.session.rollback()
    connection = engine.raw_connection()
    cursor = connection.cursor()
    try:
        with queue.turn():
            cursor.execute("PRAGMA busy_timeout=200")
            row = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not row[0]
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.close()
        connection.close()


def drop_connections_after_fork() -> None:
    """Forget the pooled connections without closing them: they belong to the parent process."""
    for engine in db.engines.values():
        engine.dispose(close=False)
