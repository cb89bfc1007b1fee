"""The personal link and the ticket of a registration: derived when they are shown or sent, never stored."""

from __future__ import annotations

from crosslinks.config import settings
from crosslinks.editions.keys import open_private_key
from crosslinks.editions.models import Edition
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import find_present_ticket
from crosslinks.registration.tickets import ticket_text

MASKED = "…"


def place_token(registration: Registration) -> str:
    """Return the token of the personal link as it is now."""
    return make_link(settings().keys, LinkKind.MANAGE, registration.id, registration.epoch)


def answer_token(registration: Registration, kind: LinkKind) -> str:
    """Return the token of a link that allows one answer, and nothing else."""
    return make_link(settings().keys, kind, registration.id, registration.epoch)


def answer_path(kind: LinkKind, token: str, query: str = "") -> str:
    """Return the address of the page with that answer's one button."""
    return f"/{kind.value}/{token}{query}"


def place_path(token: str, deed: str = "") -> str:
    """Return the address of the personal page, or of one deed on it, such as ``cancel``."""
    return f"/r/{token}/{deed}" if deed else f"/r/{token}"


def present_code(registration: Registration, edition: Edition) -> str:
    """Return the text of the QR code that is good now, or ``""`` when there is none."""
    found = find_present_ticket(registration.id)
    if found is None:
        return ""
    key = open_private_key(settings().keys.tickets, edition.uuid, edition.ticket_private_key)
    return ticket_text(found.ticket_id, edition.uuid, key)
