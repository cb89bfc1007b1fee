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
from crosslinks.mail.rules import Attachment, Fact, Letter, LetterFrame, Rendered
from crosslinks.mail.wording import own_words
from crosslinks.registration.address_change import address_token
from crosslinks.registration.calendar import FILE_NAME, write_place_calendar
from crosslinks.registration.codes import code_png
from crosslinks.registration.letter_facts import letter_facts, venue_line
from crosslinks.registration.links import MASKED, answer_path, answer_token, place_path, place_token, present_code
from crosslinks.registration.models import Registration
from crosslinks.registration.queries import waiting_position
from crosslinks.registration.rules import Place, Status
from crosslinks.sponsors.queries import list_thanked
from crosslinks.sponsors.words import thanks_line
from crosslinks.web.calendars import MEDIA_TYPE
from crosslinks.web.formats import format_clock, format_day, format_weekday
from crosslinks.web.languages import speaking

CODE_ID = "ticket"
SAMPLE_CODE = "CX1.EXAMPLE"


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

    @property
    def code(self) -> str:
        """The text of the ticket's code: none for somebody else's eyes, an example in an invented person's letter."""
        if self.letter.preview:
            return "" if self.letter.registration_id else SAMPLE_CODE
        return present_code(self.registration, self.edition)

    def answer(self, kind: LinkKind, query: str = "") -> str:
        """Return the address of a link that allows one answer, masked when an organizer looks at the letter."""
        token = MASKED if self.letter.preview else answer_token(self.registration, kind)
        return absolute(answer_path(kind, token, query))


def open_subject(letter: Letter) -> Subject:
    """Return whom and what a letter is about; raises ``NotFound`` when the person is gone."""
    if letter.preview and letter.registration_id is None and letter.edition_id is not None:
        return Subject(letter, _invented(letter), get_edition_by_id(letter.edition_id))
    registration = db.session.get(Registration, letter.registration_id)
    if registration is None:
        raise NotFound("registration.unknown")
    return Subject(letter, registration, get_edition_by_id(registration.edition_id))


def _invented(letter: Letter) -> Registration:
    """Return somebody who does not exist, never written to the database, for an organizer to look at a letter."""
    given_name, _space, family_name = letter.to_name.partition(" ")
    place = Place(letter.data.get("held", Place.NONE.value))
    moment = now()
    return Registration(
        id=0,
        edition_id=letter.edition_id,
        reference="K7QF2M",
        epoch=0,
        given_name=given_name,
        family_name=family_name,
        email=letter.to_address,
        language=letter.language,
        place=place,
        wants=Place.NONE,
        rev=0,
        priority=0,
        created_at=moment,
        changed_at=moment,
    )


def letter_frame(edition: Edition, language: str) -> LetterFrame:
    """Return what surrounds every letter about an edition; within ``speaking``."""
    lines = [
        _("Everything about your registration is erased on %(day)s.", day=format_day(edition.erase_on, None, language)),
        organiser_line(edition.conference),
    ]
    if thanks := thanks_line(list_thanked(edition.id)):
        lines.append(thanks)
    if edition.is_demo:
        lines.append(f"{_('Demonstration.')} {pick(edition.demo_note, language, edition.languages)}")
    return LetterFrame(
        brand=edition.conference.name,
        hue=edition.conference.hue,
        url=absolute(edition_url(edition)),
        reply_to=edition.conference.contact_email,
        last_lines=tuple(lines),
        logo=edition.conference.logo,
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
        return [(_("When"), when, doors), (_("Where"), venue_line(edition), ""), (_("Price"), _("Free"), "")]
    live = absolute(place_path(about.token, "live")) if place is Place.DIGITAL else ""
    return [(_("When"), when, ""), (_("Where"), _("On the stream"), live), (_("Price"), _("Free"), "")]


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
    template: str,
    about: Subject,
    *,
    attachments: tuple[Attachment, ...],
    place: Place,
    variant: str = "",
    **more: Any,
) -> Rendered:
    """Render one letter's template with what every letter to a participant says."""
    letter, edition = about.letter, about.edition
    with speaking(letter.language) as language:
        starts = datetime.fromisoformat(letter.data["starts_at"])
        frame = letter_frame(edition, language)
        facts = _facts(about, language, place)
        day = format_day(starts, edition.zone, language)
        given = letter_facts(about.registration, edition, language, about.token) | _facts_of_its_own(more)
        words = own_words(letter, variant, given)
    return render_letter(
        template,
        letter.language,
        frame=frame,
        attachments=attachments,
        words=words,
        given=given,
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
        **more,
    )


def _facts_of_its_own(more: dict[str, Any]) -> dict[str, Fact]:
    return {name: more[name] for name in ("position", "deadline") if name in more}


def facts_about(letter: Letter) -> dict[str, Fact]:
    """Return the values of the placeholders in a letter."""
    about = open_subject(letter)
    with speaking(letter.language) as language:
        return letter_facts(about.registration, about.edition, language, about.token)


def letter_about(
    template: str,
    letter: Letter,
    *,
    place: Place | None = None,
    variant: str = "",
    with_ticket: bool = False,
    **more: Any,
) -> Rendered:
    """Render another feature's letter about somebody's registration, with its facts, links and, if asked, the ticket.

    ``place`` is that which the person holds now unless told otherwise.
    """
    about = open_subject(letter)
    held = about.registration.place if place is None else place
    code = about.code if with_ticket else ""
    attachments = (Attachment("ticket.png", "image/png", code_png(code), CODE_ID),) if code else ()
    return render_about(
        template, about, attachments=attachments, place=held, variant=variant, code_id=CODE_ID if code else "", **more
    )


def _calendar(about: Subject) -> Attachment:
    written = write_place_calendar(about.registration, about.edition, about.letter.language, now())
    return Attachment(FILE_NAME, MEDIA_TYPE, written)


def _is_read_alone(letter: Letter) -> bool:
    """Say whether only the words of a letter are asked for: drawing what comes with it takes most of the time."""
    return letter.words is not None and letter.words.show_ours


def place_letter(letter: Letter) -> Rendered:
    """Render the news of a place that is yours: confirmed, promoted or switched; with the ticket for the room."""
    about = open_subject(letter)
    place = Place(letter.data["mode"])
    attachments = [] if _is_read_alone(letter) else [_calendar(about)]
    kind = letter.kind.rpartition(".")[2]
    with speaking(letter.language):
        heading = _place_heading(kind, place, about.registration.given_name)
    code = about.code if place is Place.ONSITE else ""
    if code and not _is_read_alone(letter):
        attachments.append(Attachment("ticket.png", "image/png", code_png(code), CODE_ID))
    return render_about(
        "registration/mail/place",
        about,
        attachments=tuple(attachments),
        place=place,
        variant=place.value,
        kind=kind,
        heading=heading,
        code_id=CODE_ID if code else "",
        can_switch=len(about.edition.modes) > 1,
    )


def waiting_letter(letter: Letter) -> Rendered:
    """Render the news of a place in the queue, with the digital place meanwhile, if there is one."""
    about = open_subject(letter)
    wanted = Place(letter.data["mode"])
    row = about.edition.mode(Mode(wanted.value))
    return render_about(
        "registration/mail/waiting",
        about,
        attachments=(),
        place=wanted,
        position=letter.data["position"],
        offer_hours=row.offer_hours if row else None,
        meanwhile=about.registration.place if about.registration.wants is wanted else Place.NONE,
        can_switch=wanted is Place.ONSITE and about.edition.mode(Mode.DIGITAL) is not None,
    )


def cancelled_letter(letter: Letter) -> Rendered:
    """Render the farewell, with a calendar file that takes the day out of the calendar."""
    about = open_subject(letter)
    return render_about("registration/mail/cancelled", about, attachments=(_calendar(about),), place=Place.ONSITE)


def already_letter(letter: Letter) -> Rendered:
    """Render the truth for somebody whose address was used again: how things stand, and that nothing has changed."""
    return _render_standing("registration/mail/already", letter)


def address_confirm_letter(letter: Letter) -> Rendered:
    """Render the question whether an address is right, to that address; it names nobody, as it may be a stranger's."""
    token = MASKED if letter.preview else address_token(letter.data["change"], letter.data["seed"])
    return _render_plainly("registration/mail/address_confirm", letter, confirm_url=f"/confirm-address/{token}")


def address_notice_letter(letter: Letter) -> Rendered:
    """Render the notice to the present address that another one was asked for."""
    about = open_subject(letter)
    return _render_plainly(
        "registration/mail/address_notice", letter, address_url=place_path(about.token, "address")
    )  # fmt: skip


def _render_plainly(template: str, letter: Letter, **links: str) -> Rendered:
    about = open_subject(letter)
    urls = {name: absolute(path) for name, path in links.items()}
    return render_about(
        template, about, attachments=(), place=about.registration.place, wanted=letter.data.get("wanted", ""), **urls
    )


def taken_letter(letter: Letter) -> Rendered:
    """Render the truth for somebody whose address somebody else wanted to move to: how things stand, and the link."""
    return _render_standing("registration/mail/address_taken", letter)


def lost_letter(letter: Letter) -> Rendered:
    """Render how things stand, with the link, for somebody who lost it."""
    return _render_standing("registration/mail/lost", letter)


def _render_standing(template: str, letter: Letter) -> Rendered:
    about = open_subject(letter)
    registration = about.registration
    with speaking(letter.language):
        standing = _standing(registration)
    return render_about(
        template,
        about,
        attachments=(),
        place=registration.wants if registration.status is Status.WAITING else registration.place,
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
    "registration.address_confirm": address_confirm_letter,
    "registration.address_notice": address_notice_letter,
    "registration.address_taken": taken_letter,
    "registration.lost": lost_letter,
}
