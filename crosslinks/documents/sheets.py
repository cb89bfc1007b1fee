"""From the database to what is printed: the sheet of an edition, and one badge's words."""

from __future__ import annotations

from datetime import datetime, timedelta

from babel.dates import format_date
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask_babel import gettext as _

from crosslinks.documents.queries import BadgePerson
from crosslinks.documents.rules import BadgeData, BadgeSheet, DayLine
from crosslinks.editions.keys import open_private_key
from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import pick
from crosslinks.programme.released import list_released_rows
from crosslinks.programme.rules import SessionKind
from crosslinks.programme.timeline import SessionRow
from crosslinks.registration.rules import BadgeRole
from crosslinks.registration.tickets import ticket_text
from crosslinks.sponsors.queries import list_thanked
from crosslinks.sponsors.words import thanks_line
from crosslinks.web.formats import format_clock
from crosslinks.web.languages import speaking

_DAY_AND_MONTH = {"en": "d MMMM", "nb": "d. MMMM"}


def role_words() -> dict[BadgeRole, str]:
    """Return what each role is called, in the language spoken now."""
    return {
        BadgeRole.PARTICIPANT: _("Participant"),
        BadgeRole.SPEAKER: _("Speaker"),
        BadgeRole.MODERATOR: _("Moderator"),
        BadgeRole.ORGANIZER: _("Organizer"),
        BadgeRole.SPONSOR: _("Sponsor"),
        BadgeRole.PRESS: _("Press"),
    }


def badge_sheet(edition: Edition, language: str) -> BadgeSheet:
    """Return what the badges of ``edition`` share, in ``language``."""
    with speaking(language) as spoken:
        parts = list_released_rows(edition.id)
        return BadgeSheet(
            conference=edition.conference.name,
            edition_label=edition.slug,
            date_label=_day_and_month(edition, spoken),
            hue=edition.conference.hue,
            language=spoken,
            no_photo_word=_("No photo"),
            fold_word=_("Fold here"),
            day=tuple(_day_line(part, parts, edition, spoken) for part in parts),
            talks=tuple(_share(talk.starts_at, parts) for part in parts for talk in part.talks),
            thanks=thanks_line(list_thanked(edition.id, on_badge=True)),
        )


def _day_and_month(edition: Edition, language: str) -> str:
    day = edition.starts_at.astimezone(edition.zone).date()
    return str(format_date(day, _DAY_AND_MONTH[language], locale=language))


def _share(moment: datetime, parts: list[SessionRow]) -> float:
    """Return a moment as a fraction of the day."""
    start = min(part.starts_at for part in parts)
    whole = max(part.ends_at for part in parts) - start
    return (moment - start) / max(whole, timedelta(minutes=1))


def _day_line(part: SessionRow, parts: list[SessionRow], edition: Edition, language: str) -> DayLine:
    title = pick(part.title, language, edition.languages)
    if not title and part.talks:
        title = pick(part.talks[0].title, language, edition.languages)
    return DayLine(
        time=format_clock(part.starts_at, edition.zone, language),
        title=title,
        is_break=part.kind is SessionKind.BREAK,
        start=_share(part.starts_at, parts),
        end=_share(part.ends_at, parts),
    )


def signing_key(edition: Edition, wrapping_key: bytes) -> Ed25519PrivateKey:
    """Return the key that signs this edition's tickets."""
    return open_private_key(wrapping_key, edition.uuid, edition.ticket_private_key)


def badges_of(people: list[BadgePerson], edition: Edition, sheet: BadgeSheet, wrapping_key: bytes) -> list[BadgeData]:
    """Return the badges of ``people`` in their order, each with the text of its present ticket."""
    key = signing_key(edition, wrapping_key)
    with speaking(sheet.language):
        words = role_words()
        return [
            BadgeData(
                reference=person.reference,
                given_name=person.given_name,
                family_name=person.family_name,
                organisation=person.organisation,
                role=person.role.value,
                role_word=words[person.role],
                ticket_text=ticket_text(person.ticket_id, edition.uuid, key),
                no_photo=person.no_photo,
            )
            for person in people
        ]
