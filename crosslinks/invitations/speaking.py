"""What the programme is told of its people's places, and what moves along when two of them are one person."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from crosslinks.invitations.models import StagePlace
from crosslinks.kernel.db import db
from crosslinks.programme.models import Person
from crosslinks.programme.plugs import SpeakerPlace
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from crosslinks.registration.words import place_words


def place_of(person: Person) -> SpeakerPlace | None:
    """Return in words whether somebody of the programme has a place.

    Nothing of the registration itself: their link for it is in another mail, and may have gone to another address.
    """
    given = select(StagePlace.registration_id).where(StagePlace.person_id == person.id).scalar_subquery()
    by_address = (
        select(func.min(Registration.id))
        .where(
            Registration.edition_id == person.edition_id,
            Registration.email_key == person.email.lower(),
            Registration.email_key != "",
            Registration.cancelled_at.is_(None),
        )
        .scalar_subquery()
    )
    found = db.session.scalar(select(Registration).where(Registration.id == func.coalesce(given, by_address)))
    if found is None or found.cancelled_at is not None or found.place is Place.NONE:
        return None
    return SpeakerPlace(
        _("You are registered: %(place)s. The ticket is in a mail of its own.", place=place_words()[found.place])
    )


def move_place(keep: int, drop: int) -> None:
    """Let the registration that one person was given belong to another, who has none."""
    if db.session.get(StagePlace, keep) is None:
        db.session.execute(update(StagePlace).where(StagePlace.person_id == drop).values(person_id=keep))
