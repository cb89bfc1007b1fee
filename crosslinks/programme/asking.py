"""Writing to speakers and moderators: their link, and what is missing; queued with the line in the log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.mail.operations import mail_row, queue_mails
from crosslinks.programme.gaps import Standing, list_standings
from crosslinks.programme.letters import LINK, REMINDER
from crosslinks.programme.models import Person
from crosslinks.programme.rules import link_ends

AT_ONCE = 100
"""So many are written to in one transaction."""


def to_write(standings: Collection[Standing], *, reminder: bool) -> list[int]:
    """Return who gets a letter: with a part, with an address; a reminder only for those who lack something.

    The link goes only to those who have not got the present one.
    """
    return [
        one.person.id
        for one in standings
        if one.has_part and one.person.email and (one.gaps if reminder else one.person.link_sent_at is None)
    ]


def send_links(*, actor: Actor, now: datetime, edition: Edition, person_ids: Collection[int]) -> int:
    """Queue the letter with the link for up to ``AT_ONCE`` people; return how many those were.

    Who has no address is left out. Raises ``Conflict`` when links of this edition have ended.
    """
    return _queue(actor, now, edition, person_ids, reminder=False)


def send_reminders(*, actor: Actor, now: datetime, edition: Edition, person_ids: Collection[int]) -> int:
    """Queue a letter that names what is missing for up to ``AT_ONCE`` people who lack something; return how many."""
    return _queue(actor, now, edition, person_ids, reminder=True)


def _queue(actor: Actor, now: datetime, edition: Edition, person_ids: Collection[int], *, reminder: bool) -> int:
    if len(person_ids) > AT_ONCE:
        raise Invalid("speaker.too_many")
    if now >= link_ends(edition.ends_at):
        raise Conflict("speaker_link.over")
    wanted = set(person_ids)
    chosen = [
        one.person
        for one in list_standings(edition.id)
        if one.person.id in wanted and one.person.email and (one.gaps or not reminder)
    ]
    queue_mails([_row(edition, person, now, reminder=reminder) for person in chosen])
    for person in chosen:
        if reminder:
            person.reminded_at = now
        else:
            person.link_sent_at = now
        log_write(actor, now, edition, "person.reminded" if reminder else "person.invited", person.id)
    db.session.flush()
    return len(chosen)


def _row(edition: Edition, person: Person, now: datetime, *, reminder: bool) -> dict[str, object]:
    return mail_row(
        kind=REMINDER if reminder else LINK, language=person.language or edition.languages[0],
        to_address=person.email, to_name=person.name, data={"person": person.id}, now=now, edition_id=edition.id,
    )  # fmt: skip
