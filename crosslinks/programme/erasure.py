"""What an edition forgets of its speakers on its erase date; what they published stays, as the programme does."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update

from crosslinks.kernel.db import db
from crosslinks.programme.material_models import PersonEdit
from crosslinks.programme.models import Person
from crosslinks.programme.slide_store import drop_files
from crosslinks.programme.slides import forget_unshared

AT_ONCE = 100


def forget_edition(*, edition_id: int) -> int:
    """Forget addresses, what was changed, and slides that may not be public: a part at a time; return how much."""
    stored = forget_unshared(edition_id, AT_ONCE)
    drop_files(stored)
    people = list(
        db.session.scalars(
            select(Person.id)
            .where(Person.edition_id == edition_id, or_(Person.email != "", Person.pronunciation != ""))
            .limit(AT_ONCE)
        )
    )
    db.session.execute(update(Person).where(Person.id.in_(people)).values(email="", pronunciation=""))
    edits = list(
        db.session.scalars(
            select(PersonEdit.id)
            .join(Person, Person.id == PersonEdit.person_id)
            .where(Person.edition_id == edition_id)
            .limit(AT_ONCE)
        )
    )
    db.session.execute(delete(PersonEdit).where(PersonEdit.id.in_(edits)))
    return len(stored) + len(people) + len(edits)
