"""An edition's Ed25519 key pair, which signs its tickets. The private key is stored encrypted."""

from __future__ import annotations

import os
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def new_key_pair(wrapping_key: bytes, edition_uuid: UUID) -> tuple[bytes, bytes]:
    """Return ``(public, encrypted private)``: 32 raw bytes, and nonce ‖ AES-256-GCM box bound to the edition."""
    private = Ed25519PrivateKey.generate()
    nonce = os.urandom(NONCE_BYTES)
    box = AESGCM(wrapping_key).encrypt(nonce, private.private_bytes_raw(), edition_uuid.bytes)
    return private.public_key().public_bytes_raw(), nonce + box


@lru_cache(maxsize=64)
def open_private_key(wrapping_key: bytes, edition_uuid: UUID, stored: bytes) -> Ed25519PrivateKey:
    """Return the signing key; raises ``cryptography.exceptions.InvalidTag`` when the instance's secret was changed."""
    raw = AESGCM(wrapping_key).decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], edition_uuid.bytes)
    return Ed25519PrivateKey.from_private_bytes(raw)
