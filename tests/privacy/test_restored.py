"""A link of somebody erased opens nothing, also after a backup was restored and others have registered."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from crosslinks.backup.commands import backup_command, restore_command
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, transaction
from crosslinks.privacy.operations import erase_person
from crosslinks.privacy.rules import ErasureKind
from tests.backup.test_backup import opened, run
from tests.factories import NOW, make_edition
from tests.instances import close_database, new_instance
from tests.registration.factories import make_registration


@pytest.mark.parametrize("others", [0, 1])
def test_a_restored_instance_gives_no_number_again(tmp_path, database_url, others):
    with new_instance(tmp_path / "one", database_url) as one, new_instance(tmp_path / "two", database_url) as two:
        app = one.prepare()
        with app.app_context():
            with transaction():
                edition = make_edition()
                for _ in range(others):
                    make_registration(edition)
                last = make_registration(edition).id
            with transaction():
                erase_person(actor=Actor.registrant(last), now=NOW, registration_id=last, kind=ErasureKind.REQUEST)
        close_database(app)
        run(one, backup_command, tmp_path / "copy.tar.gz")
        run(two, restore_command, tmp_path / "copy.tar.gz")
        with opened(two), transaction():
            newcomer = make_registration(db.session.scalars(select(Edition)).one())
            assert newcomer.id > last


def test_the_migrated_table_counts_on(tmp_path, database_url):
    if not database_url.startswith("sqlite"):
        return  # a PostgreSQL sequence never goes back
    with new_instance(tmp_path / "one", database_url) as one:
        app = one.prepare()
        with app.app_context():
            made = db.session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'registration'"))
            assert "PRIMARY KEY AUTOINCREMENT" in made
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        close_database(app)
