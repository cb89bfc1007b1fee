"""Speakers and moderators: who they are, and what goes when they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from crosslinks.accounts.audit import snapshot
from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.programme.models import Person, Session, SessionModerator, Talk, TalkSpeaker
from crosslinks.programme.publishing import forget_person
from crosslinks.programme.rules import slug_of

PERSON_FIELDS = (
    "slug", "title", "given_name", "family_name", "email", "affiliation", "biography", "biography_language",
    "disclosure", "portrait", "photo_credit", "highlighted", "position", "nothing_to_disclose", "links",
    "pronunciation", "language", "portrait_source", "portrait_box", "coming",
)  # fmt: skip
_LOGGED = (*PERSON_FIELDS, "version")


@dataclass(frozen=True)
class Duties:
    """What a person is to do on the day."""

    talks: tuple[Talk, ...]
    sessions: tuple[Session, ...]

    def __bool__(self) -> bool:
        return bool(self.talks or self.sessions)


def create_person(
    *, actor: Actor, now: datetime, edition: Edition, given_name: str, family_name: str, **more: Any
) -> Person:
    """Add a person with an address of their own, made of the name; ``more`` are fields of ``Person``.

    Raises ``Conflict`` when somebody of the edition has that e-mail address already.
    """
    touch_public(edition.id)
    _refuse_same_address(edition.id, more.get("email", ""))
    person = Person(edition_id=edition.id, given_name=given_name, family_name=family_name, **more)
    person.slug = _free_slug(edition, person)
    db.session.add(person)
    db.session.flush()
    log_write(actor, now, edition, "person.created", person.id, after=snapshot(person, PERSON_FIELDS))
    return person


def change_person(*, actor: Actor, now: datetime, edition: Edition, person: Person, changes: Mapping[str, Any]) -> None:
    """Change fields of a person; the address of their page follows the name until the edition is published.

    Raises ``Conflict`` when somebody else of the edition has that e-mail address already.
    """
    unknown = changes.keys() - (set(PERSON_FIELDS) - {"slug"} | {"answered_at"})
    if unknown:
        raise Invalid("person.field_unknown", min(unknown))
    touch_public(edition.id)
    if changes.get("email", "").casefold() != person.email.casefold():
        _refuse_same_address(edition.id, changes.get("email", ""), person.id)
    before = snapshot(person, _LOGGED)
    for name, value in changes.items():
        setattr(person, name, value)
    if edition.state is EditionState.DRAFT:
        person.slug = _free_slug(edition, person)
    db.session.flush()
    log_write(actor, now, edition, "person.changed", person.id, before, snapshot(person, _LOGGED))


def find_by_address(edition_id: int, email: str, but: int = 0) -> Person | None:
    """Return who else of an edition has this e-mail address, however it is spelled, or None."""
    if not email:
        return None
    return db.session.scalar(
        select(Person)
        .where(Person.edition_id == edition_id, func.lower(Person.email) == email.lower(), Person.id != but)
        .limit(1)
    )


def _refuse_same_address(edition_id: int, email: str, but: int = 0) -> None:
    if find_by_address(edition_id, email, but) is not None:
        raise Conflict("person.address_taken", fields={"email": "person.address_taken"})


def revoke_link(*, actor: Actor, now: datetime, edition: Edition, person: Person) -> None:
    """End every link that this person was sent; the next letter carries another one."""
    person.epoch += 1
    person.link_sent_at = None
    db.session.flush()
    log_write(actor, now, edition, "person.revoked", person.id)


def list_duties(person: Person) -> Duties:
    """Return the talks that a person gives and the sessions that they moderate, in order of the day."""
    talks = select(Talk).join(TalkSpeaker).where(TalkSpeaker.person_id == person.id).order_by(Talk.starts_at, Talk.id)
    sessions = (
        select(Session)
        .join(SessionModerator)
        .where(SessionModerator.person_id == person.id)
        .order_by(Session.starts_at, Session.id)
    )
    return Duties(tuple(db.session.scalars(talks)), tuple(db.session.scalars(sessions)))


def delete_person(
    *, actor: Actor, now: datetime, edition: Edition, person: Person, from_programme: bool = False
) -> None:
    """Delete a person. Raises ``Conflict`` for one who speaks or moderates, unless taken off the programme too."""
    duties = list_duties(person)
    if duties and not from_programme:
        raise Conflict("person.in_programme")
    touch_public(edition.id)
    before = snapshot(person, PERSON_FIELDS) | {
        "talks": [talk.slug for talk in duties.talks],
        "sessions": [session.id for session in duties.sessions],
    }
    log_write(actor, now, edition, "person.deleted", person.id, before)
    db.session.execute(delete(TalkSpeaker).where(TalkSpeaker.person_id == person.id))
    db.session.execute(delete(SessionModerator).where(SessionModerator.person_id == person.id))
    forget_person(edition.id, person.id)
    db.session.delete(person)
    db.session.flush()


def _free_slug(edition: Edition, person: Person) -> str:
    taken = select(Person.slug).where(Person.edition_id == edition.id, Person.id != (person.id or 0))
    with db.session.no_autoflush:
        return slug_of(f"{person.given_name} {person.family_name}", set(db.session.scalars(taken)), "person")
