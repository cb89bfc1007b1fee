"""What the stream knows of one person: told to them, and erased without changing any figure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db
from crosslinks.live.models import Presence
from crosslinks.live.queries import FIGURES, GONE, digital_minutes, erased_audience, list_stays, pack_audience
from crosslinks.live.rules import audience_of, together
from crosslinks.registration.models import Registration


def export_person(*, registration_id: int) -> dict[str, Any]:
    """Return when somebody was at the stream, as they may have it."""
    stays = list_stays(registration_id)
    return {
        "stream": {
            "minutes": digital_minutes(registration_id),
            "stays": [{"from": one.starts_at.isoformat(), "until": one.ends_at.isoformat()} for one in stays],
        }
    }


def erase_person(*, registration_id: int) -> None:
    """Erase when somebody was at the stream. What they add to the figures is kept with the edition, nameless."""
    stays = list_stays(registration_id)
    if not stays:
        return
    edition = db.session.scalars(
        select(Edition)
        .join(Registration, Registration.edition_id == Edition.id)
        .where(Registration.id == registration_id)
        .with_for_update(of=Edition, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    gone = together(erased_audience(edition), audience_of([stays]))
    kept = edition.figures.get(FIGURES, {})
    edition.figures = {**edition.figures, FIGURES: {**kept, GONE: pack_audience(gone)}}
    db.session.execute(delete(Presence).where(Presence.registration_id == registration_id))
    db.session.flush()
