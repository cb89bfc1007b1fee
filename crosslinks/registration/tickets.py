"""Tickets: the text of the QR code and its signature; ``editions.keys`` holds the key pair.

A ticket opens nothing but the door. Its text is ``CX1.`` and unpadded base32 of ``ticket_id ‖ signature``; the
signature is Ed25519 by the edition's key over ``"CX1" ‖ edition uuid ‖ ticket_id``. Phones read this for years:
never change it.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = "CX1."
ID_BYTES = 16
SIGNATURE_BYTES = 64
CHARACTERS = 132
_DOMAIN = b"CX1"


class UnreadableTicket(ValueError):
    """The text is not a ticket; the message says why and never repeats the text."""


def new_ticket_id() -> bytes:
    """Return 16 random bytes; they belong on the ticket only, never in a URL, a log or an export."""
    return secrets.token_bytes(ID_BYTES)


@lru_cache(maxsize=64)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def _signed(edition_uuid: UUID, ticket_id: bytes) -> bytes:
    return _DOMAIN + edition_uuid.bytes + ticket_id


def ticket_text(ticket_id: bytes, edition_uuid: UUID, private_key: Ed25519PrivateKey) -> str:
    """Return the 132 characters of the QR code of ``ticket_id`` in that edition."""
    signature = private_key.sign(_signed(edition_uuid, ticket_id))
    return PREFIX + base64.b32encode(ticket_id + signature).decode()


def read_ticket_text(text: str) -> tuple[bytes, bytes]:
    """Return ``(ticket_id, signature)`` of what was scanned, unverified; raises ``UnreadableTicket``.

    Lower case is taken too, for a scanner that types with the caps lock on.
    """
    plain = text.strip()
    if not plain.isascii() or plain[: len(PREFIX)].upper() != PREFIX:
        raise UnreadableTicket("not the code of a ticket")
    if len(plain) != CHARACTERS:
        raise UnreadableTicket(f"a ticket has {CHARACTERS} characters")
    try:
        raw = base64.b32decode(plain[len(PREFIX) :].upper())
    except (binascii.Error, ValueError) as error:
        raise UnreadableTicket("not base32") from error
    if len(raw) != ID_BYTES + SIGNATURE_BYTES:
        raise UnreadableTicket("a ticket is 80 bytes")
    return raw[:ID_BYTES], raw[ID_BYTES:]


def verify(ticket_id: bytes, signature: bytes, edition_uuid: UUID, public_key: bytes) -> bool:
    """Say whether the edition with ``public_key`` (32 bytes) signed this ticket."""
    try:
        _public_key(public_key).verify(signature, _signed(edition_uuid, ticket_id))
    except (InvalidSignature, ValueError):
        return False
    return True
