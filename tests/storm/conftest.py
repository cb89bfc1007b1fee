"""An instance of its own for each storm, on the database that this run is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instances import Instance, new_instance


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Iterator[Instance]:
    """An empty instance; on PostgreSQL its database is made on the run's server and dropped afterwards."""
    with new_instance(tmp_path / "instance", database_url) as made:
        yield made
