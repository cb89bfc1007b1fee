"""A ticket on one sheet of A4, to be printed at home or kept on a phone."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from crosslinks.documents.badge_styles import print_css, rule
from crosslinks.documents.fitting import BOLD, fit_text
from crosslinks.documents.fonts import font_stack
from crosslinks.documents.renderer import PlacedCode, PrintJob
from crosslinks.documents.sheets import badge_sheet
from crosslinks.documents.strands import draw_strands
from crosslinks.editions.models import Edition
from crosslinks.kernel.errors import Conflict
from crosslinks.kernel.tokens import show_reference
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from crosslinks.web.formats import format_clock, format_weekday
from crosslinks.web.languages import speaking
from crosslinks.web.theme import light_accent

TEMPLATE = "documents/print/ticket.html"
CODE_LEFT, CODE_TOP, CODE_SIDE = 41.0, 158.0, 45.0
STRANDS_WIDTH, PAGE_HEIGHT = 16.0, 297.0
NAME_WIDTH, NAME_SIZE, NAME_LEAST = 146.0, 11.0, 6.0


@dataclass(frozen=True)
class TicketSheet:
    """What a ticket says; ``facts`` are terms with their words, ``code`` is the text of the QR code or empty."""

    language: str
    issue: str
    title: str
    name: tuple[str, ...]
    name_size: float
    facts: tuple[tuple[str, str], ...]
    reference: str
    code: str


def ticket_sheet(registration: Registration, code: str, language: str) -> TicketSheet:
    """Return the ticket of a confirmed person in ``language``; raises ``Conflict`` for who holds no place.

    Only a place in the room carries the code: nobody stands at the door of the stream.
    """
    edition = registration.edition
    with speaking(language) as spoken:
        if registration.place is Place.NONE:
            raise Conflict("ticket.no_place", _("A ticket comes with a place. You hold none now."))
        name = fit_text(registration.name, BOLD, NAME_WIDTH, NAME_SIZE, NAME_LEAST, 3)
        return TicketSheet(
            language=spoken,
            issue=edition.title,
            title=_("Ticket"),
            name=name.lines,
            name_size=name.size,
            facts=tuple(_facts(edition, registration.place, spoken)),
            reference=show_reference(registration.reference),
            code=code if registration.place is Place.ONSITE else "",
        )


def _facts(edition: Edition, place: Place, language: str) -> list[tuple[str, str]]:
    day = format_weekday(edition.starts_at, edition.zone, language)
    begins = _("%(day)s, %(time)s", day=day, time=format_clock(edition.starts_at, edition.zone, language))
    if place is Place.DIGITAL:
        return [(_("When"), begins), (_("Place"), _("On the stream"))]
    venue = (edition.venue_name, edition.venue_address, edition.venue_city)
    facts = [(_("When"), begins), (_("Where"), ", ".join(part for part in venue if part))]
    if edition.doors_at is not None:
        facts.append((_("Doors"), format_clock(edition.doors_at, edition.zone, language)))
    return [*facts, (_("Place"), _("In the room"))]


def ticket_job(sheet: TicketSheet, edition: Edition) -> PrintJob:
    """Return the print job of one tagged page: strands of the day at the left, the code below the facts."""
    accent = light_accent(edition.conference.hue)
    day = badge_sheet(edition, sheet.language)
    strands = draw_strands(
        day.talks,
        [(line.start, line.end) for line in day.day if line.is_break],
        width=STRANDS_WIDTH,
        height=PAGE_HEIGHT,
        room=accent.accent,
        stream=accent.counter,
    )
    css = "".join(
        (
            print_css("ticket"),
            rule("html", f"font-family:{font_stack()}"),
            rule(".issue", f"color:{accent.accent}"),
            rule(".name", font_size=sheet.name_size),
        )
    )
    codes = [PlacedCode(0, CODE_LEFT, CODE_TOP, CODE_SIDE, sheet.code)] if sheet.code else []
    with speaking(sheet.language):
        html = render_template(TEMPLATE, sheet=sheet)
    return PrintJob(html, css, codes, images={"strands.svg": strands.encode()}, variant="pdf/ua-1")
