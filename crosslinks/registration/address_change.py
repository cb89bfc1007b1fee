"""Moving a registration to another address: asked for by its person, counted only when confirmed from a mail to it.

Whether somebody else has the new address already is told by mail alone.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Gone, NotFound
from crosslinks.kernel.tokens import LinkKind, link_identity, link_is_valid, make_link
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.corrections import change_email
from crosslinks.registration.models import AddressChange, Registration
from crosslinks.registration.notices import note, queue_letter, tell
from crosslinks.registration.queries import find_active_by_email
from crosslinks.registration.rules import mask_address
from crosslinks.registration.steps import open_registration, refuse_cancelled

LIFE = timedelta(hours=24)
_SEEDS = 2**32
_LARGEST_ID = 2**31 - 1


def address_token(change_id: int, seed: int) -> str:
    """Return the token of the link that confirms one wish for another address."""
    return make_link(settings().keys, LinkKind.ADDRESS, change_id, seed)


def ask_for_address(*, actor: Actor, now: datetime, registration_id: int, email: str) -> None:
    """Write to the new address, which has 24 hours to confirm, and to the present one; a later wish ends an earlier.

    An address that somebody has already gets another letter and costs the same. Raises ``Invalid`` for an unusable one.
    """
    address, key = normalise_email(email)
    registration, book = open_registration(registration_id)
    refuse_cancelled(registration)
    known = find_active_by_email(registration.edition_id, key)
    change = _keep(registration, address, key, now)
    kind, about = ("address_taken", known) if known is not None else ("address_confirm", registration)
    facts = {} if known is not None else {"change": change.id, "seed": change.seed}
    queue_letter(
        book.edition,
        kind,
        now=now,
        registration_id=about.id,
        language=about.language,
        to_address=address,
        to_name=about.name,
        **facts,
    )
    tell(book.edition, registration, "address_notice", now=now, wanted=mask_address(address))
    note(book.edition, registration.id, "address_asked", actor=actor, now=now)
    db.session.flush()


def _keep(registration: Registration, address: str, key: str, now: datetime) -> AddressChange:
    change = find_change(registration.id)
    if change is None:
        change = AddressChange(registration_id=registration.id)
        db.session.add(change)
    change.email, change.email_key = address, key
    change.seed = secrets.randbelow(_SEEDS)
    change.expires_at = now + LIFE
    change.done_at = None
    db.session.flush()
    return change


def find_change(registration_id: int) -> AddressChange | None:
    """Return the last wish of somebody for another address, fulfilled or not."""
    return db.session.scalar(select(AddressChange).where(AddressChange.registration_id == registration_id))


def find_open_change(registration_id: int, now: datetime) -> AddressChange | None:
    """Return the address that waits to be confirmed, or None."""
    change = find_change(registration_id)
    return change if change is not None and change.done_at is None and change.expires_at > now else None


def open_change(token: str, now: datetime) -> AddressChange:
    """Return the wish that a link from the mail confirms; raises ``NotFound``, or ``Gone`` when it is too late."""
    identity = link_identity(token)
    found = None
    if identity is not None and identity <= _LARGEST_ID:
        found = db.session.scalar(
            select(AddressChange)
            .where(AddressChange.id == identity)
            .options(
                joinedload(AddressChange.registration).joinedload(Registration.edition).joinedload(Edition.conference)
            )
        )
    if found is None or not link_is_valid(settings().keys, LinkKind.ADDRESS, token, found.id, found.seed):
        raise NotFound("link.unknown")
    if found.done_at is not None:
        raise Gone("link.used")
    if found.expires_at <= now:
        raise Gone("link.expired")
    return found


def confirm_address(*, now: datetime, token: str) -> int:
    """Move a registration to the address that its link was mailed to; return whose it is.

    The links of the old address end, and the new one is mailed its own. Raises what ``open_change`` raises, and
    ``Conflict`` when somebody has registered with the address since.
    """
    change = open_change(token, now)
    registration_id = change.registration_id
    open_registration(registration_id)
    db.session.refresh(change)
    change = open_change(token, now)
    email = change.email
    if find_active_by_email(change.registration.edition_id, change.email_key) not in {None, change.registration}:
        raise Conflict("registration.email_known")
    change_email(actor=Actor.registrant(registration_id), now=now, registration_id=registration_id, email=email)
    return registration_id


def keep_address(*, actor: Actor, now: datetime, registration_id: int) -> bool:
    """End a wish for another address, so that the link in that mail opens nothing; return whether there was one."""
    registration, book = open_registration(registration_id)
    change = find_open_change(registration.id, now)
    if change is None:
        return False
    db.session.delete(change)
    note(book.edition, registration.id, "address_kept", actor=actor, now=now)
    db.session.flush()
    return True
