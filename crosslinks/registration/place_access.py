"""Who comes with a personal link: looked at for free, writing at a measured pace, guessing hardly at all."""

from __future__ import annotations

from crosslinks.kernel.errors import NotFound
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import get_by_link_token
from crosslinks.web.clients import spend, spend_bad_token, spend_client_request

WRITES_PER_LINK = 20
"""An hour: enough for anybody who changes their mind, too few to fill a mailbox."""


def open_place(token: str) -> Registration:
    """Return whose link it is; raises ``NotFound``, which counts as a guess."""
    try:
        return get_by_link_token(token)
    except NotFound:
        spend_bad_token()
        raise


def open_place_to_write(token: str) -> Registration:
    """Return whose link it is, and count one write by it; raises ``NotFound`` or ``TooMany``."""
    spend_client_request()
    registration = open_place(token)
    spend("place", str(registration.id), WRITES_PER_LINK, "hour")
    return registration
