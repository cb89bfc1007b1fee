"""An edition from before releases keeps everything that was public: its programme becomes release 1."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.publishing import freeze
from crosslinks.programme.queries import list_session_rows
from crosslinks.programme.release_models import ProgrammeRelease
from crosslinks.programme.released import find_latest, list_released_rows, read_latest
from crosslinks.schema import attach
from tests.factories import make_conference, make_edition
from tests.instances import close_database, new_instance
from tests.programme.factories import make_programme, make_talk

BEFORE = "0011"


def go_back_and_forth(app: Flask) -> None:
    folder = attach(app)
    db.session.remove()
    downgrade(directory=folder, revision=BEFORE)
    upgrade(directory=folder)
    db.session.remove()
    app.extensions["crosslinks.keeper"].clear()


def test_what_was_public_stays_public(tmp_path: Path, database_url: str) -> None:
    with new_instance(tmp_path / "instance", database_url) as instance:
        app = instance.prepare()
        with app.app_context():
            with transaction():
                conference = make_conference()
                full, empty = make_edition(conference), make_edition(conference, slug="2025", number=17)
                make_programme(full)
                make_talk(full, None, "16:00", 20, "Added later", abstract="Why", abstract_language="nb")
                full_id, empty_id, rev = full.id, empty.id, full.public_rev
            go_back_and_forth(app)
            assert db.session.scalar(select(func.count()).select_from(ProgrammeRelease)) == 1
            latest = find_latest(full_id)
            assert latest is not None
            assert latest.number == 1
            assert list_released_rows(full_id) == list_session_rows(full_id)
            assert read_latest(full_id) == freeze(full_id)
            assert find_latest(empty_id) is None
            assert db.session.get_one(Edition, full_id).public_rev > rev
        close_database(app)
