"""The programme and the crew's run sheet as tagged PDFs on A4, in our own fonts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import render_template

from crosslinks.documents.badge_styles import print_css, rule
from crosslinks.documents.fonts import font_stack
from crosslinks.documents.renderer import PrintJob
from crosslinks.documents.run_sheet import RoomSheet
from crosslinks.editions.models import Edition
from crosslinks.programme.timeline import Timeline
from crosslinks.web.languages import speaking
from crosslinks.web.theme import light_accent


def programme_job(edition: Edition, timeline: Timeline, language: str) -> PrintJob:
    """Return the print job of the whole programme in ``language``."""
    with speaking(language) as spoken:
        html = render_template(
            "documents/print/programme.html", edition=edition, timeline=timeline, language=spoken, zone=edition.zone
        )
    return _job(html, edition)


def run_sheet_job(edition: Edition, sheets: Sequence[RoomSheet], language: str, now: datetime) -> PrintJob:
    """Return the print job of the crew's sheets, each room on a page of its own; ``now`` is when they were true."""
    with speaking(language) as spoken:
        html = render_template(
            "documents/print/run_sheet.html",
            edition=edition, sheets=sheets, language=spoken, zone=edition.zone, now=now,
        )  # fmt: skip
    return _job(html, edition)


def _job(html: str, edition: Edition) -> PrintJob:
    accent = light_accent(edition.conference.hue)
    css = "".join(
        (
            print_css("programme"),
            rule("html", f"font-family:{font_stack()}"),
            rule(".issue, .session b", f"color:{accent.accent}"),
        )
    )
    return PrintJob(html, css, variant="pdf/ua-1")
