"""What every test has: one application for the run, and a fresh database for each test.

``CROSSLINKS_TEST_DATABASE=postgres`` runs the same tests on a real PostgreSQL that the run starts itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import event, text

from crosslinks.app import create_app
from crosslinks.config import load_settings, settings
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import Base, db

SECRET = "test-secret-test-secret-test-secret-00"
NOW = datetime(2024, 1, 18, 9, 0, tzinfo=UTC)
ON_POSTGRES = os.environ.get("CROSSLINKS_TEST_DATABASE", "sqlite") == "postgres"

hypothesis_settings.register_profile(
    "crosslinks", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("crosslinks")
"""No example fails for its time: these machines are busy."""

LANES = (("tests/everywhere/",), ("tests/browser/test_pages.py", "tests/browser/"), ("tests/storm/", "tests/serve/"))
"""What takes long, or builds for long what its tests share: each lane begins in one of the run's processes, so that no
other builds the same again, and none is left alone with a long test at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the lanes where xdist cuts the list for its processes; all else stays in its random order."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    starts: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for number, lane in enumerate(LANES):
        for prefix in lane:
            chosen = [item for item in items if item.nodeid.startswith(prefix)]
            starts[number % processes] += [item for item in chosen if item not in starts[number % processes]]
    lanes = {item for start in starts for item in start}
    rest = [item for item in items if item not in lanes]
    items[:] = _cut_like_xdist(starts, rest)


def _cut_like_xdist(starts: list[list[pytest.Item]], rest: list[pytest.Item]) -> list[pytest.Item]:
    found: list[pytest.Item] = []
    total = len(rest) + sum(map(len, starts))
    for number, start in enumerate(starts):
        size = (total - len(found)) // (len(starts) - number)
        more = max(0, size - len(start))
        found += [*start, *rest[:more]]
        rest = rest[more:]
    return found + rest


class FreshClient(FlaskClient):
    """Every request starts with an empty ``g``, as on a server, though tests keep one application context."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            vars(g._get_current_object()).clear()
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if ON_POSTGRES:
        from tests.postgres import running_postgres

        with running_postgres(tmp_path_factory.mktemp("postgres")) as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.sqlite'}"


def do_not_wait_for_the_disk(connection: Any, record: Any) -> None:
    """Let SQLite leave the writing to the system: no test cuts the power. Servers of tests wait, as ever."""
    if not ON_POSTGRES:
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def application(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    instance = tmp_path_factory.mktemp("instance")
    chosen = load_settings(
        instance=instance,
        secret_key=SECRET,
        database_url=database_url,
        testing=True,
        mail_from="crosslinks@example.org",
    )
    app = create_app(chosen)
    app.test_client_class = FreshClient
    with app.app_context():
        event.listen(db.engine, "connect", do_not_wait_for_the_disk)
        db.create_all()
        db.engine.dispose()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def pristine(application: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A copy of the empty SQLite file, which each test starts from."""
    if not database_url.startswith("sqlite"):
        return None
    source = Path(database_url.removeprefix("sqlite:///"))
    return Path(shutil.copy(source, tmp_path_factory.mktemp("pristine") / "empty.sqlite"))


@pytest.fixture
def app(application: Flask, pristine: Path | None, database_url: str) -> Iterator[Flask]:
    """The application within its context, on an empty database and no files, at 18 January 2024, 09:00 UTC."""
    clock.offset = NOW - real_now()
    application.extensions["crosslinks.keeper"].clear()
    application.extensions["crosslinks.limiter"].storage.reset()
    with application.app_context():
        for folder in (settings().uploads, settings().files):
            shutil.rmtree(folder, ignore_errors=True)
        if pristine is None:
            _empty_tables()
        else:
            db.engine.dispose()
            target = Path(database_url.removeprefix("sqlite:///"))
            for suffix in ("-wal", "-shm"):
                Path(f"{target}{suffix}").unlink(missing_ok=True)
            shutil.copy(pristine, target)
        yield application
        db.session.remove()
        db.engine.dispose()
    clock.offset = timedelta(0)


def _empty_tables() -> None:
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor without CSRF checks; tests of CSRF turn them on."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """The conference's time in every test: 18 January 2024, 09:00 UTC."""
    return NOW
