"""What an account link is for."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

SIGN_IN_LINK_LIFE = timedelta(minutes=30)
INVITATION_LIFE = timedelta(days=7)


class LinkPurpose(StrEnum):
    """What a single-use account link allows."""

    SIGN_IN = "sign_in"
    SET_PASSWORD = "set_password"  # noqa: S105 - a purpose, not a password
