"""An instance of its own for each storm, on the database that this run is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.conftest import ON_POSTGRES
from tests.instances import Instance


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Iterator[Instance]:
    """An empty instance; on PostgreSQL its database is made on the run's server and dropped afterwards."""
    folder = tmp_path / "instance"
    folder.mkdir()
    if not ON_POSTGRES:
        yield Instance(folder, f"sqlite:///{folder / 'crosslinks.sqlite'}")
        return
    name = f"storm_{abs(hash(tmp_path)) % 10**10}"
    url = make_url(database_url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield Instance(folder, url.set(database=name).render_as_string(hide_password=False))
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
