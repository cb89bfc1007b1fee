"""Erasing a person: the place goes to the next, the counts stay, the row and its tickets go."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from crosslinks.accounts.audit import plain
from crosslinks.editions.kept import keep_figures
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import lock_modes
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.mentions import Traces
from crosslinks.kernel.tokens import show_reference
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.registration.models import AddressChange, PersonDetails, Registration, Reservation, Ticket
from crosslinks.registration.rules import Place
from crosslinks.registration.steps import open_registration, seen_by_doors, settle

SURE_BITS = 25
"""Of a ticket in base32, the characters that depend on the ticket alone and not on what follows it."""
_TOLD = (
    "given_name", "family_name", "email", "organisation", "profession", "language", "role", "place", "wants",
    "joined_at", "needs_assistance", "privacy_version", "privacy_seen_at", "source", "created_at", "changed_at",
    "cancelled_at", "offer_until", "asked_at", "warned_at", "coming_at",
)  # fmt: skip


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return everything that a registration says of its person, and when tickets were issued."""
    person = db.session.get_one(Registration, registration_id)
    return {
        "reference": show_reference(person.reference),
        **{name: plain(getattr(person, name)) for name in _TOLD},
        "organizers_keep": _details(registration_id),
        "tickets": [
            {"issued_at": plain(ticket.issued_at), "replaced_at": plain(ticket.replaced_at)}
            for ticket in person.tickets
        ],
    }


def _details(registration_id: int) -> dict[str, str]:
    found = db.session.get(PersonDetails, registration_id)
    names = ("mobile", "travel", "hotel", "dinner", "note")
    return {} if found is None else {name: getattr(found, name) for name in names}


def list_registrations_of(person: Registration) -> list[int]:
    """Return a registration and those of the same address in its edition, which were cancelled; a plain read."""
    if not person.email_key:
        return [person.id]
    same = select(Registration.id).where(
        Registration.edition_id == person.edition_id, Registration.email_key == person.email_key
    )
    return sorted({person.id, *db.session.scalars(same)})


def lock_same_person(registration_id: int) -> list[int]:
    """Return the same within a transaction: from here on nobody else changes places. Raises ``NotFound``."""
    return list_registrations_of(_get(registration_id))


def _get(registration_id: int) -> Registration:
    edition_id = db.session.scalar(select(Registration.edition_id).where(Registration.id == registration_id))
    if edition_id is not None:
        lock_modes(edition_id)
    found = db.session.get(Registration, registration_id, populate_existing=True)
    if found is None:
        raise NotFound("registration.unknown")
    return found


def traces_of(registration_id: int) -> Traces:
    """Return the words that name this person wherever they stand."""
    person = db.session.get_one(Registration, registration_id)
    tickets = list(db.session.scalars(select(Ticket.ticket_id).where(Ticket.registration_id == registration_id)))
    return Traces.of(
        person.email,
        person.reference,
        show_reference(person.reference),
        *_names(person.given_name, person.family_name),
        *(base64.b32encode(ticket).decode()[:SURE_BITS] for ticket in tickets),
    )


def _names(given: str, family: str) -> tuple[str, ...]:
    """Return a name in both orders; where one of them is missing, the other alone names nobody for sure."""
    return (f"{given} {family}", f"{family} {given}", f"{family}, {given}") if given and family else ()


def free_place(*, registration_id: int, now: datetime) -> None:
    """Give a place back and promote the next, as cancelling does, but mail nobody who is about to be erased.

    Once the edition is over there is nothing to give: the place then stays counted as it was.
    """
    registration, book = open_registration(registration_id)
    if now >= book.edition.ends_at or registration.cancelled_at is not None:
        return
    book.move(registration, Place.NONE, Place.NONE, now)
    registration.cancelled_at = now
    seen_by_doors(registration, now)
    db.session.flush()
    settle(book, now)


def erase_person(*, registration_id: int) -> None:
    """Keep the person as counts and delete the row with its tickets. Everything else of them is to be gone before."""
    person = db.session.get_one(Registration, registration_id, populate_existing=True)
    keep_figures(edition_id=person.edition_id, figures=_figures(person))
    kept = update(Reservation).where(Reservation.used_by == registration_id)
    db.session.execute(kept.values(label="").execution_options(synchronize_session=False))
    for table in (Ticket, PersonDetails, AddressChange):
        db.session.execute(delete(table).where(table.registration_id == registration_id))
    db.session.expunge(person)
    db.session.execute(delete(Registration).where(Registration.id == registration_id))


def keep_mails(*, registration_id: int) -> None:
    """Keep how many messages to a registration were sent or failed, before they go; what waits is never sent."""
    person = db.session.get_one(Registration, registration_id)
    rows = db.session.execute(
        select(OutboxMail.state, func.count())
        .where(OutboxMail.registration_id == registration_id, OutboxMail.state.in_((MailState.SENT, MailState.FAILED)))
        .group_by(OutboxMail.state)
    )
    keep_figures(edition_id=person.edition_id, figures={(f"mail_{state.value}", ""): count for state, count in rows})


def _figures(person: Registration) -> Counter[tuple[str, str]]:
    zone = db.session.get_one(Edition, person.edition_id).zone
    day = person.created_at.astimezone(zone).date().isoformat()
    counts = Counter({("registered", day): 1})
    if person.cancelled_at is not None:
        counts["cancelled", ""] += 1
    elif person.place is Place.NONE:
        counts["waiting", ""] += 1
    else:
        counts[person.place.value, day] += 1
        counts[f"profession_{person.profession.value}", ""] += 1
    return counts
