"""What stands beside a link to an edition where it is shared."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from flask import Blueprint

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, keeper, kept_page
from crosslinks.home.card import Card, draw_card, printable
from crosslinks.home.cover import cover_drawings
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db
from crosslinks.programme.queries import get_timeline
from crosslinks.web.drawings import cover
from crosslinks.web.formats import capitalize_first, format_ordinal, format_weekday
from crosslinks.web.languages import current_language
from crosslinks.web.pages import texts

home_sharing = Blueprint("home_sharing", __name__, url_prefix="/<conference>/<edition>")


@home_sharing.get("/card.png")
@kept_page
def card(edition: Edition) -> Page:
    """Send the edition's picture; it is drawn anew only when what stands on it is another."""
    language = current_language()
    shown = card_of(edition)
    db.session.rollback()
    content = keeper().remember(
        ("card.png", edition.id, language), _fingerprint(shown), lambda: draw_card(shown), bytes
    )
    return Page(content, media_type="image/png")


def card_of(edition: Edition) -> Card:
    """Return what stands on an edition's picture, in the language of the request."""
    drawings = cover_drawings(edition, get_timeline(edition, now()))
    place = ", ".join(part for part in (edition.venue_name, edition.venue_city) if part)
    facts = (format_weekday(edition.starts_at, edition.zone), place)
    return Card(
        name=printable(f"{format_ordinal(edition.number)} {edition.conference.name}"),
        title=printable(texts(edition.theme)) or printable(edition.title),
        facts=tuple(printable(capitalize_first(fact)) for fact in facts if fact),
        accent=edition.conference.hue,
        cover=drawings["wide"] if drawings else cover([], [], earlier=0),
        photo=_photo(edition),
        credit=printable(edition.conference.cover_credit),
    )


def _photo(edition: Edition) -> Path | None:
    photo = settings().uploads / edition.conference.cover
    return photo if photo.is_file() else None


def _fingerprint(shown: Card) -> int:
    return int.from_bytes(blake2b(repr(shown).encode(), digest_size=8).digest(), "big")
