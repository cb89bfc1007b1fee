"""What a monitor asks: up, and ready."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from crosslinks.jobs import public
from crosslinks.jobs.operations import note_beat
from crosslinks.kernel.db import transaction


@pytest.fixture
def migrated(app, monkeypatch):
    """The tests' tables are made without migrations; here they count as current."""
    monkeypatch.setattr(public, "is_current", lambda: True)


def test_up_needs_nothing(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_ready_needs_a_worker(migrated, client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": True, "migrations": True, "worker": False}
    with transaction():
        note_beat(name="worker", forget_after=timedelta(hours=1))
    assert client.get("/readyz").status_code == 200


def test_ready_needs_the_migrations(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": True, "migrations": False, "worker": False}


def test_ready_needs_the_database(client, monkeypatch):
    def broken():
        with transaction() as session:
            session.execute(text("SELECT * FROM nowhere"))

    monkeypatch.setattr(public, "is_current", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": False, "migrations": False, "worker": False}
