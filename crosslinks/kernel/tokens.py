"""Links and secrets. Everything that a link can do is listed beside its kind.

Repeatable links are derived, not stored: ``base64url(id ‖ HMAC-SHA256(link key, kind ‖ id ‖ epoch)[:16])``.
Raising the epoch of what they point at revokes them all. Single-use secrets are random and hashed at rest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ID_BYTES = 6
MAC_BYTES = 16
TOKEN_CHARACTERS = (ID_BYTES + MAC_BYTES) * 8 // 6 + 1
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_DIGITS = 5
CHECK_WEIGHTS = (2, 4, 8, 16, 5)
"""Powers of the generator of GF(32): distinct and not 1, so that any slip or swap changes the check."""


class LinkKind(StrEnum):
    """A derived link and all that it allows."""

    MANAGE = "manage"
    """One registration: see, rename, switch, cancel, come back, consents, answers, ask for another address, ticket,
    calendar file; every answer that it is asked for."""
    ACCEPT = "accept"
    """One registration: see the place that is offered, and take it."""
    DECLINE = "decline"
    """One registration: give back a place that was freed or offered, leave the line, follow the stream instead."""
    COMING = "coming"
    """One registration: say that one comes, or cannot come, or follows the stream instead."""
    ADDRESS = "address"
    """One registration's wish for another address, for 24 hours: fulfil it, which ends the links of the old one."""
    PREVIEW = "preview"
    """One draft edition: read its public pages."""
    FEED = "feed"
    """One registration's calendar: read."""
    FAVOURITES = "favourites"
    """One visitor's list of talks: see it and its calendar, change it, forget it."""
    INVITATION = "invitation"
    """One invitation: read it, and accept or decline it while it is open."""
    FOLLOW = "follow"
    """One entry of an interest list: confirm it, take it away."""
    SPEAKER = "speaker"
    """One person of a programme, until 60 days after the edition: see their own day, co-speakers and files; answer
    whether they come; change their texts, links, disclosure and portrait; upload, mark and delete slides of their own
    talks; allow the recording of each. No other person, no address, nothing of the programme itself."""
    UNSUBSCRIBE = "unsubscribe"
    """One registration: withdraw its consent to news and invitations, which also takes its address off the list."""


@dataclass(frozen=True)
class Keys:
    """Keys derived from the instance's secret, one per purpose."""

    link: bytes
    tickets: bytes
    session: bytes
    state: bytes


def derive_keys(secret: str) -> Keys:
    """Return the purpose keys (32 bytes each) of an instance secret, by HKDF-SHA256."""

    def derive(purpose: str) -> bytes:
        return HKDF(SHA256(), 32, None, b"crosslinks/" + purpose.encode()).derive(secret.encode())

    return Keys(link=derive("link"), tickets=derive("tickets"), session=derive("session"), state=derive("state"))


def _mac(key: bytes, kind: LinkKind, identity: bytes, epoch: int) -> bytes:
    message = kind.value.encode() + b"\x00" + identity + epoch.to_bytes(4, "big")
    return hmac.digest(key, message, "sha256")[:MAC_BYTES]


def make_link(keys: Keys, kind: LinkKind, identity: int, epoch: int) -> str:
    """Return the 30-character token of the link of ``kind`` to object ``identity`` in its present ``epoch``."""
    packed = identity.to_bytes(ID_BYTES, "big")
    return base64.urlsafe_b64encode(packed + _mac(keys.link, kind, packed, epoch)).decode().rstrip("=")


def link_identity(token: str) -> int | None:
    """Return the object id that a token claims, or None when it is malformed; nothing is proven yet."""
    if len(token) != TOKEN_CHARACTERS or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return int.from_bytes(raw[:ID_BYTES], "big")


def link_is_valid(keys: Keys, kind: LinkKind, token: str, identity: int, epoch: int) -> bool:
    """Say, in constant time, whether ``token`` is the link of ``kind`` to object ``identity`` in its ``epoch``."""
    return hmac.compare_digest(make_link(keys, kind, identity, epoch).encode(), token.encode())


def make_pass(keys: Keys, path: str, until: int) -> str:
    """Return what must follow ``path`` for a body larger than usual to be read there, until that second of Unix time.

    It proves only that we made the page that the body comes from, before anything is known of who sends it.
    """
    mac = hmac.digest(keys.state, b"large-body\x00" + f"{path}\x00{until}".encode(), "sha256")[:MAC_BYTES]
    return f"{until:x}-{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def pass_is_valid(keys: Keys, path: str, given: str, real: float) -> bool:
    """Say, in constant time, whether ``given`` is the pass for ``path`` and has not run out at ``real`` (Unix time)."""
    stamp, _dash, _mac = given.partition("-")
    if not 0 < len(stamp) <= 10 or any(digit not in "0123456789abcdef" for digit in stamp):
        return False
    until = int(stamp, 16)
    return real < until and hmac.compare_digest(make_pass(keys, path, until).encode(), given.encode())


def new_secret() -> tuple[str, bytes]:
    """Return ``(token, hash)`` of a random 256-bit secret; only the hash is to be stored."""
    token = secrets.token_urlsafe(32)
    return token, hash_secret(token)


def hash_secret(token: str) -> bytes:
    """Return the SHA-256 of a random secret; enough for 256 bits of entropy."""
    return hashlib.sha256(token.encode()).digest()


def _gf32(a: int, b: int) -> int:
    """Multiply in GF(32) with the polynomial x⁵ + x² + 1."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(8, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


def _check_character(digits: str) -> str:
    total = 0
    for weight, digit in zip(CHECK_WEIGHTS, digits, strict=True):
        total ^= _gf32(weight, CROCKFORD.index(digit))
    return CROCKFORD[total]


def new_reference() -> str:
    """Return six random characters of Crockford base32, the last computed from the others."""
    digits = "".join(secrets.choice(CROCKFORD) for _ in range(REFERENCE_DIGITS))
    return digits + _check_character(digits)


def read_reference(text: str) -> str | None:
    """Return the reference that somebody typed or read aloud, or None when it is not one (a slip or a swap)."""
    plain = text.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
    if len(plain) != REFERENCE_DIGITS + 1 or any(character not in CROCKFORD for character in plain):
        return None
    return plain if _check_character(plain[:-1]) == plain[-1] else None


def show_reference(reference: str) -> str:
    """Return ``K7QF2M`` as ``K7QF-2M``."""
    return f"{reference[:4]}-{reference[4:]}"
