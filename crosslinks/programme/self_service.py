"""What speakers and moderators do by their own link; an organizer sees each change and can take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, Invalid, NotFound
from crosslinks.programme.material_models import PersonEdit
from crosslinks.programme.models import Person
from crosslinks.programme.people import change_person
from crosslinks.programme.rules import Coming

OWN_FIELDS = (
    "title", "given_name", "family_name", "affiliation", "biography", "biography_language", "disclosure",
    "nothing_to_disclose", "links", "pronunciation", "language", "photo_credit", "portrait", "portrait_source",
    "portrait_box",
)  # fmt: skip
"""What a speaker may change; never the address, the order or what the programme says."""
MOST_EDITS = 200
"""So many of one person are kept; the oldest go."""


def answer_coming(*, actor: Actor, now: datetime, edition: Edition, person: Person, coming: Coming) -> None:
    """Note whether somebody comes. Raises ``Conflict`` once the edition is over."""
    if now >= edition.ends_at:
        raise Conflict("speaker.day_over")
    if person.coming is coming:
        return
    touch_public(edition.id)
    before = {"coming": person.coming}
    person.coming, person.answered_at = coming, now
    db.session.flush()
    action = "person.confirmed" if coming is Coming.CONFIRMED else "person.refused"
    log_write(actor, now, edition, action, person.id, before, {"coming": coming})


def edit_self(*, now: datetime, edition: Edition, person: Person, changes: Mapping[str, Any]) -> bool:
    """Change what a person says of themselves; it is public at once. Returns whether anything is different now."""
    unknown = changes.keys() - set(OWN_FIELDS)
    if unknown:
        raise Invalid("person.field_unknown", min(unknown))
    different = {name: value for name, value in changes.items() if getattr(person, name) != value}
    if not different:
        return False
    before = {name: getattr(person, name) for name in different}
    change_person(actor=Actor.speaker(person.id), now=now, edition=edition, person=person, changes=different)
    _drop_oldest(person)
    db.session.add(PersonEdit(person_id=person.id, at=now, before=before, after=different))
    db.session.flush()
    return True


def _drop_oldest(person: Person) -> None:
    kept = list(db.session.scalars(select(PersonEdit).where(PersonEdit.person_id == person.id).order_by(PersonEdit.id)))
    for row in kept[: max(0, len(kept) + 1 - MOST_EDITS)]:
        db.session.delete(row)


def list_edits(person_id: int) -> list[PersonEdit]:
    """Return what a person has changed and nobody has taken back, the newest first."""
    return list(
        db.session.scalars(
            select(PersonEdit)
            .where(PersonEdit.person_id == person_id, PersonEdit.undone_at.is_(None))
            .order_by(PersonEdit.id.desc())
            .limit(20)
        )
    )


def changed_by_themselves(edition_id: int) -> frozenset[int]:
    """Return the ids of the people of an edition with changes that no organizer has looked at."""
    return frozenset(
        db.session.scalars(
            select(PersonEdit.person_id)
            .join(Person, Person.id == PersonEdit.person_id)
            .where(Person.edition_id == edition_id, PersonEdit.seen_at.is_(None), PersonEdit.undone_at.is_(None))
            .distinct()
        )
    )


def accept_edits(*, actor: Actor, now: datetime, edition: Edition, person: Person) -> None:
    """Note that an organizer has looked at a person's changes; they stay as they are."""
    seen = [edit for edit in list_edits(person.id) if edit.seen_at is None]
    for edit in seen:
        edit.seen_at = now
    db.session.flush()
    if seen:
        log_write(actor, now, edition, "person.changes_seen", person.id)


def undo_edit(*, actor: Actor, now: datetime, edition: Edition, person: Person, edit_id: int) -> None:
    """Put back what one change replaced. Raises ``NotFound``, and ``Conflict`` when it was changed again since."""
    edit = db.session.scalar(
        select(PersonEdit).where(
            PersonEdit.id == edit_id, PersonEdit.person_id == person.id, PersonEdit.undone_at.is_(None)
        )
    )
    if edit is None:
        raise NotFound("person_edit.unknown")
    if any(getattr(person, name) != value for name, value in edit.after.items()):
        raise Conflict("person_edit.changed_since")
    edit.undone_at = now
    edit.seen_at = edit.seen_at or now
    change_person(actor=actor, now=now, edition=edition, person=person, changes=edit.before)
