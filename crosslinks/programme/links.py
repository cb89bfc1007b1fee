"""The personal link of a speaker or moderator: derived when it is shown or sent, never stored."""

from __future__ import annotations

from datetime import datetime

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Gone, NotFound
from crosslinks.kernel.tokens import LinkKind, link_identity, link_is_valid, make_link
from crosslinks.programme.models import Person
from crosslinks.programme.rules import link_ends

MASKED = "…"
_LARGEST_ID = 2**31 - 1


def speaker_token(person: Person) -> str:
    """Return the token of a person's link as it is now."""
    return make_link(settings().keys, LinkKind.SPEAKER, person.id, person.epoch)


def speaker_path(token: str, page: str = "") -> str:
    """Return the address of a speaker's own page, or of one below it, such as ``about``."""
    return f"/s/{token}/{page}" if page else f"/s/{token}"


def open_link(token: str, now: datetime) -> tuple[Person, Edition]:
    """Return whose link this is, and of which edition.

    Raises ``NotFound`` for a wrong link, and ``Gone`` for one that was revoked or has ended. A link of an earlier
    epoch is told from a wrong one by trying those before: there are never many.
    """
    identity = link_identity(token)
    if identity is None or not 0 < identity <= _LARGEST_ID:
        raise NotFound("speaker_link.unknown")
    person = db.session.get(Person, identity)
    if person is None:
        raise NotFound("speaker_link.unknown")
    keys = settings().keys
    if not link_is_valid(keys, LinkKind.SPEAKER, token, person.id, person.epoch):
        earlier = range(max(0, person.epoch - 20), person.epoch)
        if any(link_is_valid(keys, LinkKind.SPEAKER, token, person.id, epoch) for epoch in earlier):
            raise Gone("speaker_link.revoked")
        raise NotFound("speaker_link.unknown")
    edition = get_edition_by_id(person.edition_id)
    if now >= link_ends(edition.ends_at):
        raise Gone("speaker_link.expired")
    return person, edition
