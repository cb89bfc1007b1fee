"""E-mail addresses: what is kept, and the key by which two spellings count as one."""

from __future__ import annotations

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from crosslinks.config import settings
from crosslinks.kernel.errors import Invalid
from crosslinks.web.clients import spend


@lru_cache(maxsize=8)
def normalise_email(text: str) -> tuple[str, str]:
    """Return ``(address, key)`` without asking DNS; raises ``Invalid``.

    The key ignores case and the two ways of writing an international domain. The form, the limit and the operation of
    one request each ask: the last few answers are kept.
    """
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise Invalid("email.unusable") from error
    return found.normalized, f"{found.local_part.casefold()}@{found.ascii_domain or found.domain}".lower()


def spend_address(text: str) -> None:
    """Count one public write for an address, known or not; raises ``TooMany``."""
    spend("address", normalise_email(text)[1], settings().writes_per_address, "hour")
