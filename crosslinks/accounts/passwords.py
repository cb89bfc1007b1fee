"""Hashing passwords: slow on purpose, therefore never inside a transaction."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crosslinks.kernel.db import in_transaction

_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password (about 16 ms); raises ``RuntimeError`` inside a transaction."""
    _outside()
    return _hasher.hash(password)


def password_fits(stored: str, password: str) -> bool:
    """Say whether ``password`` is the one behind ``stored``; as slow as ever when nothing is stored."""
    _outside()
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def needs_rehash(stored: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _outside() -> None:
    if in_transaction():
        raise RuntimeError("hashing takes long: do it before the transaction")
