"""What people are written about invitations and groups. No row holds a link: it is made as the mail is rendered."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from crosslinks.config import settings
from crosslinks.editions.frames import edition_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.invitations.groups import get_group
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.words import invited_as
from crosslinks.kernel.columns import pick
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.mail.rendering import absolute, render_letter
from crosslinks.mail.rules import Letter, Rendered
from crosslinks.registration.letters import letter_frame
from crosslinks.registration.links import MASKED
from crosslinks.registration.rules import Place
from crosslinks.registration.words import place_words
from crosslinks.web.formats import format_clock, format_day, format_weekday
from crosslinks.web.languages import speaking


def invitation_path(token: str, deed: str = "") -> str:
    """Return the address of an invitation, or of one deed on it."""
    return f"/i/{token}/{deed}" if deed else f"/i/{token}"


def invitation_token(invitation: Invitation) -> str:
    """Return the token of the link of an invitation as it is now."""
    return make_link(settings().keys, LinkKind.INVITATION, invitation.id, invitation.epoch)


def facts_of(edition: Edition, place: Place, language: str) -> list[tuple[str, str, str]]:
    """Return when and where, in a letter's language, within ``speaking``."""
    day = format_weekday(edition.starts_at, edition.zone, language)
    when = _("%(day)s, %(time)s", day=day, time=format_clock(edition.starts_at, edition.zone, language))
    venue = ", ".join(part for part in (edition.venue_name, edition.venue_city) if part)
    where = venue if place is Place.ONSITE and venue else place_words()[place]
    return [(_("When"), when, ""), (_("Where"), where, ""), (_("Price"), _("Free"), "")]


def invitation_letter(letter: Letter) -> Rendered:
    """Render an invitation with its personal message; one that was withdrawn since says so when it is opened."""
    invitation = db.session.get(Invitation, letter.data["invitation"])
    if invitation is None:
        raise NotFound("invitation.unknown")
    edition = get_edition_by_id(invitation.edition_id)
    token = MASKED if letter.preview else invitation_token(invitation)
    with speaking(letter.language) as language:
        return render_letter(
            "invitations/mail/invitation",
            letter.language,
            frame=letter_frame(edition, language),
            name=invitation.name,
            title=edition.title,
            theme=pick(edition.theme, language, edition.languages),
            lead=invited_as(invitation.kind, edition.title),
            organiser=edition.conference.organiser,
            paragraphs=[part for part in invitation.message.split("\n") if part.strip()],
            facts=facts_of(edition, Place.of(invitation.mode), language),
            until=format_day(invitation.answer_by, edition.zone, language),
            kept=invitation.reservation_id is not None,
            url=absolute(invitation_path(token)),
        )


def group_letter(letter: Letter) -> Rendered:
    """Render what a contact person asked for, and nothing of what became of it."""
    group = get_group(letter.data["group"])
    edition = get_edition_by_id(group.edition_id)
    with speaking(letter.language) as language:
        words = place_words()
        return render_letter(
            "invitations/mail/group",
            letter.language,
            frame=letter_frame(edition, language),
            name=group.contact_name,
            title=edition.title,
            people=[(member.name, words[Place.of(member.mode)], "") for member in group.members],
            url=absolute(edition_url(edition)),
        )


LETTERS: dict[str, Callable[[Letter], Rendered]] = {
    "invitations.invitation": invitation_letter,
    "invitations.group": group_letter,
}
