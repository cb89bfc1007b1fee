"""One file with everything: database, uploads and settings with the secret; and an instance made from it again."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from crosslinks.app import create_app
from crosslinks.backup.rows import continue_numbering, count_rows, load_rows, tables, write_rows
from crosslinks.config import CONFIG_FILE, PREFIX, Settings, load_settings, settings
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.kernel.schema import newest_revision, present_revision
from crosslinks.schema import bring_up_to_date

FORMAT = 1
MANIFEST = "manifest.json"
MAX_MANIFEST = 1_000_000
CHOSEN_WHERE_RESTORED = {"database_url", "instance"}
"""Settings that say where an instance lies; a restored one does not reach for the place of the first."""


PASSING = {"worker_beat", "round_mark"}
"""Tables about the running processes, not about the conference."""


class BackupError(Exception):
    """A backup cannot be made or restored; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``rows`` is the number of rows by table."""

    format: int
    version: str
    revision: str
    made_at: str
    database: str
    uploads: int
    rows: dict[str, int]


def make_backup(target: Path) -> Manifest:
    """Write everything of the present instance to ``target``, as of one moment, while it may go on serving.

    The file holds the secret and personal data, and only its owner may read it. Raises ``BackupError``.
    """
    if target.exists():
        raise BackupError(f"{target} exists already: choose another name")
    revision = present_revision()
    if revision != newest_revision():
        raise BackupError("the database is not up to date: run `crosslinks init`, then make the backup")
    part = target.with_name(target.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as output,
            tarfile.open(fileobj=output, mode="w:gz", compresslevel=6) as archive,
        ):
            manifest = _write(archive, revision)
            output.flush()
            os.fsync(descriptor)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return manifest


def _write(archive: tarfile.TarFile, revision: str) -> Manifest:
    chosen = settings()
    rows: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="crosslinks-backup-") as room, _one_moment() as session:
        for table in tables(Base.metadata):
            lines = Path(room) / table.name
            with lines.open("wb") as output:
                rows[table.name] = write_rows(session, table, output)
        manifest = Manifest(
            format=FORMAT,
            version=version("crosslinks"),
            revision=revision,
            made_at=real_now().isoformat(timespec="seconds"),
            database=session.get_bind().dialect.name,
            uploads=len(_upload_files(chosen.uploads)),
            rows=rows,
        )
        _add_bytes(archive, MANIFEST, json.dumps(asdict(manifest), indent=2).encode())
        _add_bytes(archive, CONFIG_FILE, _config_with_secret(chosen).encode())
        for table in tables(Base.metadata):
            archive.add(Path(room) / table.name, f"tables/{table.name}.jsonl", recursive=False)
        for path in _upload_files(chosen.uploads):
            with suppress(FileNotFoundError):  # an organizer has just replaced it; the newer one is not of this moment
                archive.add(path, f"uploads/{path.relative_to(chosen.uploads)}", recursive=False)
    return manifest


@contextmanager
def _one_moment() -> Iterator[Session]:
    """Read everything as it was at one moment: SQLite's readers always do, PostgreSQL's when they ask."""
    session = db.session()
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield session
    finally:
        session.rollback()
        db.session.remove()


def _upload_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".part")


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(real_now().timestamp())
    archive.addfile(entry, io.BytesIO(content))


def _toml(value: object) -> str:
    """Return one value of a settings file; JSON's strings, numbers, booleans and lists are TOML's too."""
    return json.dumps(value, ensure_ascii=False)


def _config_with_secret(chosen: Settings) -> str:
    path = chosen.instance / CONFIG_FILE
    known = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    kept = {name.lower(): value for name, value in known.items() if name.lower() not in CHOSEN_WHERE_RESTORED}
    kept["secret_key"] = chosen.secret_key
    kept.setdefault("base_url", chosen.base_url)
    return "".join(f"{name} = {_toml(value)}\n" for name, value in kept.items())


def restore(source: Path, *, database_url: str = "") -> Manifest:
    """Make an empty instance serve what the backup ``source`` holds; ``database_url`` chooses another database.

    Raises ``BackupError``, also when the instance is not empty: then nothing is changed.
    """
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            manifest = _read_manifest(archive)
            config = _file(archive, CONFIG_FILE).read().decode()
            chosen = _settings_for(config, database_url)
            with _opened(chosen) as app:
                _require_empty(chosen)
                bring_up_to_date(app)
                with _unpacked_uploads(archive, chosen.uploads):
                    _load_tables(archive, manifest)
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError) as error:
        raise BackupError(f"{source} cannot be restored: {error}") from error
    except SQLAlchemyError as error:
        raise BackupError(f"the database refused: {str(error).splitlines()[0]}") from error
    _adopt_config(chosen, config, database_url)
    return manifest


@contextmanager
def _opened(chosen: Settings) -> Iterator[Flask]:
    chosen.instance.mkdir(parents=True, exist_ok=True)
    app = create_app(chosen)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def _file(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    facts: dict[str, Any] = json.loads(_file(archive, MANIFEST).read(MAX_MANIFEST))
    if facts.get("format") != FORMAT:
        raise BackupError(f"this version reads backups of format {FORMAT}, not {facts.get('format')}")
    manifest = Manifest(**facts)
    if manifest.revision != newest_revision():
        raise BackupError(
            f"the backup was made by version {manifest.version} (migration {manifest.revision}), and this one "
            f"stands at migration {newest_revision()}: restore it with that version, then upgrade"
        )
    return manifest


def _settings_for(config: str, database_url: str) -> Settings:
    secret = str(tomllib.loads(config)["secret_key"])
    outside = os.environ.get(PREFIX + "SECRET_KEY", secret)
    if outside != secret:
        raise BackupError(
            "CROSSLINKS_SECRET_KEY in the environment is not the backup's: unset it, or every link would end"
        )
    given = {"secret_key": secret} | ({"database_url": database_url} if database_url else {})
    return load_settings(**given)


def _require_empty(chosen: Settings) -> None:
    if _upload_files(chosen.uploads):
        raise BackupError(f"{chosen.instance} is not empty (it has uploads): choose an empty instance")
    if present_revision() is None:
        return
    if present_revision() != newest_revision():
        raise BackupError(f"the database of {chosen.instance} is in use by another version")
    for table in tables(Base.metadata):
        if table.name not in PASSING and count_rows(db.session(), table):
            raise BackupError(f"{chosen.instance} is not empty (it has a {table.name}): choose an empty instance")
    db.session.remove()


def _load_tables(archive: tarfile.TarFile, manifest: Manifest) -> None:
    with transaction() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in tables(Base.metadata):
            if table.name in PASSING:
                session.execute(delete(table))
        for table in tables(Base.metadata):
            loaded = load_rows(session, table, _file(archive, f"tables/{table.name}.jsonl"))
            if loaded != manifest.rows.get(table.name):
                raise BackupError(f"the backup is damaged: {table.name} has {loaded} rows")
        continue_numbering(session, Base.metadata)


@contextmanager
def _unpacked_uploads(archive: tarfile.TarFile, uploads: Path) -> Iterator[None]:
    """Unpack beside the uploads, and put them in their place only when the body succeeds."""
    uploads.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=uploads.parent) as room:
        folder = Path(room) / "uploads"
        folder.mkdir()
        for entry in archive:
            path = PurePosixPath(entry.name)
            if not entry.isfile() or path.parts[0] != "uploads":
                continue
            if ".." in path.parts or path.is_absolute():
                raise BackupError(f"the backup is damaged: {entry.name}")
            target = folder.joinpath(*path.parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as output:
                shutil.copyfileobj(_file(archive, entry.name), output)
        yield
        if uploads.is_dir():
            shutil.rmtree(uploads)
        folder.replace(uploads)


def write_config(folder: Path, content: str) -> None:
    """Put ``content`` into the settings file of an instance, for its owner's eyes; an older one is kept beside."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CONFIG_FILE
    if path.is_file() and path.read_text("utf-8") != content:
        path.replace(path.with_suffix(".toml.old"))
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as output:
        output.write(content)
    part.replace(path)


def _adopt_config(chosen: Settings, config: str, database_url: str) -> None:
    """Take over the backup's settings; where the data lie stays as it was chosen here."""
    path = chosen.instance / CONFIG_FILE
    here = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    place = database_url or next((value for name, value in here.items() if name.lower() == "database_url"), "")
    write_config(chosen.instance, config + (f"database_url = {_toml(place)}\n" if place else ""))
