"""Real instances for tests: a folder, a database, and ``crosslinks serve`` as its own processes."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from crosslinks.app import create_app
from crosslinks.config import load_settings
from crosslinks.kernel.db import db
from crosslinks.schema import bring_up_to_date

SECRET = "instance-secret-instance-secret-instance-0"
ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Instance:
    """One instance on disk. ``settings`` become its environment; the server is started with ``serving``."""

    folder: Path
    database_url: str
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        chosen = {
            "INSTANCE": str(self.folder),
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": SECRET,
            "BASE_URL": self.url,
            "MAIL_FROM": "crosslinks@example.org",
            "REQUESTS_PER_CLIENT": "1000000",
            **self.settings,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CROSSLINKS_")}
        return kept | {f"CROSSLINKS_{name}": value for name, value in chosen.items()}

    def app(self) -> Flask:
        """Return an application on this instance within this process."""
        return create_app(
            load_settings(
                instance=self.folder,
                database_url=self.database_url,
                secret_key=SECRET,
                base_url=self.url,
                mail_from="crosslinks@example.org",
                **{name.lower(): value for name, value in self.settings.items()},
            )
        )

    def prepare(self) -> Flask:
        """Make the tables by the migrations and return an application."""
        app = self.app()
        bring_up_to_date(app)
        return app

    def command(self, *words: str) -> str:
        """Run ``crosslinks …`` on this instance and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "crosslinks", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def figures(self, edition: str = "crosslinks/2024") -> dict[str, Any]:
        """Return ``crosslinks edition show --json``."""
        found: dict[str, Any] = json.loads(self.command("edition", "show", edition, "--json"))
        return found

    @contextmanager
    def serving(self, *options: str) -> Iterator[psutil.Process]:
        """Run ``crosslinks serve`` until the body ends; the body gets its parent process."""
        log = (self.folder / "serve.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "crosslinks", "serve", "--port", str(self.port), *options],
            cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            self.wait_until_up(process)
            yield psutil.Process(process.pid)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)
            log.close()

    def wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError((self.folder / "serve.log").read_text("utf-8", "replace")[-4000:])


@contextmanager
def new_instance(folder: Path, database_url: str) -> Iterator[Instance]:
    """Give an empty instance beside the run's database: its own SQLite file, or a PostgreSQL database dropped later."""
    folder.mkdir()
    if database_url.startswith("sqlite"):
        yield Instance(folder, f"sqlite:///{folder / 'crosslinks.sqlite'}")
        return
    name = f"instance_{secrets.token_hex(6)}"
    url = make_url(database_url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield Instance(folder, url.set(database=name).render_as_string(hide_password=False))
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def close_database(app: Flask) -> None:
    """Let go of this process's connections to an instance."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
