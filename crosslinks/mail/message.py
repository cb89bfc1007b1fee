"""From a rendered letter to the bytes that go over the wire."""

from __future__ import annotations

import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from crosslinks.config import Settings
from crosslinks.mail.reasons import ADDRESS_UNUSABLE, coded
from crosslinks.mail.rules import Attachment, Letter, Rendered

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
LONGEST_HEADER = 300
WHOLE = {"list-unsubscribe"}
"""Headers that hold one address: the library would break a long one, or encode it, and no program finds it then."""


class WirePolicy(policy.EmailPolicy):
    """The library's rules for headers, but an address is written whole."""

    def fold(self, name: str, value: Any) -> str:
        """Return a header in lines of at most 78 characters where it may be broken."""
        return f"{name}: {value.strip()}{self.linesep}" if name.lower() in WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return what ``fold`` does, as bytes."""
        return self.fold(name, value).encode() if name.lower() in WHOLE else super().fold_binary(name, value)


PLAIN = WirePolicy(linesep="\r\n", cte_type="7bit")
UTF8 = WirePolicy(linesep="\r\n", utf8=True)


class AddressUnusable(Exception):
    """An address that no server could take; the message says why."""


def header_text(value: str) -> str:
    """Return ``value`` on one line, bounded, so that nothing in it can begin another header."""
    return " ".join(_CONTROLS.sub(" ", value).split())[:LONGEST_HEADER]


def wire_address(address: str) -> str:
    """Return an address as SMTP takes it, its domain in ASCII; raises ``AddressUnusable``."""
    try:
        known = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise AddressUnusable(coded(ADDRESS_UNUSABLE, address=address)) from error
    return known.ascii_email or f"{known.local_part}@{known.ascii_domain}"


def sender(settings: Settings) -> tuple[str, str]:
    """Return ``(name, address)`` that mail comes from: ``MAIL_FROM``, else ``crosslinks@`` the host of ``BASE_URL``."""
    name, address = parseaddr(settings.mail_from)
    if "@" not in address:
        address = f"crosslinks@{urlsplit(settings.base_url).hostname or 'localhost'}"
    return name, address


def wire_message_id(message_id: str, from_address: str) -> str:
    """Return the row's Message-ID with the sender's own domain: the same at every attempt."""
    return f"{message_id.partition('@')[0]}@{from_address.rpartition('@')[2]}>"


def build_message(letter: Letter, made: Rendered, settings: Settings, now: datetime) -> EmailMessage:
    """Return the message with text, HTML, inline pictures and files; raises ``AddressUnusable``."""
    own_name, own_address = sender(settings)
    own_address = wire_address(own_address)
    message = EmailMessage(policy=UTF8)
    message["From"] = _address(made.sender_name or own_name or "Crosslinks", own_address)
    message["To"] = _address(letter.to_name, wire_address(letter.to_address))
    if made.reply_to:
        message["Reply-To"] = _address(made.sender_name, wire_address(made.reply_to))
    message["Subject"] = header_text(made.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = wire_message_id(letter.message_id, own_address)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if made.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{header_text(made.unsubscribe_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(made.text, cte="quoted-printable")
    message.add_alternative(made.html, subtype="html", cte="quoted-printable")
    page = next(part for part in message.iter_parts() if part.get_content_type() == "text/html")
    for file in made.attachments:
        _attach(message, page, file)
    message["Content-Language"] = made.language or letter.language  # last: attaching moves such headers inwards
    return message


def _address(name: str, address: str) -> Address:
    try:
        local, _, domain = address.rpartition("@")
        return Address(header_text(name), local, domain)
    except Exception as error:  # the parser raises several unrelated kinds
        raise AddressUnusable(coded(ADDRESS_UNUSABLE, address=address)) from error


def _attach(message: EmailMessage, page: MIMEPart, file: Attachment) -> None:
    main, _, rest = file.media_type.partition("/")
    sub, *parameters = [part.strip() for part in rest.split(";")]
    values = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
    name = header_text(file.name)
    if file.content_id:
        page.add_related(
            file.content, main, sub, cid=f"<{file.content_id}>", filename=name, disposition="inline", params=values
        )
    else:
        message.add_attachment(file.content, main, sub, filename=name, params=values)


def wire_bytes(message: EmailMessage, *, utf8: bool) -> bytes:
    """Return the message with CRLF lines, plain ASCII unless the address itself needs ``utf8``."""
    return message.as_bytes(policy=UTF8 if utf8 else PLAIN)
