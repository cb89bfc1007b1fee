"""Who agrees, as a file: a sponsor's contacts, and the list of participants. Nobody else is ever in them."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.consents.rules import Purpose, Topic
from crosslinks.editions.models import Edition
from crosslinks.registration.consent_lists import iterate_agreeing
from crosslinks.registration.exchange import Exported, FileFormat, write_file
from crosslinks.registration.models import Registration

_NAMES = (Registration.given_name, Registration.family_name, Registration.organisation)


def contact_heads() -> list[str]:
    """Return what a sponsor's file tells of each person: what they agreed to, and no more."""
    return [*list_heads(), _("E-mail address")]


def list_heads() -> list[str]:
    """Return what the list of participants tells of each person."""
    return [_("Given name"), _("Family name"), _("Workplace or place of study")]


def export_contacts(edition: Edition, sponsor_id: int, file_format: FileFormat) -> Exported:
    """Write the people who agree to hear from this sponsor now and have an address."""
    topic = Topic(Purpose.SPONSOR, sponsor_id)
    rows = iterate_agreeing(edition.id, topic, *_NAMES, Registration.email)
    return write_file(contact_heads(), ([*row] for row in rows), file_format)


def export_participants(edition: Edition, file_format: FileFormat) -> Exported:
    """Write the people who agree to stand in the list of participants."""
    rows = iterate_agreeing(edition.id, Topic(Purpose.PARTICIPANT_LIST), *_NAMES)
    return write_file(list_heads(), ([*row] for row in rows), file_format)
