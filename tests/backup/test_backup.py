"""A backup, restored into an empty instance, is the same conference."""

from __future__ import annotations

import json
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import func, select

from crosslinks.backup import archive
from crosslinks.backup.commands import backup_command, init_command, restore_command
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.registration.models import Registration
from tests.factories import NOW, make_edition
from tests.instances import SECRET, Instance, close_database, new_instance
from tests.registration.factories import make_registration

PICTURE = bytes(range(256)) * 40


@pytest.fixture
def first(tmp_path: Path, database_url: str) -> Iterator[Instance]:
    """An instance with people and a picture."""
    with new_instance(tmp_path / "first", database_url) as made:
        app = made.prepare()
        with app.app_context(), transaction():
            edition = make_edition(onsite=2)
            for number in range(4):
                make_registration(edition, email=f"person{number}@example.org", given_name=f"Øyvind {number}")
        (made.folder / "uploads" / "portraits").mkdir(parents=True)
        (made.folder / "uploads" / "portraits" / "face.webp").write_bytes(PICTURE)
        close_database(app)
        yield made


@pytest.fixture
def second(tmp_path: Path, database_url: str) -> Iterator[Instance]:
    with new_instance(tmp_path / "second", database_url) as made:
        yield made


@contextmanager
def opened(instance: Instance) -> Iterator[Flask]:
    app = instance.app()
    with app.app_context():
        yield app
    close_database(app)


def run(instance: Instance, command, *words: object, code: int = 0, **environment: str) -> str:
    """Run a command as it would run on an instance, within this process."""
    chosen = {
        "CROSSLINKS_INSTANCE": str(instance.folder),
        "CROSSLINKS_DATABASE_URL": instance.database_url,
    } | environment
    app = instance.app()
    info = ScriptInfo(create_app=lambda: app, set_debug_flag=False)
    outcome = CliRunner(env=chosen).invoke(command, [str(word) for word in words], obj=info)
    close_database(app)
    assert outcome.exit_code == code, outcome.output
    return outcome.output


def content(instance: Instance) -> dict[str, list[tuple[object, ...]]]:
    with opened(instance):
        return {
            table.name: sorted(map(tuple, db.session.execute(select(table)).all()), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_a_restored_instance_is_the_same(first, second, tmp_path):
    file = tmp_path / "all.tar.gz"
    made = json.loads(run(first, backup_command, file, "--json"))
    assert made["rows"]["registration"] == 4
    assert made["uploads"] == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    second.folder.rmdir()
    run(second, restore_command, file)
    before = content(first)
    assert sum(map(len, before.values())) > 10
    assert content(second) == before
    assert (second.folder / "uploads" / "portraits" / "face.webp").read_bytes() == PICTURE
    config = second.folder / "config.toml"
    assert SECRET in config.read_text("utf-8")
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


def test_a_picture_that_is_deleted_meanwhile_stops_no_backup(first, tmp_path, monkeypatch):
    known = archive._upload_files
    monkeypatch.setattr(archive, "_upload_files", lambda folder: [folder / "portraits" / "gone.jpg", *known(folder)])
    file = tmp_path / "all.tar.gz"
    run(first, backup_command, file)
    with tarfile.open(file) as made:
        assert [name for name in made.getnames() if name.startswith("uploads/")] == ["uploads/portraits/face.webp"]


def test_links_that_were_sent_open_the_restored_instance(first, second, tmp_path):
    run(first, backup_command, tmp_path / "all.tar.gz")
    with opened(first) as app:
        person = db.session.scalars(select(Registration)).first()
        link = make_link(app.extensions["crosslinks.settings"].keys, LinkKind.MANAGE, person.id, person.epoch)
    run(second, restore_command, tmp_path / "all.tar.gz")
    clock.offset = NOW - clock.now()
    with opened(second) as app:
        keys = app.extensions["crosslinks.settings"].keys
        assert make_link(keys, LinkKind.MANAGE, person.id, person.epoch) == link


def test_a_restored_instance_goes_on_numbering(first, second, tmp_path):
    run(first, backup_command, tmp_path / "all.tar.gz")
    run(second, restore_command, tmp_path / "all.tar.gz")
    with opened(second):
        highest = db.session.scalar(select(func.max(Registration.id)))
        edition = db.session.scalars(select(Registration)).first().edition_id
        with transaction():
            added = make_registration(
                db.session.get_one(Base.registry._class_registry["Edition"], edition), email="new@example.org"
            )
        assert added.id == highest + 1


def test_data_are_never_restored_over(first, second, tmp_path):
    file = tmp_path / "all.tar.gz"
    run(first, backup_command, file)
    run(second, restore_command, file)
    before = content(second)
    assert "not empty" in run(second, restore_command, file, code=1)
    assert "exists already" in run(first, backup_command, file, code=1)
    assert content(second) == before


def test_a_damaged_file_restores_nothing(first, second, tmp_path):
    file, cut = tmp_path / "all.tar.gz", tmp_path / "cut.tar.gz"
    run(first, backup_command, file)
    cut.write_bytes(file.read_bytes()[: file.stat().st_size - 40])
    assert "cannot be restored" in run(second, restore_command, cut, code=1)
    nonsense = tmp_path / "nonsense.tar.gz"
    nonsense.write_text("not a backup")
    assert "cannot be restored" in run(second, restore_command, nonsense, code=1)
    assert not (second.folder / "config.toml").exists()
    run(second, restore_command, file)


def test_a_path_out_of_the_uploads_is_refused(first, second, tmp_path):
    file, hostile = tmp_path / "all.tar.gz", tmp_path / "hostile.tar.gz"
    run(first, backup_command, file)
    with tarfile.open(file) as good, tarfile.open(hostile, "w:gz") as bad:
        for entry in good:
            entry.name = entry.name.replace("uploads/portraits", "uploads/../..")
            bad.addfile(entry, good.extractfile(entry))
    assert "damaged" in run(second, restore_command, hostile, code=1)
    assert not (tmp_path / "face.webp").exists()


def test_another_secret_in_the_environment_is_refused(first, second, tmp_path):
    run(first, backup_command, tmp_path / "all.tar.gz")
    said = run(second, restore_command, tmp_path / "all.tar.gz", code=1, CROSSLINKS_SECRET_KEY="x" * 40)
    assert "unset it" in said


def test_init_makes_an_instance_once(tmp_path, database_url):
    with new_instance(tmp_path / "fresh", database_url) as fresh:
        run(fresh, init_command, "--base-url", "https://example.org/")
        config = fresh.folder / "config.toml"
        kept = config.read_text("utf-8")
        assert stat.S_IMODE(config.stat().st_mode) == 0o600
        assert 'base_url = "https://example.org"' in kept
        assert "up to date" in run(fresh, init_command)
        assert config.read_text("utf-8") == kept
