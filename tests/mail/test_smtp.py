"""The mail server's address, and conversations over TLS with a login."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crosslinks.config import ConfigurationError
from crosslinks.mail.rules import Outcome
from crosslinks.mail.smtp import MailServer, Postman, ServerUnavailable, read_smtp_url
from tests.mail.smtp import SmtpDouble, running, smtp_server

__all__ = ["smtp_server"]
LOGIN = "crosslinks:p%40ss%20word"


def a_message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Hei"
    message.set_content("Hei\n.\nen linje med bare punktum\n")
    return message


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail server of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


@contextmanager
def server_with_tls(certificate: tuple[Path, Path], *, implicit: bool) -> Iterator[SmtpDouble]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    yield from running(context, implicit=implicit)


@contextmanager
def posting(url: str) -> Iterator[Postman]:
    postman = Postman(read_smtp_url(url), 5.0)
    try:
        yield postman
    finally:
        postman.close()


@pytest.mark.parametrize(("scheme", "implicit"), [("smtps", True), ("smtp+starttls", False)])
def test_a_server_with_tls_and_a_login(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, scheme: str, implicit: bool
) -> None:
    with server_with_tls(certificate, implicit=implicit) as server:
        address = f"127.0.0.1:{server.port}"
        with posting(f"{scheme}://{LOGIN}@{address}") as postman, pytest.raises(ServerUnavailable, match="certificate"):
            postman.send(a_message(), "a@example.org", "b@example.org")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        with posting(f"{scheme}://{LOGIN}@{address}") as postman:
            assert postman.send(a_message(), "a@example.org", "b@example.org").outcome is Outcome.TAKEN
        with (
            posting(f"{scheme}://crosslinks:wrong@{address}") as postman,
            pytest.raises(ServerUnavailable, match="535"),
        ):
            postman.send(a_message(), "a@example.org", "b@example.org")
    (taken,) = server.taken
    assert taken.message.get_content().replace("\r\n", "\n") == "Hei\n.\nen linje med bare punktum\n"


def test_a_kept_connection_that_was_closed_is_opened_anew(smtp_server: SmtpDouble) -> None:
    with posting(smtp_server.url) as postman:
        assert postman.send(a_message(), "a@example.org", "b@example.org").outcome is Outcome.TAKEN
        assert postman._line is not None
        assert postman._line.sock is not None
        postman._line.sock.close()
        postman._line.sock = None
        assert postman.send(a_message(), "a@example.org", "b@example.org").outcome is Outcome.TAKEN
    assert smtp_server.connections == 2
    assert len(smtp_server.taken) == 2


def test_addresses_of_servers() -> None:
    assert read_smtp_url("smtp://mail.example.org") == MailServer("smtp", "mail.example.org", 25)
    assert read_smtp_url("smtps://mail.example.org").port == 465
    assert read_smtp_url("smtp+starttls://u%40x:p%2Fw@mail.example.org:2525") == MailServer(
        "smtp+starttls", "mail.example.org", 2525, "u@x", "p/w"
    )


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://u:secret@h:port"])
def test_an_address_that_cannot_be_used_is_explained_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_smtp_url(url)
    assert "SMTP_URL" in str(caught.value)
    assert "secret" not in str(caught.value)
