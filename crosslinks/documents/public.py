"""The ticket as a PDF, behind the personal link."""

from __future__ import annotations

from flask import Blueprint, Response, make_response
from flask_babel import gettext as _

from crosslinks.config import settings
from crosslinks.documents.renderer import PrintingFailed, Renderer
from crosslinks.documents.sheets import signing_key
from crosslinks.documents.tickets import ticket_job, ticket_sheet
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.registration.queries import find_present_ticket, get_by_link_token
from crosslinks.registration.tickets import ticket_text
from crosslinks.web.clients import spend, spend_bad_token
from crosslinks.web.languages import current_language
from crosslinks.web.security import keep_secret

documents_public = Blueprint("documents_public", __name__)

PDFS_PER_LINK = 20
"""An hour: enough for a printer that jams, not for keeping us busy."""

tickets = Renderer(processes=1, seconds=20)


@documents_public.get("/r/<token>/ticket.pdf")
def ticket(token: str) -> Response:
    try:
        registration = get_by_link_token(token)
    except NotFound:
        spend_bad_token()
        raise
    spend("ticket-pdf", str(registration.id), PDFS_PER_LINK, "hour")
    found = find_present_ticket(registration.id)
    edition = registration.edition
    key = signing_key(edition, settings().keys.tickets)
    code = ticket_text(found.ticket_id, edition.uuid, key) if found else ""
    sheet = ticket_sheet(registration, code, current_language())
    job = ticket_job(sheet, edition)
    db.session.rollback()
    try:
        response = make_response(tickets.render(job))
    except PrintingFailed as error:
        raise PrintingFailed(_("The ticket could not be made now. Your page shows the same code.")) from error
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="ticket-{sheet.reference}.pdf"'
    return keep_secret(response)
