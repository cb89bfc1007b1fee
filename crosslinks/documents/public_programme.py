"""The programme as a PDF for everybody."""

from __future__ import annotations

from hashlib import blake2b

from flask import Blueprint, current_app
from flask_babel import gettext as _

from crosslinks.documents.programme_sheets import programme_job
from crosslinks.documents.renderer import PrintingFailed, PrintJob, Renderer
from crosslinks.editions.models import Edition
from crosslinks.editions.public import Page, keeper, kept_page
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db
from crosslinks.programme.queries import get_timeline
from crosslinks.web.languages import current_language

documents_programme = Blueprint("documents_programme", __name__, url_prefix="/<conference>/<edition>")

PDF = "application/pdf"

sheets = Renderer(processes=1, seconds=20)


@documents_programme.get("/programme.pdf")
@kept_page
def programme(edition: Edition) -> Page:
    """Send the programme; it is drawn anew only when what stands on it is another, not at every change of the site."""
    language = current_language()
    job = programme_job(edition, get_timeline(edition, now()), language)
    key = ("programme.pdf", edition.id, language)
    db.session.rollback()
    content = keeper().remember(key, _fingerprint(job), lambda: _draw(job), bytes)
    return Page(content, media_type=PDF)


def _fingerprint(job: PrintJob) -> int:
    return int.from_bytes(blake2b((job.html + job.css).encode(), digest_size=8).digest(), "big")


def _draw(job: PrintJob) -> bytes:
    try:
        return sheets.render(job)
    except PrintingFailed as error:
        current_app.logger.warning("programme.pdf: %s", error.message)
        raise PrintingFailed(_("The PDF could not be made now. The page itself can be printed.")) from error
