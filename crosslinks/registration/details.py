"""What only organizers keep about somebody: never on a phone, a badge, a mail or a public page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.registration.models import AddressChange, PersonDetails, Registration
from crosslinks.registration.notices import note
from crosslinks.registration.steps import open_registration

DETAIL_FIELDS = ("mobile", "travel", "hotel", "dinner", "note")


def get_details(registration_id: int) -> dict[str, str]:
    """Return what organizers keep about somebody, by field; each is empty where there is nothing."""
    row = db.session.get(PersonDetails, registration_id)
    return {name: getattr(row, name) if row is not None else "" for name in DETAIL_FIELDS}


def read_details(edition_id: int) -> dict[int, list[str]]:
    """Return what organizers keep about everybody of an edition, by registration: one statement."""
    columns = [getattr(PersonDetails, name) for name in DETAIL_FIELDS]
    rows = db.session.execute(
        select(PersonDetails.registration_id, *columns)
        .join(Registration, Registration.id == PersonDetails.registration_id)
        .where(Registration.edition_id == edition_id)
    )
    return {number: list(values) for number, *values in rows}


def save_details(*, actor: Actor, now: datetime, registration_id: int, **details: str) -> bool:
    """Keep what organizers note about somebody; return whether anything changed. Nobody is mailed.

    What is not given stays as it was; nothing is kept where all is empty.
    """
    if not details.keys() <= set(DETAIL_FIELDS):
        raise ValueError("not a detail that is kept")
    registration, book = open_registration(registration_id)
    row = db.session.get(PersonDetails, registration.id, populate_existing=True)
    before = {name: getattr(row, name) if row is not None else "" for name in details}
    if before == details:
        return False
    if row is None:
        row = PersonDetails(registration_id=registration.id)
        db.session.add(row)
    for name, value in details.items():
        setattr(row, name, value)
    db.session.flush()
    if not any(getattr(row, name) for name in DETAIL_FIELDS):
        db.session.delete(row)
    note(book.edition, registration.id, "details_changed", actor=actor, now=now, before=before, after=details)
    db.session.flush()
    return True


def erase_details(*, registration_id: int) -> None:
    """Erase what organizers noted about somebody, and the address that they wanted to move to."""
    for table in (PersonDetails, AddressChange):
        db.session.execute(delete(table).where(table.registration_id == registration_id))
    db.session.flush()


def export_details(*, registration_id: int) -> dict[str, str]:
    """Return what organizers noted about somebody: it is theirs to know; nothing where nothing was noted."""
    return {name: value for name, value in get_details(registration_id).items() if value}
