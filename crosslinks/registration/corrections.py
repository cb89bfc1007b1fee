"""What an organizer puts right: an address, facts, a place out of turn, and the personal link read out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update

from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.links import place_path, place_token
from crosslinks.registration.models import AddressChange
from crosslinks.registration.notices import note, tell
from crosslinks.registration.queries import find_active_by_email
from crosslinks.registration.rules import Place
from crosslinks.registration.steps import (
    open_registration,
    refuse_cancelled,
    seen_by_doors,
    settle,
    standing,
    tell_standing,
)

FACTS = frozenset({"profession", "language"})


def change_email(*, actor: Actor, now: datetime, registration_id: int, email: str) -> bool:
    """Correct the address, mail the ticket to the new one and revoke the links of the old; return whether it changed.

    A wish for another address that waits to be confirmed ends with it.
    Raises ``Invalid`` for an unusable address, ``Conflict`` for one of somebody else in this edition.
    """
    address, key = normalise_email(email) if email else ("", "")
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    if registration.email == address:
        return False
    known = find_active_by_email(registration.edition_id, key)
    if known is not None and known.id != registration.id:
        raise Conflict("registration.email_known")
    before = {"email": registration.email}
    registration.email, registration.email_key = address, key
    registration.epoch += 1
    registration.changed_at = now
    waiting = (AddressChange.registration_id == registration.id, AddressChange.done_at.is_(None))
    db.session.execute(update(AddressChange).where(*waiting).values(done_at=now))
    db.session.flush()
    tell_standing(registration, book, now)
    note(book.edition, registration.id, "email_changed", actor=actor, now=now, before=before, after={"email": address})
    db.session.flush()
    return True


def correct_facts(*, actor: Actor, now: datetime, registration_id: int, **facts: Any) -> bool:
    """Change profession or language; return whether anything changed. Nobody is mailed."""
    if not facts.keys() <= FACTS:
        raise ValueError("not a fact that can be corrected")
    registration, book = open_registration(registration_id)
    before = {name: getattr(registration, name) for name in facts}
    if before == facts:
        return False
    for name, value in facts.items():
        setattr(registration, name, value)
    registration.changed_at = now
    note(book.edition, registration.id, "facts_changed", actor=actor, now=now, before=before, after=facts)
    db.session.flush()
    return True


def give_place(*, actor: Actor, now: datetime, registration_id: int, mode: Mode, reason: str) -> None:
    """Give somebody a place of ``mode`` out of turn, also when it is full, for a ``reason`` that the log keeps.

    Raises ``Invalid`` without a reason. Who holds that place already is left alone.
    """
    if not reason:
        raise Invalid("override.no_reason")
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    book.count(mode)
    target = Place.of(mode)
    if registration.place is target:
        return
    before = standing(registration)
    book.move(registration, target, Place.NONE, now)
    seen_by_doors(registration, now)
    db.session.flush()
    tell(book.edition, registration, "promoted" if before["wants"] is target else "switched", now=now, mode=mode.value)
    after = standing(registration) | {"override": reason}
    note(book.edition, registration.id, "place_given", actor=actor, now=now, before=before, after=after)
    settle(book, now)


def reveal_link(*, actor: Actor, now: datetime, registration_id: int) -> str:
    """Return the path of the personal link, and log that it was shown: whoever has it can act as the person."""
    registration, book = open_registration(registration_id)
    note(book.edition, registration.id, "link_revealed", actor=actor, now=now)
    db.session.flush()
    return place_path(place_token(registration))
