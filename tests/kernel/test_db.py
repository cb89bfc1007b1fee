from __future__ import annotations

import threading
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from crosslinks.editions.models import Conference, Edition
from crosslinks.kernel.db import db, transaction
from tests.factories import make_conference, make_edition


def test_a_transaction_commits_at_its_end(app: Flask) -> None:
    with transaction():
        make_conference()
    db.session.remove()
    assert db.session.scalar(select(Conference.slug)) == "crosslinks"


def test_an_exception_rolls_everything_back(app: Flask) -> None:
    def fail() -> None:
        with transaction():
            make_conference()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    db.session.remove()
    assert db.session.scalar(select(Conference.slug)) is None


def test_transactions_do_not_nest(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="nest"), transaction(), transaction():
        pass


def test_writes_outside_a_transaction_are_refused(app: Flask, now: datetime) -> None:
    db.session.add(Conference(slug="x", name="x", organiser="x", created_at=now))
    with pytest.raises(RuntimeError, match="only inside"):
        db.session.flush()
    with pytest.raises(RuntimeError, match="pending"), transaction():
        pass
    db.session.rollback()


def test_what_was_read_before_is_read_again_inside(app: Flask) -> None:
    with transaction():
        edition_id = make_edition().id
    edition = db.session.get_one(Edition, edition_id)
    assert edition.venue_city == "Oslo"

    def change() -> None:
        with app.app_context(), transaction():
            db.session.get_one(Edition, edition_id).venue_city = "Bergen"

    thread = threading.Thread(target=change)
    thread.start()
    thread.join()
    with transaction():
        assert edition.venue_city == "Bergen"


def test_writers_from_many_threads_all_get_their_turn(app: Flask) -> None:
    with transaction():
        edition_id = make_edition().id

    def count_up() -> None:
        with app.app_context():
            for _ in range(10):
                with transaction():
                    row = db.session.scalars(select(Edition).where(Edition.id == edition_id).with_for_update()).one()
                    row.number += 1

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.remove()
    assert db.session.get_one(Edition, edition_id).number == 16 + 80
