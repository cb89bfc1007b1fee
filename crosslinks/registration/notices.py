"""What every change of a registration leaves behind: one message to the person and one line in the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crosslinks.accounts.audit import record
from crosslinks.kernel.actors import Actor
from crosslinks.mail.operations import queue_mail
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import EditionFacts


def tell(edition: EditionFacts, registration: Registration, kind: str, *, now: datetime, **facts: Any) -> None:
    """Queue the letter ``registration.<kind>``; the row holds frozen facts, never a ticket or a link.

    Who gave no address is told at the desk.
    """
    if registration.email:
        queue_letter(
            edition,
            kind,
            now=now,
            registration_id=registration.id,
            language=registration.language,
            to_address=registration.email,
            to_name=registration.name,
            **facts,
        )


def queue_letter(
    edition: EditionFacts,
    kind: str,
    *,
    now: datetime,
    registration_id: int,
    language: str,
    to_address: str,
    to_name: str,
    **facts: Any,
) -> None:
    """Queue a letter about ``edition`` with the facts that hold at this moment."""
    queue_mail(
        kind=f"registration.{kind}",
        language=language,
        to_address=to_address,
        to_name=to_name,
        data=letter_data(edition, to_name, **facts),
        now=now,
        edition_id=edition.id,
        registration_id=registration_id,
    )


def letter_data(edition: EditionFacts, to_name: str, **facts: Any) -> dict[str, Any]:
    """Return the frozen facts that every letter about ``edition`` has, and its own."""
    return {
        "name": to_name,
        "edition": edition.title,
        "starts_at": edition.starts_at.isoformat(),
        "ends_at": edition.ends_at.isoformat(),
        "zone": edition.zone,
        **facts,
    }


def note(
    edition: EditionFacts,
    registration_id: int,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Log ``registration.<action>``; erasing a person cleans these rows by the registration's id."""
    record(
        actor=actor,
        action=f"registration.{action}",
        object_kind="registration",
        object_id=registration_id,
        now=now,
        conference_id=edition.conference_id,
        edition_id=edition.id,
        before=before,
        after=after,
    )
