"""A real mail server for tests: it keeps what it takes, and refuses, breaks off or dawdles as it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

TAKEN = "250 taken"


@dataclass(frozen=True)
class Taken:
    """A message that the server answered 250 to."""

    sender: str
    receiver: str
    message: EmailMessage
    smtp_utf8: bool

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"]).strip()


@dataclass
class SmtpDouble:
    """The server's rules and what it saw. ``answers`` are given to DATA for an address, in turn, before ``250``."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    receivers_refused: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    delay: float = 0.0
    before_250: Callable[[Taken], None] | None = None
    after_250: Callable[[Taken], None] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def receivers(self) -> list[str]:
        return [one.receiver for one in self.taken]


class _Handler:
    def __init__(self, double: SmtpDouble) -> None:
        self.double = double

    async def handle_RCPT(  # noqa: N802 - the library names it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.double.receivers_refused.get(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.double.delay:
            await asyncio.sleep(self.double.delay)
        receiver = envelope.rcpt_tos[0]
        planned = self.double.answers.get(receiver)
        if planned:
            answer = planned.pop(0)
            if answer == "disconnect":
                server.transport.abort()
                return "421 never seen"
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        message = cast("EmailMessage", message_from_bytes(content, policy=policy.SMTP))
        taken = Taken(envelope.mail_from or "", receiver, message, bool(envelope.smtp_utf8))
        if self.double.before_250:
            self.double.before_250(taken)
        self.double.taken.append(taken)
        return TAKEN


class _Server(SMTP):
    double: SmtpDouble

    def connection_made(self, transport: Any) -> None:
        self.double.connections += 1
        super().connection_made(transport)

    async def push(self, status: Any) -> None:
        await super().push(status)
        if status == TAKEN and self.double.after_250:
            self.double.after_250(self.double.taken[-1])


class _Controller(Controller):
    def __init__(self, double: SmtpDouble, **options: Any) -> None:
        self.double = double
        super().__init__(_Handler(double), hostname="127.0.0.1", port=0, **options)

    def factory(self) -> SMTP:
        server = _Server(self.handler, **self.SMTP_kwargs)
        server.double = self.double
        return server

    def _trigger_server(self) -> None:
        """Look at the port that the system chose before the library knocks on it."""
        assert self.server is not None
        self.port = self.double.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _signs_in(server: Any, session: Any, envelope: Any, mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"crosslinks", b"p@ss word")
    return AuthResult(success=good, handled=False)


@pytest.fixture
def smtp_server() -> Iterator[SmtpDouble]:
    """A mail server on 127.0.0.1 that takes everything, until told otherwise."""
    yield from running()


def running(tls: ssl.SSLContext | None = None, *, implicit: bool = False) -> Iterator[SmtpDouble]:
    """Run the server; with ``tls`` it demands STARTTLS, or TLS from the start, and a login."""
    double = SmtpDouble()
    options: dict[str, Any] = {"enable_SMTPUTF8": True}
    if tls:
        options |= {"authenticator": _signs_in, "auth_required": not implicit, "auth_require_tls": not implicit}
        options |= {"ssl_context": tls} if implicit else {"tls_context": tls, "require_starttls": True}
    controller = _Controller(double, **options)
    controller.start()
    double.connections = 0
    try:
        yield double
    finally:
        controller.stop()
