"""`crosslinks serve` as an operator meets it: real processes, real signals."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.instances import ROOT, Instance, close_database, new_instance

PATIENCE = 90.0


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Iterator[Instance]:
    with new_instance(tmp_path / "instance", database_url) as made:
        close_database(made.prepare())
        yield made


def fetch(
    url: str, data: bytes | None = None, context: ssl.SSLContext | None = None, **headers: str
) -> tuple[int, str]:
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if what():
                return
        except (OSError, StopIteration, psutil.NoSuchProcess):
            pass
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def child(parent: psutil.Process, word: str) -> psutil.Process:
    return next(process for process in parent.children() if process.name() == word)


def serving(parent: psutil.Process) -> list[psutil.Process]:
    """Return the server's worker processes that live."""
    workers = child(parent, "cx-http").children()
    return [process for process in workers if process.status() != psutil.STATUS_ZOMBIE]


def is_ready(instance: Instance) -> bool:
    return fetch(f"{instance.url}/readyz")[0] == 200


def test_what_ends_is_started_again_and_all_end_together(instance):
    with instance.serving() as parent:
        wait_for(lambda: is_ready(instance))
        family = [parent, *parent.children(recursive=True)]
        assert sum(process.memory_full_info().pss for process in family) < 300_000_000
        server, worker = child(parent, "cx-http"), child(parent, "cx-worker")
        for victim in (worker, server, server.children()[0]):
            if victim.is_running():
                victim.kill()
        wait_for(lambda: child(parent, "cx-http") != server and child(parent, "cx-worker") != worker)
        wait_for(lambda: is_ready(instance))
        wait_for(lambda: len(serving(parent)) == 2)
        one = serving(parent)[0]
        one.kill()
        wait_for(lambda: one not in serving(parent) and len(serving(parent)) == 2 and is_ready(instance))
        family = parent.children(recursive=True)
        assert len(family) >= 4
        parent.kill()
        assert psutil.wait_procs(family, 30)[1] == []


def test_a_taken_port_is_said_so(instance):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", instance.port))
        taken.listen()
        assert f"port {instance.port} on 127.0.0.1 is taken" in refused(instance)


def refused(instance: Instance, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "crosslinks", "serve", "--port", str(instance.port)],
        cwd=ROOT, env=instance.environment | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_without_a_secret_or_tables_it_does_not_serve(instance, tmp_path):
    assert "SECRET_KEY is missing" in refused(instance, CROSSLINKS_SECRET_KEY="")
    empty = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    assert "crosslinks init" in refused(instance, CROSSLINKS_DATABASE_URL=empty)
    nowhere = f"sqlite:///{tmp_path / 'nowhere' / 'crosslinks.sqlite'}"
    assert "cannot be used" in refused(instance, CROSSLINKS_DATABASE_URL=nowhere)


def test_a_body_that_is_too_large_gets_its_page_and_sigterm_ends_everything(instance):
    instance.settings["MAX_BODY"] = "2000"
    with instance.serving("--workers", "1") as parent:
        form = b"email=" + b"x" * 3_000_000
        status, page = fetch(f"{instance.url}/sign-in", form, **{"Accept-Language": "nb"})
        assert status == 413
        assert "Det er for stort" in page
        status, page = fetch(f"{instance.url}/api/v1/nowhere/2024/registrations", form)
        assert status == 413
        assert json.loads(page)["error"]["code"] == "http.413"
        assert fetch(f"{instance.url}/healthz")[0] == 200
        family = [parent, *parent.children(recursive=True)]
        parent.terminate()
        assert psutil.wait_procs(family, 30)[1] == []


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "door")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


def test_two_options_serve_https(instance, tmp_path):
    certificate, key = self_signed(tmp_path)
    instance.settings["BASE_URL"] = f"https://127.0.0.1:{instance.port}"
    trusting = ssl.create_default_context(cafile=str(certificate))
    log = (tmp_path / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "crosslinks", "serve", "--port", str(instance.port), "--no-worker", "--workers", "1",
         "--tls-cert", certificate, "--tls-key", key],
        cwd=ROOT, env=instance.environment, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        url = f"https://127.0.0.1:{instance.port}/healthz"
        wait_for(lambda: fetch(url, context=trusting) == (200, "ok\n"))
        with urllib.request.urlopen(url, timeout=5, context=trusting) as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"  # other subdomains are not ours
    finally:
        process.terminate()
        process.wait(20)
        log.close()
