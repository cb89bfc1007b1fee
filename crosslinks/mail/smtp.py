"""One conversation with the mail server, kept over a batch of messages."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from crosslinks.config import ConfigurationError
from crosslinks.mail.message import wire_bytes
from crosslinks.mail.reasons import NEEDS_UTF8
from crosslinks.mail.rules import Answer, Outcome, meaning

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
SECONDS_TO_WAIT = 20.0
PATIENCE_AT_THE_END = 6
"""Times as long for the reply to the content: servers look into it, and giving up means a second copy."""
MOST_PER_CONNECTION = 100
CLOSING = 421


class ServerUnavailable(Exception):
    """The server cannot be reached or does not let us in: no message's fault."""


class _Broken(Exception):
    """The conversation ended before the message was handed over."""


@dataclass(frozen=True)
class MailServer:
    """Where ``SMTP_URL`` points: ``smtp://``, ``smtps://`` or ``smtp+starttls://user:password@host:port``."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""


def read_smtp_url(url: str) -> MailServer:
    """Return the server of an ``SMTP_URL``; raises ``ConfigurationError`` without quoting its password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigurationError("SMTP_URL: the port is not a number") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise ConfigurationError(f"SMTP_URL starts with one of {', '.join(f'{name}://' for name in PORTS)} and a host")
    return MailServer(
        parts.scheme, parts.hostname, port or PORTS[parts.scheme], unquote(parts.username or ""),
        unquote(parts.password or ""),
    )  # fmt: skip


def said(code: int, text: bytes | str) -> str:
    """Return a server's reply as it is kept and shown."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:1000]


class Postman:
    """Sends messages one by one over one connection, opened when needed and closed by ``close``."""

    def __init__(self, server: MailServer, wait: float = SECONDS_TO_WAIT) -> None:
        self._server = server
        self._wait = wait
        self._line: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, message: EmailMessage, from_address: str, to_address: str) -> Answer:
        """Hand over one message; raises ``ServerUnavailable`` when no conversation can be begun.

        A kept connection that turns out closed is opened anew once: nothing was handed over then.
        """
        if self._sent >= MOST_PER_CONNECTION:
            self.close()
        kept = self._line is not None
        try:
            return self._attempt(message, from_address, to_address)
        except _Broken as broken:
            self.close()
            if not kept:
                return Answer(Outcome.LATER, str(broken))
        try:
            return self._attempt(message, from_address, to_address)
        except _Broken as broken:
            self.close()
            return Answer(Outcome.LATER, str(broken))

    def _attempt(self, message: EmailMessage, from_address: str, to_address: str) -> Answer:
        line = self._line or self._connect()
        utf8 = not (from_address.isascii() and to_address.isascii())
        if utf8 and not line.has_extn("smtputf8"):
            return Answer(Outcome.REFUSED, NEEDS_UTF8)
        body = wire_bytes(message, utf8=utf8)
        try:
            for code, text in (
                line.mail(from_address, _options(line, body, utf8=utf8)),
                line.rcpt(to_address),
            ):
                if meaning(code) is not Outcome.TAKEN:
                    return self._refused(line, code, text)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise _Broken(f"The connection broke: {error}") from error
        except (UnicodeError, ValueError) as error:
            return Answer(Outcome.REFUSED, f"The address cannot be written: {error}")
        return self._hand_over(line, body)

    def _hand_over(self, line: smtplib.SMTP, body: bytes) -> Answer:
        """Send the content. Whatever breaks here may have been taken: only a reply counts."""
        _set_wait(line, self._wait * PATIENCE_AT_THE_END)
        try:
            code, text = line.data(body)
        except smtplib.SMTPDataError as error:
            return self._refused(line, error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Answer(Outcome.LATER, f"The connection broke while the message was handed over: {error}")
        if meaning(code) is not Outcome.TAKEN:
            return self._refused(line, code, text)
        _set_wait(line, self._wait)
        self._sent += 1
        return Answer(Outcome.TAKEN, said(code, text))

    def _refused(self, line: smtplib.SMTP, code: int, text: bytes | str) -> Answer:
        if code == CLOSING:
            self.close()
        else:
            try:
                line.rset()
            except (OSError, smtplib.SMTPException):
                self.close()
        return Answer(meaning(code), said(code, text))

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        line: smtplib.SMTP | None = None
        try:
            if server.scheme == "smtps":
                line = smtplib.SMTP_SSL(server.host, server.port, timeout=self._wait, context=_tls())
            else:
                line = smtplib.SMTP(server.host, server.port, timeout=self._wait)
            if server.scheme == "smtp+starttls":
                line.starttls(context=_tls())
            line.ehlo_or_helo_if_needed()
            if server.user:
                line.login(server.user, server.password)
        except smtplib.SMTPResponseException as error:
            _hang_up(line)
            raise ServerUnavailable(said(error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException) as error:
            _hang_up(line)
            raise ServerUnavailable(f"{server.host} port {server.port}: {error}") from error
        self._line = line
        self._sent = 0
        return line

    def close(self) -> None:
        """Say goodbye, if there is anybody."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()


def _hang_up(line: smtplib.SMTP | None) -> None:
    if line is not None:
        line.close()


def _set_wait(line: smtplib.SMTP, seconds: float) -> None:
    if line.sock is not None:
        line.sock.settimeout(seconds)


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _options(line: smtplib.SMTP, body: bytes, *, utf8: bool) -> list[str]:
    options = []
    if line.has_extn("size"):
        options.append(f"size={len(body)}")
    if utf8:
        options += ["SMTPUTF8", "BODY=8BITMIME"]
        line.command_encoding = "utf-8"
    else:
        line.command_encoding = "ascii"
    return options
