"""What we write to participants. Ticket, code and personal link are made as the mail is rendered; no row holds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from crosslinks.editions.frames import edition_url, organiser_line
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import now
from crosslinks.kernel.columns import pick
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import LinkKind, show_reference
from crosslinks.mail.rendering import absolute, render_letter
from crosslinks.mail.rules import Attachment, Letter, LetterFrame, Rendered
from crosslinks.registration.calendar import FILE_NAME, MEDIA_TYPE, write_place_calendar
from crosslinks.registration.codes import code_png
from crosslinks.registration.links import MASKED, answer_path, answer_token, place_path, place_token, present_code
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import waiting_position
from crosslinks.registration.rules import Place, Status
from crosslinks.web.formats import format_clock, format_day, format_weekday
from crosslinks.web.languages import speaking

CODE_ID = "ticket"


@dataclass(frozen=True)
class Subject:
    """Whom and what a letter is about."""

    letter: Letter
    registration: Registration
    edition: Edition

    @property
    def token(self) -> str:
        """The personal link's token, masked when an organizer looks at the letter."""
        return MASKED if self.letter.preview else place_token(self.registration)

    def answer(self, kind: LinkKind, query: str = "") -> str:
        """Return the address of a link that allows one answer, masked when an organizer looks at the letter."""
        token = MASKED if self.letter.preview else answer_token(self.registration, kind)
        return absolute(answer_path(kind, token, query))


def open_subject(letter: Letter) -> Subject:
    """Return whom and what a letter is about; raises ``NotFound`` when the person is gone."""
    registration = db.session.get(Registration, letter.registration_id)
    if registration is None:
        raise NotFound("registration.unknown")
    return Subject(letter, registration, get_edition_by_id(registration.edition_id))


def letter_frame(edition: Edition, language: str) -> LetterFrame:
    """Return what surrounds every letter about an edition; within ``speaking``."""
    lines = [
        _("Everything about your registration is erased on %(day)s.", day=format_day(edition.erase_on, None, language)),
        organiser_line(edition.conference),
    ]
    if edition.is_demo:
        lines.append(f"{_('Demonstration.')} {pick(edition.demo_note, language, edition.languages)}")
    return LetterFrame(
        brand=edition.conference.name,
        hue=edition.conference.hue,
        url=absolute(edition_url(edition)),
        reply_to=edition.conference.contact_email,
        last_lines=tuple(lines),
    )


def _when(data: dict[str, Any], edition: Edition, language: str) -> tuple[str, str]:
    starts = datetime.fromisoformat(data["starts_at"])
    day = format_weekday(starts, edition.zone, language)
    when = _("%(day)s, %(time)s", day=day, time=format_clock(starts, edition.zone, language))
    doors = ""
    if edition.doors_at:
        doors = _("Doors open at %(time)s", time=format_clock(edition.doors_at, edition.zone, language))
    return when, doors


def _facts(about: Subject, language: str, place: Place) -> list[tuple[str, str, str]]:
    edition = about.edition
    when, doors = _when(about.letter.data, edition, language)
    if place is Place.ONSITE:
        venue = ", ".join(part for part in (edition.venue_name, edition.venue_address, edition.venue_city) if part)
        return [(_("When"), when, doors), (_("Where"), venue, ""), (_("Price"), _("Free"), "")]
    return [(_("When"), when, ""), (_("Where"), _("On the stream"), edition.stream_url), (_("Price"), _("Free"), "")]


def _place_heading(kind: str, place: Place, name: str) -> str:
    onsite = place is Place.ONSITE
    if kind == "promoted":
        return _("A place has been freed. It is yours, %(name)s", name=name)
    if kind == "switched" and onsite:
        return _("You now have a place in the room, %(name)s", name=name)
    if kind == "switched":
        return _("You now follow the stream, %(name)s", name=name)
    if onsite:
        return _("You have a place in the room, %(name)s", name=name)
    return _("You have a place on the stream, %(name)s", name=name)


def _standing(registration: Registration) -> str:
    if registration.status is Status.CANCELLED:
        return _("Your registration is cancelled. You are welcome back.")
    if registration.offer_until is not None:
        return _("A place is kept for you until you decide. The offer came in an earlier mail, and it is on your page.")
    if registration.status is Status.WAITING:
        return _("You are number %(position)s in line.", position=waiting_position(registration) or 0)
    if registration.place is Place.ONSITE:
        return _("You have a place in the room. Your ticket came in an earlier mail, and it is on your page.")
    return _("You have a place on the stream.")


def render_about(
    template: str, about: Subject, *, attachments: tuple[Attachment, ...], place: Place, **more: Any
) -> Rendered:
    """Render one letter's template with what every letter to a participant says."""
    letter, edition = about.letter, about.edition
    with speaking(letter.language) as language:
        starts = datetime.fromisoformat(letter.data["starts_at"])
        frame = letter_frame(edition, language)
        facts = _facts(about, language, place)
        day = format_day(starts, edition.zone, language)
    return render_letter(
        template,
        letter.language,
        frame=frame,
        attachments=attachments,
        name=letter.data["name"],
        registered_by=letter.data.get("registered_by", ""),
        given_name=about.registration.given_name,
        title=letter.data["edition"],
        number=edition.number,
        theme=pick(edition.theme, language, edition.languages),
        day=day,
        facts=facts,
        place=place,
        reference=show_reference(about.registration.reference),
        url=absolute(place_path(about.token)),
        switch_url=absolute(place_path(about.token, "switch")),
        cancel_url=absolute(place_path(about.token, "cancel")),
        decline_url=about.answer(LinkKind.DECLINE),
        register_url=absolute(edition_url(edition, "register")),
        **more,
    )


def _calendar(about: Subject) -> Attachment:
    written = write_place_calendar(about.registration, about.edition, about.letter.language, now())
    return Attachment(FILE_NAME, MEDIA_TYPE, written)


def place_letter(letter: Letter) -> Rendered:
    """Render the news of a place that is yours: confirmed, promoted or switched; with the ticket for the room."""
    about = open_subject(letter)
    place = Place(letter.data["mode"])
    attachments = [_calendar(about)]
    kind = letter.kind.rpartition(".")[2]
    with speaking(letter.language):
        heading = _place_heading(kind, place, about.registration.given_name)
    code = "" if letter.preview or place is not Place.ONSITE else present_code(about.registration, about.edition)
    if code:
        attachments.append(Attachment("ticket.png", "image/png", code_png(code), CODE_ID))
    return render_about(
        "registration/mail/place",
        about,
        attachments=tuple(attachments),
        place=place,
        kind=kind,
        heading=heading,
        code_id=CODE_ID if code else "",
        can_switch=len(about.edition.modes) > 1,
    )


def waiting_letter(letter: Letter) -> Rendered:
    """Render the news of a place in the queue, with the digital place meanwhile, if there is one."""
    about = open_subject(letter)
    wanted = Place(letter.data["mode"])
    return render_about(
        "registration/mail/waiting",
        about,
        attachments=(),
        place=wanted,
        position=letter.data["position"],
        meanwhile=about.registration.place if about.registration.wants is wanted else Place.NONE,
        can_switch=wanted is Place.ONSITE and about.edition.mode(Mode.DIGITAL) is not None,
    )


def cancelled_letter(letter: Letter) -> Rendered:
    """Render the farewell, with a calendar file that takes the day out of the calendar."""
    about = open_subject(letter)
    return render_about("registration/mail/cancelled", about, attachments=(_calendar(about),), place=Place.ONSITE)


def already_letter(letter: Letter) -> Rendered:
    """Render the truth for somebody whose address was used again: how things stand, and that nothing has changed."""
    about = open_subject(letter)
    registration = about.registration
    waits = registration.status is Status.WAITING
    with speaking(letter.language):
        standing = _standing(registration)
    return render_about(
        "registration/mail/already",
        about,
        attachments=(),
        place=registration.wants if waits else registration.place,
        status=registration.status,
        standing=standing,
    )


LETTERS: dict[str, Callable[[Letter], Rendered]] = {
    "registration.confirmed": place_letter,
    "registration.promoted": place_letter,
    "registration.switched": place_letter,
    "registration.waiting": waiting_letter,
    "registration.cancelled": cancelled_letter,
    "registration.already": already_letter,
}
